from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.calendars import (
    SERVICE_HOURS,
    BusinessCalendar,
    DayHours,
    Interval,
    Mode,
    ModeCalendar,
    Period,
    ServiceHours,
    ServiceRow,
    day_interval,
    is_weekend_or_holiday,
    parse_day,
    parse_minutes,
    tokyo_day,
)
from fukuhon.clock import TOKYO, tokyo
from fukuhon.errors import ConfigurationError

DAYS = st.dates(date(2015, 1, 1), date(2033, 12, 31))
BODY = BusinessCalendar()


def at(text: str) -> datetime:
    """An instant in Tokyo."""
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


# --- intervals


def test_interval_holds_its_start_and_not_its_end() -> None:
    """Half-open: 24:00 belongs to the next day."""
    day = day_interval(date(2017, 4, 12))
    assert at("2017-04-12T00:00") in day
    assert at("2017-04-13T00:00") not in day
    assert day.seconds == 86_400


def test_touching_intervals_do_not_meet() -> None:
    """No instant lies in both."""
    morning, noon = day_interval(date(2017, 4, 12), 540, 720), day_interval(date(2017, 4, 12), 720, 900)
    assert not morning.overlaps(noon)
    assert morning.meet(noon) is None


@given(st.integers(0, 99), st.integers(1, 99), st.integers(0, 99), st.integers(1, 99))
def test_meet_is_what_lies_in_both(a: int, b: int, c: int, d: int) -> None:
    """Minute by minute, the meeting holds exactly what each of the two holds, whichever is asked."""
    day = date(2017, 4, 12)
    one, other = day_interval(day, a, a + b), day_interval(day, c, c + d)
    both = one.meet(other)
    assert both == other.meet(one)
    for minute in range(200):
        instant = tokyo(day) + timedelta(minutes=minute)
        assert (both is not None and instant in both) == (instant in one and instant in other)


def test_rest_of_an_interval() -> None:
    """From an instant on: all of it before its start, a part within, nothing from its end on."""
    hours = day_interval(date(2017, 4, 12), 540, 720)
    assert hours.from_(at("2017-04-12T08:00")) == hours
    assert hours.from_(at("2017-04-12T11:59")) == day_interval(date(2017, 4, 12), 719, 720)
    assert hours.from_(hours.end) is None


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (at("2017-04-12T09:00"), at("2017-04-12T09:00")),
        (at("2017-04-12T10:00"), at("2017-04-12T09:00")),
        (datetime(2017, 4, 12, 9), datetime(2017, 4, 12, 10)),  # noqa: DTZ001 (that is what is refused)
    ],
)
def test_empty_and_naive_intervals_are_refused(start: datetime, end: datetime) -> None:
    """An interval holds at least one instant, and its instants have an offset."""
    with pytest.raises(ValueError, match="interval"):
        Interval(start, end)


def test_day_is_that_of_tokyo() -> None:
    """An instant in another offset falls on the day it shows in Tokyo."""
    assert tokyo_day(datetime(2017, 4, 11, 15, 0, tzinfo=UTC)) == date(2017, 4, 12)


# --- text


@pytest.mark.parametrize(("text", "minutes"), [("00:00", 0), ("09:05", 545), ("23:59", 1439), ("24:00", 1440)])
def test_time_of_day(text: str, minutes: int) -> None:
    """From 00:00 to 24:00."""
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize("text", ["25:00", "24:01", "9:00", "09:60", "0900", "０９:００", "", None, 1320, "09:00:00"])
def test_what_is_no_time(text: object) -> None:
    """1320 is what YAML makes of an unquoted 22:00."""
    with pytest.raises(ConfigurationError) as caught:
        parse_minutes(text)
    assert caught.value.code == "CALENDARS-001"


@pytest.mark.parametrize(
    "value", ["2018-02-29", "2018-2-9", "20180209", "２０１８-02-09", None, at("2018-02-09T00:00")]
)
def test_what_is_no_day(value: object) -> None:
    """Days that do not exist, other forms, and instants."""
    with pytest.raises(ConfigurationError) as caught:
        parse_day(value)
    assert caught.value.code == "CALENDARS-002"


def test_day_of_text_and_of_yaml() -> None:
    """YAML reads an unquoted date as a date."""
    assert parse_day("2016-02-29") == parse_day(date(2016, 2, 29)) == date(2016, 2, 29)


# --- business days


@given(DAYS, st.integers(1, 6))
def test_next_business_day_skips_only_closed_days(day: date, n: int) -> None:
    """It is open, later, and exactly ``n - 1`` open days lie between."""
    found = BODY.next_business_day(day, n)
    between = [day + timedelta(days=k) for k in range(1, (found - day).days)]
    assert BODY.is_business_day(found)
    assert sum(map(BODY.is_business_day, between)) == n - 1


@given(DAYS, st.integers(1, 6))
def test_previous_undoes_next_on_business_days(day: date, n: int) -> None:
    """Counted back from where counting forward led."""
    start = BODY.next_business_day(day)
    assert BODY.previous_business_day(BODY.next_business_day(start, n), n) == start


@given(DAYS)
def test_due_never_comes_earlier_for_a_later_change(day: date) -> None:
    """A later change is due no earlier; and never before two days have begun."""
    opening = time(8, 30)
    assert BODY.due(day, opening) <= BODY.due(day + timedelta(days=1), opening)
    assert BODY.due(day, opening) >= tokyo(day + timedelta(days=2))


def test_body_closes_on_days_of_its_own() -> None:
    """A local holiday is a setting."""
    extra = BusinessCalendar(frozenset({date(2017, 4, 17)}))
    assert extra.due(date(2017, 4, 14), time(8, 30)) == at("2017-04-19T08:30")


def test_year_end_is_a_setting() -> None:
    """Without it, 12/29 and 12/30 are open and 1/1 is a national holiday all the same."""
    open_ = BusinessCalendar(year_end=False)
    assert open_.is_business_day(date(2016, 12, 29))
    assert not open_.is_business_day(date(2018, 1, 1))
    assert not BODY.is_business_day(date(2017, 12, 29))


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        ("2016-08-11", True),  # 山の日, the first
        ("2017-02-11", True),
        ("2019-05-01", True),  # 即位
        ("2019-10-22", True),
        ("2020-07-24", True),  # スポーツの日, moved
        ("2020-10-12", False),
        ("2026-09-22", True),  # 国民の休日
        ("2017-08-12", True),
        ("2017-12-23", True),  # 天皇誕生日 until 2018
        ("2019-12-23", False),
        ("2020-02-24", True),  # in lieu of 2/23
    ],
)
def test_national_holidays(day: str, closed: bool) -> None:  # noqa: FBT001 (a table)
    """Days checked by hand against the law."""
    assert is_weekend_or_holiday(date.fromisoformat(day)) is closed


# --- the server


@given(DAYS)
def test_service_and_data_stop_never_meet(day: date) -> None:
    """An instant is in one of them at most, and both lie within what the server lets in."""
    hours, stop = SERVICE_HOURS.hours(day), SERVICE_HOURS.stop(day)
    assert hours is not None
    assert stop is None or not hours.overlaps(stop)
    assert sum(part.seconds for part in SERVICE_HOURS.uploads(day)) == hours.seconds + (stop.seconds if stop else 0)


@given(DAYS)
def test_night_is_left_to_patches(day: date) -> None:
    """From 1:00 to 6:00 nothing is sent (seed 1.4.1)."""
    night = day_interval(day, 60, 360)
    assert not any(part.overlaps(night) for part in SERVICE_HOURS.uploads(day))


def test_announced_day_has_hours_of_its_own() -> None:
    """Changed hours and closed days are announced (seed 5.1.5)."""
    day, closed = date(2017, 4, 12), date(2017, 4, 13)
    hours = ServiceHours(announced={day: DayHours((600, 720)), closed: DayHours(None)})
    assert hours.uploads(day) == (day_interval(day, 600, 720),)
    assert hours.uploads(closed) == ()
    assert not hours.in_service(at("2017-04-13T12:00"))
    assert not hours.data_stop(at("2017-04-12T22:00"))


def test_hours_are_dated() -> None:
    """A later row holds from its day on; a day without a row is a gap in the settings."""
    old = ServiceRow(DayHours((480, 1260)), DayHours((540, 1020)), valid_from=date(2017, 4, 1))
    new = ServiceRow(DayHours((420, 1260)), DayHours((540, 1020)), valid_from=date(2018, 4, 2))
    hours = ServiceHours((old, new))
    assert hours.in_service(at("2018-04-02T07:30"))
    assert not hours.in_service(at("2018-03-30T07:30"))
    with pytest.raises(ConfigurationError) as caught:
        hours.hours(date(2017, 3, 31))
    assert caught.value.code == "CALENDARS-003"


def test_hours_that_do_not_touch_stay_apart() -> None:
    """Service and data stop with a gap between are two intervals."""
    day = date(2017, 4, 12)
    hours = ServiceHours(announced={day: DayHours((480, 1200), (1260, 1440))})
    assert [part.seconds for part in hours.uploads(day)] == [12 * 3600, 3 * 3600]


# --- modes


@given(DAYS)
def test_mode_is_test_in_the_periods_only(day: date) -> None:
    """May 2017 for all, and the days the body applied for."""
    applied = Period(date(2017, 4, 10), date(2017, 4, 14))
    test = day in applied or date(2017, 5, 15) <= day <= date(2017, 5, 26)
    calendar = ModeCalendar([applied])
    assert calendar.mode(day) is (Mode.INTEGRATION_TEST if test else Mode.NORMAL)
    assert calendar.registers(day) is not test
    assert calendar.acquires_codes(day, assigned=True) is not test
    assert not calendar.acquires_codes(day, assigned=False)
