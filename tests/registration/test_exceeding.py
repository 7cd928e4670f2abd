"""A plan above the daily cap: what may be asked for, and what the guard lets pass once it is approved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fukuhon.calendars import Interval
from fukuhon.clock import FixedClock, tokyo
from fukuhon.errors import RefusedError
from fukuhon.ledger import (
    FileState,
    Holder,
    Ledger,
    NewFile,
    RunKey,
    Tx,
    approvals,
    attempts,
    files,
    lease,
    orders,
    runs,
)
from fukuhon.ledger.attempts import Ended
from fukuhon.ledger.files import Outcome
from fukuhon.registration import exceeding
from fukuhon.registration.desk import Desk
from fukuhon.sender import SiteRules
from fukuhon.site import load
from fukuhon.windows.schedule import upload_windows

TODAY, LEVY, AFTER = date(2017, 6, 1), date(2017, 6, 6), date(2017, 6, 7)
SPI, DATASET = "TM00000000000002", "TK00000200000001"
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
modes: {applied: [{from: 2017-06-12, to: 2017-06-16}]}
"""
SCHEDULE = """\
first_day: 2017-06-01
last_day: 2017-06-30
differential_uploads: {days: [2017-06-06, 2017-06-07], from: "08:00", to: "21:00"}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on the first of June, 1,000 records registered initially: the cap is 50 a day."""
    texts = {"site.yaml": SITE_YAML, "schedule.yaml": SCHEDULE, "queries/q.sql": "SELECT 1", "rules/r.yaml": "{}"}
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    site, clock = load(tmp_path), FixedClock(tokyo(TODAY, 9))
    ledger = Ledger.open(site.ledger_url(), clock)
    with ledger.transaction("tester") as tx:
        done = add(tx, "first.xml", "initial", 1000)
        files.place(tx, done, "w", tx.now, 1)
        order = orders.request(tx, Interval(tx.now, tokyo(TODAY, 12)), "w", "initial")
        assert lease.claim(tx, done, lease.acquire(tx, Holder.this_process()), "k", order=order)
        ended = Ended(outcome="received", bytes_on_wire=1000, ended=tx.now, seconds=1, receipt="1", received_at=tx.now)
        attempts.end(tx, "k", ended)
        outcome = Outcome(ok=1000, errors=0, new=1000, overwritten=0, deleted=0)
        files.processed(tx, done, {"": outcome}, completed_at=tx.now, processed=1000, errors=0)
    yield Desk(site, ledger, clock, "業務 花子")
    ledger.close()


def add(tx: Tx, name: str, kind: str, records: int) -> int:
    """A validated file; returns its id."""
    run = runs.open_run(tx, RunKey("992011", "differential", TODAY, None, tokyo(TODAY)))
    given: dict[str, Any] = {"spi": SPI, "dataset": DATASET, "kind": kind, "operation": "register", "name": name}
    given |= {"path": name, "sidecar": "", "sha256": "0", "bytes": 1000, "records": records, "as_of": tokyo(TODAY)}
    file_id = files.add(tx, NewFile(run_id=run.id, **given, layout="2017.1", channel=3, variations={"": records}))
    files.move(tx, file_id, FileState.VALIDATED)
    return file_id


def refusal(desk: Desk, name: str, day: date) -> str | None:
    """Why the guard refuses a file at ten o'clock of a day."""
    window = next(w for w in upload_windows(desk.site) if w.interval.start.date() == day)
    with desk.ledger.reading() as reader:
        file = next(each for each in files.find(reader) if each.name == name)
        found = SiteRules(desk.site).refusal(reader, file, window, tokyo(day, 10))
    return found.code if found else None


def test_the_guard_lets_more_pass_on_the_days_of_an_approved_plan_only(desk: Desk) -> None:
    """60 records against 50 a day: refused; with a plan for 6/6 approved by another: there, and nowhere else."""
    with desk.ledger.transaction("tester") as tx:
        add(tx, "levy.xml", "differential", 60)
        add(tx, "more.xml", "differential", 61)
    assert refusal(desk, "levy.xml", LEVY) == "WINDOWS-013"
    asked = exceeding.ask(desk, "通信 第12号", [LEVY], 60)
    assert refusal(desk, "levy.xml", LEVY) == "WINDOWS-013"
    with desk.ledger.transaction("管理 一郎") as tx:
        approvals.approve(tx, int(str(asked.facts["approval"])))
    assert refusal(desk, "levy.xml", LEVY) is None
    assert refusal(desk, "more.xml", LEVY) == "WINDOWS-013"
    assert refusal(desk, "levy.xml", AFTER) == "WINDOWS-013"


@pytest.mark.parametrize(
    ("notice", "days", "records", "code"),
    [
        ("通信", [date(2017, 5, 31)], 60, "REGISTRATION-006"),  # past
        ("通信", [LEVY, date(2017, 6, 12)], 60, "REGISTRATION-006"),  # 総合運用テスト
        ("通信", [], 60, "REGISTRATION-006"),
        ("通信", [date(2017, 7, day) for day in range(1, 32)] + [LEVY], 60, "REGISTRATION-006"),
        ("通信", [LEVY], 50, "REGISTRATION-007"),  # no more than the cap
        (" ", [LEVY], 60, "REGISTRATION-008"),
        ("長" * 101, [LEVY], 60, "REGISTRATION-008"),
    ],
)
def test_what_cannot_be_asked_for(desk: Desk, notice: str, days: list[date], records: int, code: str) -> None:
    """Each with its reason; nothing is written down."""
    with pytest.raises(RefusedError) as refused:
        exceeding.ask(desk, notice, days, records)
    assert refused.value.code == code
    with desk.ledger.reading() as reader:
        assert approvals.find(reader) == []


def test_the_same_question_twice_is_one(desk: Desk) -> None:
    """White space in the notice and the order of the days make no other plan."""
    first = exceeding.ask(desk, "通信  第12号", [AFTER, LEVY], 60)
    assert exceeding.ask(desk, " 通信 第12号", [LEVY, AFTER], 60).facts == first.facts
    assert (first.counts, first.facts["cap"]) == ({"days": 2, "records": 60}, 50)
