from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fukuhon.calendars import Interval
from fukuhon.clock import tokyo
from fukuhon.windows import Job, ScheduledBatch, resolve_conflicts

DAY = date(2017, 5, 11)


def job(name: str, start: int, end: int) -> Job:
    """A job by minutes of the day."""
    midnight = tokyo(DAY)
    return Job(name, Interval(midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)))


def batch(*files: Job) -> ScheduledBatch:
    """A batch that begins at noon."""
    return ScheduledBatch(DAY, tokyo(DAY, 12), files)


IMMEDIATE = st.lists(st.tuples(st.integers(660, 900), st.integers(1, 60)), max_size=8).map(
    lambda pairs: [job(f"i{n}", start, start + length) for n, (start, length) in enumerate(pairs)]
)
FILES = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 40)), max_size=5)


def files(pairs: list[tuple[int, int]]) -> list[Job]:
    """Files one after the other from noon on, with gaps."""
    found, minute = [], 720
    for n, (gap, length) in enumerate(pairs):
        found.append(job(f"s{n}", minute + gap, minute + gap + length))
        minute += gap + length
    return found


@given(IMMEDIATE, FILES)
def test_never_two_registrations_at_once(immediate: list[Job], pairs: list[tuple[int, int]]) -> None:
    """Whatever meets, what was registered on the day was registered one after the other, and nothing is forgotten."""
    scheduled = files(pairs)
    outcomes = resolve_conflicts(immediate, batch(*scheduled))
    jobs = {one.id: one.interval for one in [*immediate, *scheduled]}
    assert outcomes.keys() == jobs.keys()
    ran = sorted(jobs[id_] for id_, outcome in outcomes.items() if outcome.result == "registered")
    assert all(not earlier.overlaps(later) for earlier, later in pairwise(ran))


@given(IMMEDIATE, FILES)
def test_immediate_errs_and_scheduled_slips(immediate: list[Job], pairs: list[tuple[int, int]]) -> None:
    """A scheduled file never errs and an immediate never slips; once a file slips, all after it do."""
    scheduled = files(pairs)
    outcomes = resolve_conflicts(immediate, batch(*scheduled))
    assert {outcomes[one.id].result for one in immediate} <= {"registered", "error"}
    results = [outcomes[one.id].result for one in scheduled]
    assert set(results) <= {"registered", "slipped"}
    assert results == sorted(results)  # registered before slipped


@given(IMMEDIATE)
def test_without_a_batch_only_immediates_meet(immediate: list[Job]) -> None:
    """The first to come is registered."""
    outcomes = resolve_conflicts(immediate, None)
    if immediate:
        first = min(immediate, key=lambda one: one.interval.start)
        assert outcomes[first.id].result == "registered"


def test_ending_when_the_batch_begins_disturbs_nothing() -> None:
    """Half-open: at noon the immediate runs no more."""
    outcomes = resolve_conflicts([job("i1", 700, 720)], batch(job("s1", 720, 730)))
    assert {outcome.result for outcome in outcomes.values()} == {"registered"}


def test_batch_that_slipped_leaves_the_day_to_immediates() -> None:
    """(A), and later an immediate where the first file would have been: nothing is being registered there."""
    outcomes = resolve_conflicts([job("i1", 710, 721), job("i2", 730, 740)], batch(job("s1", 720, 750)))
    assert {name: outcome.result for name, outcome in outcomes.items()} == {
        "i1": "registered",
        "i2": "registered",
        "s1": "slipped",
    }


def test_immediate_that_erred_disturbs_nothing() -> None:
    """(D): the second errs, so it is not running when the batch begins."""
    outcomes = resolve_conflicts([job("i1", 690, 715), job("i2", 714, 725)], batch(job("s1", 720, 730)))
    assert outcomes["s1"].result == "registered"
    assert outcomes["i2"].result == "error"


def test_after_the_last_file_nothing_slips() -> None:
    """The batch is over."""
    outcomes = resolve_conflicts([job("i1", 731, 740)], batch(job("s1", 720, 730)))
    assert {outcome.result for outcome in outcomes.values()} == {"registered"}
