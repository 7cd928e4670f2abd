from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from standin.clock import JST
from standin.conflicts import Planned, Schedule, Verdict, batch_may_start, judge_immediate, resolve

NOON = datetime(2017, 5, 11, 12, tzinfo=JST)


def planned(name: str, start: int, length: int) -> Planned:
    """A registration so many minutes after noon."""
    begin = NOON + timedelta(minutes=start)
    return Planned(name, begin, begin + timedelta(minutes=length))


immediates = st.lists(st.tuples(st.integers(-60, 120), st.integers(1, 30)), max_size=6).map(
    lambda rows: [planned(f"i{number}", *row) for number, row in enumerate(rows)]
)
files = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 30)), min_size=1, max_size=5)


@given(immediates, files)
def test_no_two_registrations_ever_run_at_once(ones: list[Planned], rows: list[tuple[int, int]]) -> None:
    """What is registered never overlaps anything else that is, whatever is planned."""
    place, batch = 0, []
    for number, (gap, length) in enumerate(rows):
        batch.append(planned(f"s{number}", place, length))
        place += length + gap
    outcomes = resolve(ones, Schedule(date(2017, 5, 11), NOON, tuple(batch)))
    done = sorted(
        (one for one in [*ones, *batch] if outcomes[one.id].result == "registered"), key=lambda one: one.start
    )
    assert all(before.end <= after.start for before, after in pairwise(done))
    assert {outcomes[one.id].result for one in batch} <= {"registered", "slipped"}


def test_the_two_decisions() -> None:
    """A, B, C and D of seed 1.5.4."""
    assert not batch_may_start(immediate_running=True)
    assert judge_immediate(immediate_running=False, file_running=True, files_left=True) is Verdict.ERROR
    assert judge_immediate(immediate_running=False, file_running=False, files_left=True) is Verdict.ACCEPT_AND_SLIP
    assert judge_immediate(immediate_running=True, file_running=False, files_left=False) is Verdict.ERROR
