from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from standin.modes import INTEGRATION_TEST, NORMAL, DayRange, mode_on, next_normal_day, permissions

days = st.dates(date(2017, 4, 1), date(2017, 12, 31))


def test_first_and_last_day_of_the_test_are_in_it() -> None:
    """5/15 to 5/26 for all, the days around not."""
    assert [mode_on(date(2017, 5, day)) for day in (14, 15, 26, 27)] == [
        NORMAL,
        INTEGRATION_TEST,
        INTEGRATION_TEST,
        NORMAL,
    ]


@given(days, days, st.integers(0, 10))
def test_what_a_body_applied_for_comes_beside(day: date, first: date, length: int) -> None:
    """An applied period adds days and takes none away."""
    applied = [DayRange(first, first + timedelta(days=length))]
    if mode_on(day) == INTEGRATION_TEST or day in applied[0]:
        assert mode_on(day, applied) == INTEGRATION_TEST
        assert permissions(day, applied, code_day=True) == permissions(date(2017, 5, 15))
    else:
        assert permissions(day, applied, code_day=True).code_acquisition


@given(days)
def test_next_normal_day_is_normal_and_later(day: date) -> None:
    """A batch slips over the whole test, not into it."""
    later = next_normal_day(day)
    assert later > day
    assert mode_on(later) == NORMAL
    assert next_normal_day(date(2017, 5, 14)) == date(2017, 5, 27)
