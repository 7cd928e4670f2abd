"""What slipped is told from the trail and the books: what went by its window unsent, what the server put off."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from fukuhon.clock import FixedClock, tokyo
from fukuhon.ledger import FileState, Holder, Ledger, NewFile, RunKey, attempts, files, lease, runs
from fukuhon.registration.slipping import Slip, slipped

DAY, NEXT = date(2017, 5, 9), date(2017, 5, 10)
MORNING = tokyo(DAY, 8)


@pytest.fixture
def clock() -> FixedClock:
    """Before the first window."""
    return FixedClock(tokyo(DAY, 7))


@pytest.fixture
def ledger(tmp_path: Path, clock: FixedClock) -> Ledger:
    """A ledger with one file, planned for the morning."""
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    with ledger.transaction("test") as tx:
        run = runs.open_run(tx, RunKey("992011", "differential", DAY, None, MORNING))
        new = NewFile(
            run_id=run.id,
            spi="TM00000000000002",
            dataset="TK00000200000001",
            kind="differential",
            operation="register",
            name="a.xml",
            path="a.xml",
            sidecar="a",
            sha256="0" * 64,
            bytes=10,
            records=1,
            as_of=MORNING,
            layout="2017.1",
            channel=3,
        )
        files.move(tx, files.add(tx, new), FileState.VALIDATED)
        files.place(tx, 1, "one", MORNING, 1)
    return ledger


def slips(ledger: Ledger, now: datetime) -> list[Slip]:
    """What is told at ``now``."""
    with ledger.reading() as reader:
        return slipped(reader, files.find(reader), now)


def test_a_file_that_missed_its_window_has_slipped_from_that_day(ledger: Ledger) -> None:
    """Not while its day goes on; then from that day, and to the day that is meant next, once there is one."""
    assert slips(ledger, MORNING) == slips(ledger, tokyo(DAY, 23)) == []
    assert slips(ledger, tokyo(NEXT, 7)) == [Slip("a.xml", DAY, None, at_server=False)]
    with ledger.transaction("test") as tx:
        files.move(tx, 1, FileState.VALIDATED)
    assert slips(ledger, tokyo(NEXT, 7)) == [Slip("a.xml", DAY, None, at_server=False)]
    with ledger.transaction("test") as tx:
        files.place(tx, 1, "two", tokyo(NEXT, 8), 1)
    (slip,) = slips(ledger, tokyo(DAY, 22))
    assert slip == Slip("a.xml", DAY, NEXT, at_server=False)
    assert slip.wording == "05-09 の送信から 05-10 に繰り延べ"


def test_a_plan_that_was_changed_before_its_window_began_is_no_slip(ledger: Ledger) -> None:
    """A forecast may change."""
    with ledger.transaction("test") as tx:
        files.move(tx, 1, FileState.VALIDATED)
        files.place(tx, 1, "two", tokyo(NEXT, 8), 1)
    assert slips(ledger, tokyo(DAY, 7)) == []


def test_what_the_server_put_off_is_told_with_the_day_it_said(ledger: Ledger, clock: FixedClock) -> None:
    """定時処理 that an immediate one moved to the next day (seed 1.5.4)."""
    clock.instant = MORNING
    with ledger.transaction("test") as tx:
        assert lease.claim(tx, 1, lease.acquire(tx, Holder.this_process()), "key")
        facts = {"receipt": "0601201705090000000001", "received_at": MORNING}
        attempts.end(
            tx, "key", attempts.Ended(outcome="received", bytes_on_wire=10, ended=MORNING, seconds=1.0, **facts)
        )
        files.move(tx, 1, FileState.WAITING)
        files.slip(tx, 1, NEXT)
    (slip,) = slips(ledger, tokyo(NEXT, 9))
    assert slip == Slip("a.xml", DAY, NEXT, at_server=True)
    assert slip.wording == "05-09 の処理から 05-10 に繰り延べ"
