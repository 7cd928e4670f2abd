"""The rules are the settings as they lie on the disk, and the guard with what the ledger has spent and measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fukuhon.calendars import Interval
from fukuhon.clock import TOKYO, FixedClock
from fukuhon.ledger import FileState, Holder, Ledger, NewFile, RunKey, Tx, attempts, files, lease, meters, orders, runs
from fukuhon.ledger.attempts import Ended
from fukuhon.ledger.orders import Order
from fukuhon.sender import SiteRules
from fukuhon.sender.rules import scheduled_done
from fukuhon.site import Site, load
from fukuhon.windows import NOT_YET, Kind, Window

NINE = datetime(2017, 4, 12, 9, tzinfo=TOKYO)
SPI = "TM00000000000002"
SITE_YAML = """\
schema: 1
body: {code: "992011", name: 見本市, prefecture: 見本県, group: 2}
clock: standin
folders: {work: work}
ledger: {url: "sqlite:///ledger.db"}
hash_key: {file: hash.key}
server: {url: "http://127.0.0.1:9", device: T1}
sources: [{id: tax, name: 税務, kind: sqlite, path: tax.db, history: change_log}]
register: {source: tax, query: q}
spis: [{code: TM00000000000002, datasets: [{code: TK00000200000001, source: tax, query: q, rules: r, channel: 3}]}]
limits: {line_bytes_per_s: 1000, guard_margin_s: 60, daily_cap_percent: 5}
allotments: [{days: [2017-04-12], from: "09:00", to: "12:00", bytes: 1000000, part: tax}]
"""
SCHEDULE = """\
first_day: 2017-04-10
last_day: 2017-05-31
differential_uploads: {days: [2017-05-09], from: "08:00", to: "21:00"}
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A site with one window of 初期登録 and one of 差分."""
    for name, text in {
        "site.yaml": SITE_YAML,
        "schedule.yaml": SCHEDULE,
        "queries/q.sql": "SELECT 1",
        "rules/r.yaml": "{}",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return load(tmp_path)


@pytest.fixture
def ledger(site: Site) -> Iterator[Ledger]:
    """Its books, at nine o'clock."""
    books = Ledger.open(site.ledger_url(), FixedClock(NINE))
    yield books
    books.close()


def add(tx: Tx, name: str, *, kind: str = "initial", size: int = 1000, records: int = 10, channel: int = 3) -> int:
    """A validated file; returns its id."""
    run = runs.open_run(tx, RunKey("s", "initial", date(2017, 4, 12), None, NINE))
    given: dict[str, Any] = {"spi": SPI, "dataset": "TK00000200000001", "kind": kind, "operation": "register"}
    given |= {"name": name, "path": name, "sidecar": "", "sha256": "0", "bytes": size, "records": records}
    given |= {"as_of": NINE, "layout": "2017.1", "channel": channel}
    file_id = files.add(tx, NewFile(run_id=run.id, **given))
    files.move(tx, file_id, FileState.VALIDATED)
    return file_id


def send(tx: Tx, name: str, window: str = "w", received_at: datetime | None = None, **fields: Any) -> int:
    """A file that was sent and received in a window."""
    file_id = add(tx, name, **fields)
    files.place(tx, file_id, window, NINE, 1)
    order = orders.of_window(tx, window) or orders.request(
        tx, Interval(NINE, NINE + timedelta(hours=3)), window, "initial"
    )
    assert lease.claim(tx, file_id, lease.acquire(tx, Holder.this_process()), name, order=order)
    size = files.get(tx, file_id).bytes
    ended = Ended(
        outcome="received", bytes_on_wire=size, ended=tx.now, seconds=1, receipt=name, received_at=received_at
    )
    attempts.end(tx, name, ended)
    return file_id


def order_of(window_id: str, start: datetime = NINE, hours: int = 3) -> Order:
    """An order for a window, as the ledger would give it."""
    end = start + timedelta(hours=hours)
    given: dict[str, Any] = {"id": 1, "window_id": window_id, "start": start, "end": end, "kind": "initial"}
    given |= {"channel": None, "state": "open", "requested_by": "x", "requested_at": NINE, "idle": False}
    return Order(**given, outcome=None, ended_at=None, reason=None)


def code(rules: SiteRules, ledger: Ledger, file_id: int, window: Window, now: datetime) -> str | None:
    """The code of the refusal."""
    with ledger.reading() as reader:
        refusal = rules.refusal(reader, files.get(reader, file_id), window, now)
    return refusal.code if refusal else None


def test_the_window_is_that_of_the_settings_of_now(site: Site) -> None:
    """An allotment taken back after the order was given opens nothing; one cut short ends earlier."""
    rules, order = SiteRules(site), order_of("initial-20170412T0900")
    window = rules.window(order)
    assert window is not None
    assert (window.bytes_limit, window.interval.end) == (1_000_000, order.end)
    path = site.folder / "site.yaml"
    path.write_text(SITE_YAML.replace('to: "12:00"', 'to: "11:00"'), encoding="utf-8")
    shorter = rules.window(order)
    assert shorter is not None
    assert shorter.interval.end == NINE + timedelta(hours=2)
    path.write_text(SITE_YAML.replace("2017-04-12", "2017-04-13"), encoding="utf-8")
    assert rules.window(order) is None


def test_an_order_never_becomes_longer(site: Site) -> None:
    """What was ordered is the most; without a common instant there is no window."""
    rules = SiteRules(site)
    earlier = rules.window(order_of("initial-20170412T0900", hours=1))
    assert earlier is not None
    assert earlier.interval.end == NINE + timedelta(hours=1)
    assert rules.window(order_of("initial-20170412T0900", NINE + timedelta(days=1))) is None


def test_what_was_spent_and_measured_decides(site: Site, ledger: Ledger) -> None:
    """1,000 bytes a second are configured; 999,000 of 1,000,000 bytes are spent: 999 more fit, 1,000 do not."""
    rules, window = SiteRules(site), SiteRules(site).window(order_of("initial-20170412T0900"))
    assert window is not None
    with ledger.transaction("x") as tx:
        send(tx, "sent", window.id, size=999_000)
        below, at, slow = add(tx, "below", size=999), add(tx, "at", size=1000), add(tx, "slow", size=900)
    assert code(rules, ledger, below, window, NINE) is None
    assert code(rules, ledger, at, window, NINE) == "WINDOWS-012"
    end = window.interval.end
    assert code(rules, ledger, slow, window, end - timedelta(seconds=61)) is None  # a second, and the margin
    assert code(rules, ledger, slow, window, end - timedelta(seconds=60)) == "WINDOWS-011"
    with ledger.transaction("x") as tx:
        for _ in range(10):
            meters.add(tx, "initial", 3, 100, 10.0)  # 10 bytes a second are measured: 90 seconds
    assert code(rules, ledger, slow, window, end - timedelta(seconds=149)) == "WINDOWS-011"
    assert code(rules, ledger, slow, window, end - timedelta(seconds=150)) is None


def test_the_daily_cap_is_five_percent_of_what_was_registered_initially(site: Site, ledger: Ledger) -> None:
    """No 差分 before 初期登録 is complete; then five in a hundred a day, over all files, by the day of the start."""
    rules = SiteRules(site)
    noon = datetime(2017, 5, 9, 12, tzinfo=TOKYO)
    window = rules.window(order_of("differential-c3-20170509T0800", noon - timedelta(hours=4), 13))
    assert window is not None
    with ledger.transaction("x") as tx:
        first = send(tx, "initial", records=1000)
        small = add(tx, "small", kind="differential", records=20)
        rest = add(tx, "rest", kind="differential", records=30)
        more = add(tx, "more", kind="deletion", records=31)
    assert code(rules, ledger, small, window, noon) == "WINDOWS-014"
    with ledger.transaction("x") as tx:
        files.processed(tx, first, {"": files.Outcome(1000, 0, 1000, 0, 0)})
    assert code(rules, ledger, small, window, noon) is None
    ledger.clock.instant = noon  # type: ignore[attr-defined]
    with ledger.transaction("x") as tx:
        send(tx, "twenty", kind="differential", records=20)
    assert code(rules, ledger, rest, window, noon) is None
    assert code(rules, ledger, more, window, noon) == "WINDOWS-013"
    tomorrow = replace(window, interval=Interval(noon + timedelta(days=1), noon + timedelta(days=1, hours=1)))
    assert code(rules, ledger, more, tomorrow, noon + timedelta(days=1)) is None


def test_an_immediate_waits_until_the_scheduled_processing_is_known_to_have_ended(site: Site, ledger: Ledger) -> None:
    """即時 (methods 2 and 4): yesterday's file of 定時 is not known to be processed, whatever the hour (seed 1.5.2)."""
    noon = NINE + timedelta(days=1, hours=5)
    with ledger.transaction("x") as tx:
        first = send(tx, "scheduled", received_at=NINE)
        now = add(tx, "now", channel=4)
        hand = add(tx, "hand", channel=2)
        night = add(tx, "night")
    window = Window("w", Interval(noon, noon + timedelta(hours=3)), Kind.INITIAL)
    rules = SiteRules(site)
    assert code(rules, ledger, now, window, noon) == "WINDOWS-018"
    assert code(rules, ledger, hand, window, noon) == "WINDOWS-018"
    assert code(rules, ledger, night, window, noon) is None
    with ledger.transaction("x") as tx:
        done = noon + timedelta(hours=1)
        files.processed(tx, first, {"": files.Outcome(10, 0, 10, 0, 0)}, completed_at=done)
    assert code(rules, ledger, now, window, noon) == "WINDOWS-018"
    assert code(rules, ledger, now, window, done) is None


def test_what_was_taken_today_belongs_to_tonight(site: Site, ledger: Ledger) -> None:
    """An immediate may go beside it in the day, but not shortly before the night's batch.

    What slipped blocks no day
    before its own.
    """
    with ledger.transaction("x") as tx:
        first = send(tx, "scheduled", received_at=NINE)
        files.move(tx, first, FileState.WAITING)
    with ledger.reading() as reader:
        assert scheduled_done(reader, NINE + timedelta(hours=5)) is None
        assert scheduled_done(reader, NINE + timedelta(hours=12)) == NOT_YET
        assert scheduled_done(reader, NINE + timedelta(days=1)) == NOT_YET
    with ledger.transaction("x") as tx:
        files.slip(tx, first, date(2017, 4, 14))
    with ledger.reading() as reader:
        assert scheduled_done(reader, NINE + timedelta(days=1)) is None
        assert scheduled_done(reader, NINE + timedelta(days=2)) == NOT_YET


def test_in_the_test_mode_nothing_is_sent(site: Site, ledger: Ledger) -> None:
    """総合運用テスト: whatever the window says (seed 1.3.2)."""
    rules, at = SiteRules(site), datetime(2017, 5, 15, 9, tzinfo=TOKYO)
    window = rules.window(order_of("initial-20170412T0900"))
    assert window is not None
    moved = replace(window, interval=Interval(at, at + timedelta(hours=3)))
    with ledger.transaction("x") as tx:
        file_id = add(tx, "a")
    assert code(rules, ledger, file_id, moved, at) == "WINDOWS-015"
