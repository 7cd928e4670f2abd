"""The sums close or the run fails; what follows from files is computed from where they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.clock import TOKYO
from fukuhon.errors import FatalError
from fukuhon.ledger import FileState, Ledger, RunKey, Tally, Tx, attempts, files, lease, runs, tallies
from fukuhon.ledger.attempts import Ended
from fukuhon.ledger.tally import NAMES, total

NINE = datetime(2017, 4, 12, 9, tzinfo=TOKYO)
CELL = ("TK00000200000001", "普通徴収")
COUNT = st.integers(0, 1000)


@st.composite
def closed(draw: Any) -> Tally:
    """A tally built from its parts, so that every equation holds."""
    parts = ["out_of_scope", "unchanged", "quarantined", "withheld", "to_delete", "superseded", "expired"]
    parts += ["new", "overwritten", "deleted", "errors", "queued", "in_doubt", "waiting", "rejected_whole"]
    n = {name: draw(COUNT) for name in parts}
    n["ok"] = n["new"] + n["overwritten"] + n["deleted"]
    n["processed"] = n["ok"] + n["errors"]
    n["filed"] = n["queued"] + n["in_doubt"] + n["waiting"] + n["rejected_whole"] + n["processed"]
    n["to_delete"] = min(n["to_delete"], n["filed"] + n["superseded"])
    n["to_register"] = n["filed"] + n["superseded"] - n["to_delete"]
    n["in_scope"] = n["unchanged"] + n["to_register"] + n["quarantined"] + n["withheld"]
    n["read"] = n["out_of_scope"] + n["in_scope"]
    n["state_before"] = draw(COUNT) + n["deleted"] + n["expired"]
    n["state_after"] = n["registered"] = n["state_before"] + n["new"] - n["deleted"] - n["expired"]
    return Tally(**n)


@given(closed())
def test_a_closed_tally_has_no_problem(tally: Tally) -> None:
    """Every equation of the accounting holds."""
    assert tally.problems() == []


@given(closed(), st.sampled_from(NAMES), st.integers(1, 5))
def test_any_single_count_that_is_wrong_is_seen(tally: Tally, name: str, by: int) -> None:
    """No name can be off alone without an equation that breaks."""
    assert replace(tally, **{name: getattr(tally, name) + by}).problems()


@given(closed(), closed())
def test_what_closes_apart_closes_together(one: Tally, other: Tally) -> None:
    """Beside each other, and in a total."""
    assert (one + other).problems() == []
    assert total([one, other]) == one + other


@given(closed(), closed())
def test_runs_after_each_other_keep_the_first_and_the_last_state(one: Tally, other: Tally) -> None:
    """Flows add up; if the second began where the first ended, the whole closes."""
    shift = one.state_after - other.state_before
    later = replace(
        other,
        state_before=one.state_after,
        state_after=other.state_after + shift,
        registered=other.registered + shift,
    )
    both = one.then(later)
    assert (both.state_before, both.registered, both.read) == (
        one.state_before,
        later.registered,
        one.read + later.read,
    )
    assert [problem for problem in both.problems() if "negative" not in problem] == []


def test_a_problem_is_told_in_words() -> None:
    """The equation with both values, and what is negative."""
    (first, second, *_) = Tally(read=-1).problems()
    assert first == "read is negative: -1"
    assert second == "read = out_of_scope + in_scope: -1 is not 0"


@pytest.fixture
def run(ledger: Ledger) -> int:
    """A run that read 30 records, of which 20 went into files."""
    with ledger.transaction("prepare") as tx:
        run_id = runs.open_run(tx, RunKey("mihon", "initial", date(2017, 4, 12), None, NINE)).id
        tallies.put(tx, run_id, *CELL, read=30, out_of_scope=5, in_scope=25, to_register=20, quarantined=5)
    return run_id


def cell(tx: Tx, run_id: int) -> Tally:
    """The one cell of the run."""
    return tallies.of_run(tx, run_id)[CELL]


def test_a_file_that_moves_moves_the_sums(
    ledger: Ledger, run: int, planned: Callable[..., int], fence: Callable[..., Any]
) -> None:
    """Queued, in doubt, waiting, processed: nothing is stored twice, so nothing can disagree."""
    with ledger.transaction("test") as tx:
        file_id = planned(tx, records=20, variations={CELL[1]: 20})
        tallies.verify(tx, run)
        assert cell(tx, run).queued == 20
        lease.claim(tx, file_id, fence(tx), "k1")
        attempts.end(tx, "k1", Ended(outcome="in_doubt", bytes_on_wire=1000, ended=tx.now, seconds=1))
        assert (cell(tx, run).queued, cell(tx, run).in_doubt) == (0, 20)
        attempts.settle(
            tx, "k1", Ended(outcome="received", bytes_on_wire=1000, ended=tx.now, seconds=1, receipt="06"), "looked"
        )
        files.move(tx, file_id, FileState.WAITING)
        assert cell(tx, run).waiting == 20
        assert tallies.initial_progress(tx) == {"TM00000000000002": (0, False)}
        files.processed(tx, file_id, {CELL[1]: files.Outcome(19, 1, 18, 1, 0)}, processed=20, errors=1)
        tallies.put(tx, run, *CELL, state_after=18, registered=18)
        got = cell(tx, run)
        assert (got.processed, got.ok, got.errors, got.new, got.overwritten) == (20, 19, 1, 18, 1)
        tallies.verify(tx, run)
        assert tallies.initial_progress(tx) == {"TM00000000000002": (19, True)}


def test_a_count_that_the_server_lost_does_not_close(
    ledger: Ledger, run: int, planned: Callable[..., int], fence: Callable[..., Any]
) -> None:
    """処理完了, no error and a lower count than sent is a failure (seed 1.6.3)."""
    with ledger.transaction("test") as tx:
        file_id = planned(tx, records=20, variations={CELL[1]: 20})
        lease.claim(tx, file_id, fence(tx), "k1")
        attempts.end(tx, "k1", Ended(outcome="received", bytes_on_wire=1000, ended=tx.now, seconds=1, receipt="06"))
        files.processed(tx, file_id, {CELL[1]: files.Outcome(19, 0, 19, 0, 0)})
        tallies.put(tx, run, *CELL, state_after=19, registered=19)
        with pytest.raises(FatalError) as caught:
            tallies.verify(tx, run)
    assert caught.value.code == "LEDGER-012"


def test_records_of_a_file_that_was_split_again_are_counted_once(
    ledger: Ledger, run: int, planned: Callable[..., int]
) -> None:
    """The unplaceable one counts no more, its records travel in the new ones; a really superseded one is counted."""
    with ledger.transaction("test") as tx:
        old = planned(tx, "big.xml", to=FileState.VALIDATED, records=20, variations={CELL[1]: 20})
        files.move(tx, old, FileState.UNPLACEABLE, reason="volume")
        files.move(tx, old, FileState.SUPERSEDED, replaced=True)
        planned(tx, "one.xml", records=12, variations={CELL[1]: 12})
        newer = planned(tx, "two.xml", records=8, variations={CELL[1]: 8})
        tallies.verify(tx, run)
        files.move(tx, newer, FileState.SUPERSEDED)
        assert (cell(tx, run).filed, cell(tx, run).superseded) == (12, 8)
        tallies.verify(tx, run)


def test_only_what_is_counted_is_stored(ledger: Ledger, run: int) -> None:
    """A computed name cannot be written; a name not given keeps its value."""
    with ledger.transaction("test") as tx:
        with pytest.raises(ValueError):
            tallies.put(tx, run, *CELL, filed=1)
        tallies.put(tx, run, *CELL, withheld=1)
        assert (cell(tx, run).read, cell(tx, run).withheld) == (30, 1)


def test_cells_are_gathered_by_dataset_spi_and_over_runs(ledger: Ledger, run: int) -> None:
    """The top is the sum over runs, but for the states: the first before, the last after."""
    with ledger.transaction("test") as tx:
        tallies.put(tx, run, *CELL, state_before=1, state_after=7, registered=7)
        later = runs.open_run(tx, RunKey("s", "differential", date(2017, 5, 8), None, NINE)).id
        tallies.put(tx, later, *CELL, read=3, state_before=7, state_after=9, registered=9)
        tallies.put(tx, later, CELL[0], "特別徴収", read=2)
        assert tallies.by_dataset(tx, later)[CELL[0]].read == 5
        whole = tallies.over_runs(tx, [run, later])
    assert (whole[CELL].read, whole[CELL].state_before, whole[CELL].registered) == (33, 1, 9)
    assert tallies.by_spi(whole, {CELL[0]: "TM00000000000002"})["TM00000000000002"].read == 35
