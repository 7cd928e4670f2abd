"""Every duty with a due time in one place: what was not done by then is told, and only then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from fukuhon.clock import FixedClock, tokyo
from fukuhon.ledger import (
    Event,
    FileState,
    Holder,
    Ledger,
    NewFile,
    RunKey,
    audit,
    files,
    lease,
    reconciliations,
    runs,
    tallies,
)
from fukuhon.site import Site, load
from fukuhon.vigilance.done import PROGRESS
from fukuhon.vigilance.preflight import ACCOUNTS
from fukuhon.vigilance.watch import expiries, watch

DATASET, SPI = "TK00000200000001", "TM00000000000002"
DAY = date(2017, 5, 8)
SITE_YAML = f"""\
schema: 1
body: {{code: "992011", name: 見本市, prefecture: 見本県, group: 2}}
clock: standin
folders: {{work: work}}
ledger: {{url: "sqlite:///ledger.db"}}
hash_key: {{file: hash.key}}
server: {{url: "http://127.0.0.1:9/", device: T1}}
sources: [{{id: tax, name: 税務, kind: sqlite, path: tax.db, history: change_log}}]
register: {{source: tax, query: q}}
spis:
  - code: {SPI}
    datasets: [{{code: {DATASET}, source: tax, query: q, rules: r, channel: 1, usual_days: 3}}]
"""
SCHEDULE = """\
first_day: 2017-05-08
last_day: 2017-05-31
differential_days: [2017-05-08]
duties:
  preflight: [{days: [2017-05-09], at: "08:30"}]
  reconcile: [{days: [2017-05-09], at: "18:00"}]
"""
Codes = Callable[[datetime], list[str]]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A small site."""
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
def clock() -> FixedClock:
    """The evening of the first day."""
    return FixedClock(tokyo(DAY, 17))


@pytest.fixture
def ledger(tmp_path: Path, clock: FixedClock) -> Ledger:
    """Empty books."""
    return Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", clock)


@pytest.fixture
def codes(site: Site, ledger: Ledger, clock: FixedClock) -> Codes:
    """What is told at an instant."""

    def tell(now: datetime) -> list[str]:
        clock.instant = now
        with ledger.reading() as reader:
            return [alarm.code for alarm in watch(site, reader, files.find(reader), now)]

    return tell


def prepared(ledger: Ledger, **counts: int) -> int:
    """A 差分 run of the first day, and its file where it has one; returns the run."""
    with ledger.transaction("test") as tx:
        run = runs.open_run(tx, RunKey("992011", "differential", DAY, None, tokyo(DAY, 23))).id
        tallies.put(tx, run, DATASET, "", **counts)
        runs.close_run(tx, run, "done")
    return run


def filed(ledger: Ledger, run: int) -> int:
    """A file of the run that goes by the terminal, planned."""
    with ledger.transaction("test") as tx:
        new = NewFile(
            run_id=run,
            spi=SPI,
            dataset=DATASET,
            kind="differential",
            operation="register",
            name="a.xml",
            path="a.xml",
            sidecar="a",
            sha256="0" * 64,
            bytes=1_250_000,
            records=7,
            as_of=tokyo(DAY, 23),
            layout="2017.1",
            channel=1,
        )
        number = files.add(tx, new)
        files.move(tx, number, FileState.VALIDATED)
        files.place(tx, number, "w", tokyo(date(2017, 5, 9), 8), 1)
    return number


def test_a_duty_is_told_from_its_hour_on_until_it_is_done(ledger: Ledger, codes: Codes) -> None:
    """The preflight of the day, then 突合; yesterday's preflight matters no more."""
    ninth = date(2017, 5, 9)
    assert codes(tokyo(ninth, 8)) == []
    assert codes(tokyo(ninth, 9)) == ["VIGILANCE-010"]
    with ledger.transaction("test") as tx:
        audit.note(tx, Event("preflight.met", f"preflight:{ninth}", {}))
    assert codes(tokyo(ninth, 17)) == []
    assert codes(tokyo(ninth, 18)) == ["VIGILANCE-010"]
    assert codes(tokyo(date(2017, 5, 10), 9)) == ["VIGILANCE-010"], "still 突合"


def test_a_preflight_that_did_not_hold_is_told_until_one_holds(ledger: Ledger, codes: Codes) -> None:
    """That it ran is not enough."""
    ninth = date(2017, 5, 9)
    codes(tokyo(ninth, 9))
    with ledger.transaction("test") as tx:
        audit.note(tx, Event("preflight.unmet", f"preflight:{ninth}", {"unmet": ["(2) 通常実行モード"]}))
    assert codes(tokyo(ninth, 9)) == ["VIGILANCE-016"]
    with ledger.transaction("test") as tx:
        audit.note(tx, Event("preflight.met", f"preflight:{ninth}", {"unmet": []}))
    assert codes(tokyo(ninth, 9)) == []


def test_the_sheet_of_the_cut_off_is_due_the_next_business_day(ledger: Ledger, codes: Codes) -> None:
    """別紙5 as of 5/9, written from that day on (seed 1.4.3)."""
    with ledger.transaction("test") as tx:
        audit.note(tx, Event("preflight.met", "preflight:2017-05-10", {}))
    assert codes(tokyo(date(2017, 5, 10), 16)).count("VIGILANCE-010") == 1
    assert codes(tokyo(date(2017, 5, 10), 17)).count("VIGILANCE-010") == 2
    with ledger.transaction("test") as tx:
        audit.note(tx, Event(PROGRESS, PROGRESS, {}))
    assert codes(tokyo(date(2017, 5, 10), 17)).count("VIGILANCE-010") == 1


def test_what_is_held_back_and_what_is_not_registered_have_a_deadline(ledger: Ledger, codes: Codes) -> None:
    """Before the 翌々開庁日 opens (seed 4.3): quarantined, undecided, and filed but not processed."""
    filed(ledger, prepared(ledger, quarantined=2, withheld=3, to_register=7))
    told = codes(tokyo(date(2017, 5, 10), 8))
    assert not {"VIGILANCE-011", "VIGILANCE-012", "VIGILANCE-017"} & set(told)
    told = codes(tokyo(date(2017, 5, 10), 9))
    assert {"VIGILANCE-011", "VIGILANCE-012", "VIGILANCE-017"} <= set(told)


def test_a_receipt_at_the_terminal_is_told_half_an_hour_late(ledger: Ledger, codes: Codes, clock: FixedClock) -> None:
    """Its upload takes a second at the line's rate (DESIGN §3.2)."""
    number = filed(ledger, prepared(ledger, to_register=7))
    clock.instant = start = tokyo(date(2017, 5, 9), 8)
    with ledger.transaction("sender") as tx:
        assert lease.claim(tx, number, lease.acquire(tx, Holder.this_process()), "key")
    assert "SENDER-009" not in codes(start + timedelta(minutes=30))
    assert "SENDER-009" in codes(start + timedelta(minutes=31))


def test_collation_that_nobody_brings_is_told_after_the_next_business_day(
    ledger: Ledger, codes: Codes, clock: FixedClock
) -> None:
    """Asked on a Monday, told on Wednesday; having asked is having done the duty."""
    clock.instant = tokyo(DAY, 10)
    new = reconciliations.NewReconciliation(
        plan_sha256="0" * 64, spi=SPI, dataset=DATASET, key_hash="k", minute=tokyo(DAY, 1)
    )
    with ledger.transaction("test") as tx:
        reconciliations.move(tx, reconciliations.add(tx, new), "asked", number="W00001")
    assert "VIGILANCE-018" not in codes(tokyo(date(2017, 5, 9), 23))
    assert "VIGILANCE-018" in codes(tokyo(date(2017, 5, 10), 0))


def test_a_source_without_news_for_longer_than_usual_is_told(ledger: Ledger, codes: Codes) -> None:
    """Three business days after the last change (石巻市 2023: a year unseen)."""
    prepared(ledger, to_register=7)
    assert "VIGILANCE-013" not in codes(tokyo(date(2017, 5, 11), 23))
    assert "VIGILANCE-013" in codes(tokyo(date(2017, 5, 12), 0))


def test_accounts_that_end_are_noticed_before_and_told_from_the_day_on(ledger: Ledger, codes: Codes) -> None:
    """As the last preflight saw them; 14 days before (seed 1.3.5)."""
    with ledger.transaction("test") as tx:
        audit.note(
            tx, Event("accounts.seen", ACCOUNTS, {"expires": [["gyomu01", "2017-05-22"], ["kanri01", "2018-01-01"]]})
        )
    with ledger.reading() as reader:
        assert expiries(reader, tokyo(date(2017, 5, 7), 12)) == []
        assert expiries(reader, tokyo(date(2017, 5, 8), 12)) == [("gyomu01", date(2017, 5, 22))]
    assert "VIGILANCE-019" not in codes(tokyo(date(2017, 5, 21), 23))
    assert "VIGILANCE-019" in codes(tokyo(date(2017, 5, 22), 0))
