"""Runs, files, approvals, looks, 突合 and measurements: each kept as it was said, refused where it contradicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from fukuhon.clock import TOKYO, FixedClock
from fukuhon.errors import FatalError, RefusedError
from fukuhon.ledger import (
    FileState,
    Ledger,
    NewFile,
    RunKey,
    approvals,
    attempts,
    files,
    lease,
    meters,
    reconciliations,
    results,
    runs,
)
from fukuhon.ledger.approvals import NewApproval
from fukuhon.ledger.attempts import Ended
from fukuhon.ledger.reconciliations import NewReconciliation
from fukuhon.ledger.results import Manners, NewResult

NINE = datetime(2017, 4, 12, 9, tzinfo=TOKYO)
MANNERS = Manners()
KEY = RunKey("mihon", "initial", date(2017, 4, 12), "TM00000000000002", NINE)


def test_the_same_key_is_the_same_run(any_ledger: Ledger) -> None:
    """A clear or a retry finds what it did; another as_of, day, kind or SPI is another run."""
    with any_ledger.transaction("prepare") as tx:
        run = runs.open_run(tx, KEY)
        assert runs.open_run(tx, KEY) == run
        others = [replace(KEY, spi=None), replace(KEY, day=date(2017, 4, 13)), replace(KEY, kind="pretest")]
        assert len({runs.open_run(tx, other).id for other in others} | {run.id}) == 4
        runs.close_run(tx, run.id, "done")
        runs.close_run(tx, run.id, "done")
        assert runs.open_run(tx, KEY).state == "done"
        assert [one.id for one in runs.find(tx, kind="initial", state="done", day=KEY.day)] == [run.id]
        with pytest.raises(FatalError) as caught:
            runs.close_run(tx, run.id, "failed")
    assert caught.value.code == "LEDGER-010"


def test_a_failed_run_is_opened_again(ledger: Ledger) -> None:
    """The next try goes on with it."""
    with ledger.transaction("prepare") as tx:
        run = runs.open_run(tx, KEY)
        runs.close_run(tx, run.id, "failed")
        again = runs.open_run(tx, KEY)
        assert (again.id, again.state, again.ended_at) == (run.id, "open", None)
        with pytest.raises(ValueError):
            runs.open_run(tx, replace(KEY, kind="other"))  # type: ignore[arg-type]


def test_the_same_file_is_added_once(ledger: Ledger, new: Callable[..., NewFile]) -> None:
    """Same name and bytes: the same file. Same name, other bytes: a contradiction. Parts must make the whole."""
    with ledger.transaction("prepare") as tx:
        run = runs.open_run(tx, KEY).id
        first = files.add(tx, new(run, variations={"a": 4, "b": 6}))
        assert files.add(tx, new(run, variations={"a": 4, "b": 6})) == first
        assert files.variations(tx, first) == {"a": 4, "b": 6}
        for code, fields in (("LEDGER-013", {"sha256": "1" * 64}), ("LEDGER-014", {"variations": {"a": 4}})):
            with pytest.raises(FatalError) as caught:
                files.add(tx, new(run, **fields))
            assert caught.value.code == code


def test_a_move_takes_only_the_facts_of_its_state(ledger: Ledger, planned: Callable[..., int]) -> None:
    """And only the moves of the table; what is on the wire is not moved by hand, nor processed without counts."""
    with ledger.transaction("test") as tx:
        file_id = planned(tx)
        for to, facts, code in (
            (FileState.VALIDATED, {"receipt": "06"}, "LEDGER-016"),
            (FileState.CLOSED, {}, "LEDGER-015"),
            (FileState.SENDING, {}, "LEDGER-015"),
            (FileState.PROCESSED, {}, "LEDGER-015"),
        ):
            with pytest.raises(FatalError) as caught:
                files.move(tx, file_id, to, **facts)
            assert caught.value.code == code
        assert files.move(tx, file_id, FileState.VALIDATED, reason="wait").reason == "wait"
        with pytest.raises(FatalError) as caught:
            files.get(tx, 99)
        assert caught.value.code == "LEDGER-011"


def test_a_waiting_file_slips_and_is_processed_in_the_servers_order(
    ledger: Ledger, planned: Callable[..., int], fence: Callable[..., Any]
) -> None:
    """Slips are counted (seed 1.5.4); accepted files come in the order of their completion, not of their ids."""
    with ledger.transaction("test") as tx:
        ids = [planned(tx, name) for name in ("a.xml", "b.xml", "c.xml")]
        for number, file_id in enumerate(ids):
            assert lease.claim(tx, file_id, fence(tx), f"k{number}")
            ended = Ended(outcome="received", bytes_on_wire=1, ended=tx.now, seconds=1, receipt=f"06{number}")
            attempts.end(tx, f"k{number}", ended)
            files.move(tx, file_id, FileState.WAITING)
        files.slip(tx, ids[0], date(2017, 4, 13))
        assert (files.get(tx, ids[0]).slips, files.get(tx, ids[0]).slipped_to) == (1, date(2017, 4, 13))
        for file_id, hours in ((ids[0], 24), (ids[1], 1)):
            completed = NINE + timedelta(hours=hours)
            files.processed(tx, file_id, {"": files.Outcome(10, 0, 10, 0, 0)}, completed_at=completed)
        files.move(tx, ids[2], FileState.REJECTED_WHOLE, processed=0, errors=0)
        assert [file.id for file in files.accepted(tx, dataset="TK00000200000001")] == [ids[1], ids[0]]
        with pytest.raises(FatalError):
            files.slip(tx, ids[0], date(2017, 4, 14))
        with pytest.raises(FatalError) as caught:
            files.processed(tx, ids[0], {"other": files.Outcome(10, 0, 10, 0, 0)})
    assert caught.value.code == "LEDGER-017"


def wanted(clock: FixedClock, **fields: Any) -> NewApproval:
    """A question that holds for an hour."""
    given: dict[str, Any] = {"kind": "plan", "subject": "p", "sha256": approvals.digest("p")}
    return NewApproval(**(given | {"valid_until": clock.now() + timedelta(hours=1)} | fields))


def test_nobody_approves_their_own_question(any_ledger: Ledger, clock: FixedClock) -> None:
    """Neither approves nor rejects; another does, once."""
    with any_ledger.transaction("ichiro") as tx:
        asked = approvals.ask(tx, wanted(clock))
        assert approvals.ask(tx, wanted(clock)) == asked
        for decide in (approvals.approve, lambda t, i: approvals.reject(t, i, "no")):
            with pytest.raises(RefusedError) as caught:
                decide(tx, asked.id)
            assert caught.value.code == "LEDGER-050"
    with any_ledger.transaction("hanako") as tx:
        assert approvals.approve(tx, asked.id).decided_by == "hanako"
        with pytest.raises(RefusedError) as caught:
            approvals.reject(tx, asked.id, "no")
    assert caught.value.code == "LEDGER-051"


def test_an_approval_holds_for_its_content_its_time_and_its_uses(ledger: Ledger, clock: FixedClock) -> None:
    """Other content, one use too many, or the hour gone: refused."""
    with ledger.transaction("ichiro") as tx:
        asked = approvals.ask(tx, wanted(clock, budget=2))
        with pytest.raises(RefusedError):
            approvals.require(tx, "plan", asked.sha256)
    with ledger.transaction("hanako") as tx:
        approvals.approve(tx, asked.id)
        assert approvals.use(tx, "plan", asked.sha256).used == 1
        with pytest.raises(RefusedError):
            approvals.use(tx, "plan", approvals.digest(b"q"))
        approvals.use(tx, "plan", asked.sha256)
        with pytest.raises(RefusedError) as caught:
            approvals.use(tx, "plan", asked.sha256)
    assert caught.value.code == "LEDGER-053"
    with ledger.transaction("ichiro") as tx:
        late = approvals.ask(tx, wanted(clock, subject="late", sha256="late"))
    clock.instant = late.valid_until
    with ledger.transaction("hanako") as tx, pytest.raises(RefusedError) as caught:
        approvals.approve(tx, late.id)
    assert caught.value.code == "LEDGER-052"
    with ledger.reading() as reader:
        with pytest.raises(ValueError):
            approvals.require(reader, "plan", late.sha256)
        assert [one.id for one in approvals.find(reader, state="asked", kind="plan")] == [late.id]


def test_a_rejection_has_its_reason(ledger: Ledger, clock: FixedClock) -> None:
    """And is no approval."""
    with ledger.transaction("ichiro") as tx:
        asked = approvals.ask(tx, wanted(clock))
    with ledger.transaction("hanako") as tx:
        assert approvals.reject(tx, asked.id, "件数が違う").reason == "件数が違う"
        with pytest.raises(RefusedError):
            approvals.require(tx, "plan", asked.sha256)


def test_the_server_is_not_asked_again_and_again(ledger: Ledger, clock: FixedClock) -> None:
    """Seed 2.3: not the same within ten minutes, a receipt twice a day, so many in all; midnight begins anew."""

    def look(call: str, argument: str, manners: Manners = MANNERS) -> str | None:
        try:
            with ledger.transaction("officer") as tx:
                results.look(tx, call, argument, manners)
        except RefusedError as refused:
            return refused.code
        return None

    ten = timedelta(minutes=10)
    days = results.days(date(2017, 4, 12), date(2017, 4, 12))
    assert [look("results", days), look("results", days)] == [None, "LEDGER-060"]
    clock.instant += ten
    assert look("results", days) is None
    told = []
    for _ in range(3):
        clock.instant += ten
        told.append(look("detail", "06"))
    assert told == [None, None, "LEDGER-061"]
    assert look("detail", "07", Manners(per_day=4)) == "LEDGER-062"
    clock.instant += timedelta(days=1)
    assert look("detail", "06", Manners(per_day=4)) is None
    with ledger.reading() as reader:
        assert results.looks_on(reader, date(2017, 4, 12)) == 4


def test_what_a_look_showed_is_kept(ledger: Ledger) -> None:
    """The last look counts."""
    with ledger.transaction("officer") as tx:
        look = results.look(tx, "results", "d")
        results.add(tx, look, [])
        for status, processed in (("処理待ち", 0), ("処理完了", 10)):
            results.add(tx, look, [NewResult(receipt="06", status=status, processed=processed, errors=0)])
        latest = results.latest(tx, "06")
        assert latest is not None
        assert (latest.status, latest.processed) == ("処理完了", 10)
        assert results.latest(tx, "07") is None
        assert (results.looked(tx, "06"), results.looked(tx, "07")) == (tx.now, None)


def test_a_request_of_reconciliation_goes_its_way(ledger: Ledger) -> None:
    """Planned once, asked by one, released by another, compared; no step is left out, no step taken back."""
    new = NewReconciliation(plan_sha256="p", spi="TM", dataset="TK", key_hash="h", minute=NINE, expected=3)
    with ledger.transaction("totsugo") as tx:
        one = reconciliations.add(tx, new)
        assert reconciliations.add(tx, new) == one
        asked = reconciliations.move(tx, one, "asked", number="08")
        assert (asked.asked_by, asked.asked_at, asked.number) == ("totsugo", tx.now, "08")
        with pytest.raises(FatalError) as caught:
            reconciliations.move(tx, one, "released")
        assert caught.value.code == "LEDGER-070"
        reconciliations.move(tx, one, "ordered")
        reconciliations.move(tx, one, "released", released_by="sekinin")
        reconciliations.move(tx, one, "fetched", path="08_result.xml")
        done = reconciliations.move(tx, one, "compared", records=3, mismatches=0)
        assert (done.ended_at, done.released_by, done.mismatches) == (tx.now, "sekinin", 0)
        with pytest.raises(FatalError):
            reconciliations.move(tx, one, "failed")
        assert reconciliations.asked_on(tx, date(2017, 4, 12)) == 1
        assert [case.id for case in reconciliations.find(tx, state="compared", plan_sha256="p", dataset="TK")] == [one]


def test_a_measurement_needs_time_and_bytes(ledger: Ledger) -> None:
    """A pretest tells latency only, and is left out unless asked for."""
    with ledger.transaction("sender") as tx:
        meters.add(tx, "initial", 3, 1000, 2.0)
        meters.add(tx, "initial", 3, 1000, 0.0)
        meters.add(tx, "initial", 3, 0, 2.0)
        meters.add(tx, "pretest", 3, 10, 1.0)
        assert [sample.rate for sample in meters.find(tx)] == [500.0]
        assert len(meters.find(tx, with_pretest=True)) == 2
