from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.calendars import SERVICE_HOURS, ModeCalendar, Period, day_interval
from fukuhon.errors import ConfigurationError
from fukuhon.windows import Allotment, AllotmentState, Channel, FileToSend, Kind, Line, Part, initial_windows, plan

APRIL = st.dates(date(2017, 4, 1), date(2017, 6, 30))
MINUTES = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda pair: pair[0] < pair[1])
DAY = date(2017, 4, 12)


def allotted(days: list[date], start: int = 540, end: int = 720, **more: object) -> Allotment:
    """An allotment of a megabyte."""
    return Allotment(tuple(days), start, end, 1_000_000, **more)


@given(st.sets(APRIL, max_size=6), MINUTES)
def test_window_lies_in_allotment_service_and_normal_mode(days: set[date], minutes: tuple[int, int]) -> None:
    """No instant of a window lies outside what was allotted, outside the server's hours, or on a day in test mode."""
    allotment = allotted(sorted(days), *minutes)
    for window in initial_windows([allotment]):
        day = window.interval.start.date()
        assert day in days
        assert window.interval.meet(allotment.interval(day)) == window.interval
        assert any(window.interval.meet(open_) == window.interval for open_ in SERVICE_HOURS.uploads(day))
        assert ModeCalendar().registers(day)
        assert window.bytes_limit == allotment.bytes


@given(st.permutations([date(2017, 4, 12), date(2017, 4, 13), date(2017, 4, 14)]))
def test_windows_come_soonest_first(days: list[date]) -> None:
    """Whatever the order of the settings."""
    windows = initial_windows([allotted([day]) for day in days])
    assert [window.interval.start.date() for window in windows] == sorted(days)


def test_night_is_never_a_window() -> None:
    """1:00–6:00 is for patches (seed 1.4.1), even where somebody allotted it."""
    assert initial_windows([allotted([DAY], 60, 360)]) == []


def test_days_the_body_applied_for_drop_out() -> None:
    """別紙4 puts a body into test mode in April."""
    modes = ModeCalendar([Period(DAY, DAY)])
    windows = initial_windows([allotted([DAY, DAY + timedelta(days=1)])], modes=modes)
    assert [window.interval.start.date() for window in windows] == [date(2017, 4, 13)]


def test_draft_opens_nothing() -> None:
    """案 is not agreed (seed 1.4.4)."""
    assert initial_windows([allotted([DAY], state=AllotmentState.DRAFT)]) == []


def test_last_agreed_version_holds_for_its_part() -> None:
    """A moved schedule replaces the old days of its part; a draft of a third version does not."""
    rows = [
        allotted([DAY], part=Part.TAX),
        allotted([date(2017, 4, 19)], part=Part.TAX, version=2),
        allotted([date(2017, 4, 26)], part=Part.TAX, version=3, state=AllotmentState.DRAFT),
        allotted([date(2017, 4, 20)], part=Part.OTHER),
    ]
    assert [window.interval.start.day for window in initial_windows(rows)] == [19, 20]


def test_same_day_twice_is_an_overlap() -> None:
    """A day listed twice in one allotment would have two volumes."""
    with pytest.raises(ConfigurationError) as caught:
        initial_windows([allotted([DAY, DAY])])
    assert caught.value.code == "WINDOWS-002"


def test_touching_allotments_keep_their_volumes() -> None:
    """Never merged: the volume of one may not be used in the other."""
    windows = initial_windows([allotted([DAY], 540, 720), allotted([DAY], 720, 900)])
    assert len({window.id for window in windows}) == len(windows) == 2


@pytest.mark.parametrize("volume", [0, -1])
def test_allotment_without_volume_is_refused(volume: int) -> None:
    """A window in which nothing may be sent is a mistake."""
    with pytest.raises(ConfigurationError) as caught:
        Allotment.parse(["2017-04-12"], "09:00", "12:00", volume)
    assert caught.value.code == "WINDOWS-003"


@pytest.mark.parametrize(("start", "end"), [("12:00", "12:00"), ("12:01", "12:00"), ("24:00", "00:00")])
def test_allotment_lies_within_one_day(start: str, end: str) -> None:
    """Empty and reversed hours."""
    with pytest.raises(ConfigurationError) as caught:
        Allotment.parse(["2017-04-12"], start, end, 1)
    assert caught.value.code == "WINDOWS-001"


def test_name_of_a_window_stays_the_same() -> None:
    """An order is unique by its window: the name follows from kind, channel and start alone."""
    (window,) = initial_windows([allotted([DAY])], channel=Channel.XML_LINKAGE)
    assert window.id == "initial-c3-20170412T0900"
    assert (window.kind, window.interval) == (Kind.INITIAL, day_interval(DAY, 540, 720))


def test_seconds_left_of_a_window() -> None:
    """All of it before its start, the rest within, nothing afterwards."""
    (window,) = initial_windows([allotted([DAY])])
    start: datetime = window.interval.start
    assert window.left(start - timedelta(hours=1)) == 10_800
    assert window.left(start + timedelta(hours=1)) == 7_200
    assert window.left(window.interval.end) == 0


def test_the_days_of_one_allotment_share_its_volume() -> None:
    """割り当てたデータ量: of all its days together, the stricter reading of seed 1.4.1; two rows keep theirs apart."""
    both = Allotment.parse(["2017-04-12", "2017-04-13"], "09:00", "12:00", 1000)
    other = Allotment.parse(["2017-04-14"], "09:00", "12:00", 1000)
    first, second, third = initial_windows([both, other])

    assert first.account == second.account == (first.id, second.id)
    assert third.account == (third.id,)

    files = [FileToSend(number, 600, 1, Kind.INITIAL) for number in range(3)]
    made = plan(files, [first, second, third], Line(rate=100))
    assert [placed.window.id for placed in made.placed] == [first.id, third.id]
    assert [file.id for file in made.waiting] == [2]
