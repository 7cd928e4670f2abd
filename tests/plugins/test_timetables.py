"""The timetables: what runs they plan, in which order, and where they end."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pendulum
import pytest
from airflow.exceptions import AirflowTimetableInvalid
from airflow.timetables.base import DataInterval, TimeRestriction
from hypothesis import given
from hypothesis import strategies as st

from fukuhon_airflow.timetables import BusinessDayTimetable, DutyTimetable, OccasionTimetable, WindowTimetable

FIRST = datetime(2017, 4, 1, tzinfo=UTC)


@st.composite
def occasions(draw: st.DrawFn) -> list[tuple[datetime, datetime]]:
    """Windows one after the other, touching at most, in any order."""
    gaps = draw(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 600)), max_size=12))
    at, found = FIRST, []
    for gap, length in gaps:
        start = at + timedelta(minutes=gap)
        at = start + timedelta(minutes=length)
        found.append((start, at))
    return draw(st.permutations(found))


instants = st.integers(-200, 9000).map(lambda minutes: pendulum.instance(FIRST + timedelta(minutes=minutes)))
restrictions = st.builds(
    TimeRestriction, earliest=st.none() | instants, latest=st.none() | instants, catchup=st.just(value=True)
)


def runs_of(timetable: OccasionTimetable, restriction: TimeRestriction) -> list[DataInterval]:
    """All runs, as the scheduler or a backfill asks for them."""
    found: list[DataInterval] = []
    while True:
        info = timetable.next_dagrun_info(
            last_automated_data_interval=found[-1] if found else None, restriction=restriction
        )
        if info is None:
            return found
        assert info.data_interval is not None
        found.append(info.data_interval)
        assert len(found) <= len(timetable.occasions)


@given(occasions(), restrictions)
def test_runs_are_the_occasions_within_the_restriction_in_order(
    listed: list[tuple[datetime, datetime]], restriction: TimeRestriction
) -> None:
    """Every occasion from the earliest to the latest gets one run, soonest first, and then it ends."""
    runs = runs_of(WindowTimetable(listed), restriction)

    wanted = [
        occasion
        for occasion in sorted(listed)
        if (restriction.earliest is None or occasion[0] >= restriction.earliest)
        and (restriction.latest is None or occasion[0] <= restriction.latest)
    ]
    assert [(run.start, run.end) for run in runs] == wanted


@given(occasions())
def test_it_is_the_same_after_serialization(listed: list[tuple[datetime, datetime]]) -> None:
    """What the scheduler reads from the database plans the same runs."""
    before = WindowTimetable(listed)
    after = WindowTimetable.deserialize(json.loads(json.dumps(before.serialize())))

    assert after.occasions == before.occasions


def test_a_window_s_run_starts_when_the_window_opens() -> None:
    """Core's own interval would start it when the window closes."""
    start, end = datetime(2017, 4, 12, 0, tzinfo=UTC), datetime(2017, 4, 12, 3, tzinfo=UTC)
    info = WindowTimetable([(start, end)]).next_dagrun_info(
        last_automated_data_interval=None, restriction=TimeRestriction(None, None, catchup=True)
    )

    assert info is not None
    assert info.run_after == start
    assert info.data_interval == DataInterval(pendulum.instance(start), pendulum.instance(end))


def test_a_business_day_is_taken_from_midnight_to_midnight_in_tokyo_and_runs_at_its_end() -> None:
    """The interval is real: a backfill of the day knows as of when it has to look."""
    info = BusinessDayTimetable.of_days([date(2017, 5, 8)]).next_dagrun_info(
        last_automated_data_interval=None, restriction=TimeRestriction(None, None, catchup=True)
    )

    assert info is not None
    assert info.data_interval is not None
    assert info.data_interval.start.isoformat() == "2017-05-07T15:00:00+00:00"
    assert info.run_after == info.data_interval.end == datetime(2017, 5, 8, 15, tzinfo=UTC)


def test_a_duty_is_due_at_an_instant() -> None:
    """Its interval has no length, and two of one day are two runs."""
    times = [datetime(2017, 4, 14, hour, tzinfo=UTC) for hour in (9, 0)]
    runs = runs_of(DutyTimetable.of_times(times), TimeRestriction(None, None, catchup=True))

    assert [run.start for run in runs] == sorted(times)
    assert all(run.start == run.end for run in runs)


def test_without_catchup_what_is_over_is_left_out() -> None:
    """The window of today still gets its run, those of the past do not."""
    now = pendulum.now("UTC")
    past = (now.subtract(days=2), now.subtract(days=1))
    today = (now.subtract(hours=1), now.add(hours=1))
    runs = runs_of(WindowTimetable([past, today]), TimeRestriction(None, None, catchup=False))

    assert [run.start for run in runs] == [today[0]]


@pytest.mark.parametrize(("first", "second"), [((0, 60), (30, 90)), ((0, 60), (0, 30))])
def test_windows_that_overlap_are_refused_when_the_dag_is_read(first: tuple[int, int], second: tuple[int, int]) -> None:
    """Asked later, an error would be swallowed and a backfill cut short."""
    listed = [(FIRST + timedelta(minutes=start), FIRST + timedelta(minutes=end)) for start, end in (first, second)]

    with pytest.raises(AirflowTimetableInvalid):
        WindowTimetable(listed).validate()


def test_a_run_by_hand_is_about_now() -> None:
    """No occasion is taken from the list for it."""
    now = pendulum.now("UTC")

    assert DutyTimetable([]).infer_manual_data_interval(run_after=now) == DataInterval.exact(now)
