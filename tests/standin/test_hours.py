from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.clock import JST
from standin.hours import (
    Allotment,
    AllotmentError,
    Span,
    channel_windows,
    data_stop,
    in_service,
    initial_windows,
    registration_hours,
    service_hours,
)
from standin.modes import NORMAL, mode_on

days = st.dates(date(2017, 4, 1), date(2018, 3, 31))
clocks = st.integers(0, 24 * 60).map(lambda minutes: f"{minutes // 60:02d}:{minutes % 60:02d}")


def at(text: str) -> datetime:
    """An instant in Japan."""
    return datetime.fromisoformat(text).replace(tzinfo=JST)


@given(st.integers(0, 10 * 366 * 24 * 60))
def test_service_and_stop_never_overlap(minutes: int) -> None:
    """An instant is of one of them or of none."""
    here = at("2017-01-01 00:00") + timedelta(minutes=minutes)
    assert not (in_service(here) and data_stop(here))
    assert (here in registration_hours(here.date())) == (in_service(here) or data_stop(here))


@given(days, st.sampled_from([1, 2, 3]), st.sampled_from([1, 2, 3, 4]))
def test_channel_windows_lie_in_the_hours_and_in_the_mode(day: date, group: int, channel: int) -> None:
    """No window leaves the day's hours, none is in 総合運用テスト, and immediate ones lie within the scheduled ones."""
    for span in channel_windows(day, group, channel):
        assert mode_on(day) == NORMAL
        assert span.meet(registration_hours(day)) == span
        (scheduled,) = channel_windows(day, group, 3)
        assert span.meet(scheduled) == span


@given(days, st.integers(0, 24 * 60))
def test_immediate_window_begins_after_the_days_batch(day: date, minutes: int) -> None:
    """What is left after the scheduled processing ended, and nothing else."""
    done = datetime(day.year, day.month, day.day, tzinfo=JST) + timedelta(minutes=minutes)
    whole = channel_windows(day, 2, 4)
    expected = [Span(max(span.start, done), span.end) for span in whole if done < span.end]
    assert channel_windows(day, 2, 4, done) == expected


def test_from_july_on_every_channel_has_all_hours() -> None:
    """Seed 2.1.1: in service hours and data stop alike."""
    for channel in (1, 2, 3, 4):
        assert channel_windows(date(2017, 7, 3), 1, channel) == [registration_hours(date(2017, 7, 3))]


@given(st.lists(st.tuples(days, clocks, clocks), min_size=1, max_size=4))
def test_initial_windows_are_cut_and_in_order(rows: list[tuple[date, str, str]]) -> None:
    """Either the allotments are refused, or each window lies in its allotment, in service and in order."""
    allotments = [Allotment((day.isoformat(),), start, end) for day, start, end in rows]
    try:
        windows = initial_windows(allotments)
    except AllotmentError:
        return
    assert windows == sorted(windows)
    for span, index in windows:
        assert span.start.date().isoformat() in allotments[index].days
        assert span.meet(registration_hours(span.start.date())) == span
    assert all(before.end <= after.start for (before, _), (after, _) in pairwise(windows))


@pytest.mark.parametrize("text", ["9:00", "24:01", "12:60", "", "１２:00"])
def test_time_that_is_none_is_refused(text: str) -> None:
    """24:00 is the last there is."""
    with pytest.raises(AllotmentError, match="bad_time"):
        initial_windows([Allotment(("2017-04-12",), "08:00", text)])


def test_holiday_on_a_weekday_keeps_the_holidays_row() -> None:
    """5/3 is a Wednesday."""
    assert service_hours(date(2017, 5, 3)) == Span(at("2017-05-03 09:00"), at("2017-05-03 17:00"))
    assert not data_stop(at("2017-05-03 22:00"))
