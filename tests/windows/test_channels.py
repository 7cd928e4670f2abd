from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.calendars import SERVICE_HOURS, ModeCalendar
from fukuhon.clock import tokyo
from fukuhon.errors import ConfigurationError
from fukuhon.windows import NOT_YET, Channel, Kind, channel_windows

DAYS = st.dates(date(2017, 4, 1), date(2018, 12, 31))
GROUPS = st.sampled_from([1, 2, 3])
CHANNELS = st.sampled_from(list(Channel))
WEDNESDAY = date(2017, 5, 10)


def hours(day: date, group: int, channel: int, kind: Kind = Kind.DIFFERENTIAL) -> list[tuple[str, str]]:
    """The windows as times of day."""
    return [(f"{w.start:%H:%M}", f"{w.end:%H:%M}") for w in channel_windows(day, group, channel, kind)]


@given(DAYS, GROUPS, CHANNELS)
def test_window_lies_in_the_hours_of_the_server(day: date, group: int, channel: Channel) -> None:
    """On every day, weekends and holidays included, and never in test mode."""
    for window in channel_windows(day, group, channel):
        assert any(window.meet(open_) == window for open_ in SERVICE_HOURS.uploads(day))
        assert ModeCalendar().registers(day)


@given(DAYS, GROUPS, CHANNELS, st.integers(0, 1500))
def test_immediate_waits_for_scheduled_processing(day: date, group: int, channel: Channel, minutes: int) -> None:
    """Note 1 of seed 1.5.2: an immediate starts once all 定時 processing of the day has ended; 定時 does not care."""
    done = tokyo(day) + timedelta(minutes=minutes)
    windows = channel_windows(day, group, channel, Kind.DIFFERENTIAL, done)
    if channel.scheduled:
        assert windows == channel_windows(day, group, channel)
    else:
        assert all(window.start >= done for window in windows)


@given(DAYS, GROUPS, st.sampled_from([2, 4]))
def test_no_immediate_while_scheduled_processing_is_not_over(day: date, group: int, channel: int) -> None:
    """Planned for the day and not ended: no window."""
    assert channel_windows(day, group, channel, Kind.DIFFERENTIAL, NOT_YET) == []


@pytest.mark.parametrize(
    ("day", "group", "channel", "expected"),
    [
        (date(2017, 4, 5), 1, 2, [("19:00", "21:00")]),
        (date(2017, 4, 5), 1, 4, [("19:00", "21:00")]),
        (date(2017, 4, 5), 3, 2, [("13:00", "21:00")]),
        (date(2017, 6, 30), 1, 4, [("13:00", "21:00")]),
        (date(2017, 6, 30), 2, 3, [("08:00", "00:00")]),
        (date(2017, 7, 3), 1, 3, [("08:00", "00:00")]),
        (date(2017, 7, 3), 1, 4, [("08:00", "00:00")]),
        (date(2017, 7, 1), 2, 3, [("09:00", "17:00")]),  # a Saturday
        (date(2017, 7, 17), 2, 4, [("09:00", "17:00")]),  # 海の日
    ],
)
def test_table_of_the_seed_by_date(day: date, group: int, channel: int, expected: list[tuple[str, str]]) -> None:
    """Until June the table of 1.5.2, from July on service hours and data stop (2.1.1)."""
    assert hours(day, group, channel) == expected


def test_initial_has_no_hours_of_a_channel() -> None:
    """Its windows are the allotments."""
    assert hours(WEDNESDAY, 2, 3, Kind.INITIAL) == []


def test_pretest_and_deletion_keep_the_hours_of_the_channel() -> None:
    """An immediate pretest would interrupt scheduled processing like any other."""
    assert hours(WEDNESDAY, 1, 2, Kind.PRETEST) == hours(WEDNESDAY, 1, 2, Kind.DELETION) == [("19:00", "21:00")]


@pytest.mark.parametrize(("group", "channel"), [(0, 1), (4, 1), (2, 0), (2, 5)])
def test_group_or_channel_that_does_not_exist(group: int, channel: int) -> None:
    """A mistake of the settings, not a day without windows."""
    with pytest.raises(ConfigurationError) as caught:
        channel_windows(WEDNESDAY, group, channel)
    assert caught.value.code == "WINDOWS-004"


def test_end_of_processing_is_an_instant_not_a_time_of_day() -> None:
    """Processing that ended after midnight leaves nothing of the day it was planned for."""
    after_midnight: datetime = tokyo(date(2017, 5, 11), 0, 30)
    assert channel_windows(WEDNESDAY, 2, 4, Kind.DIFFERENTIAL, after_midnight) == []
