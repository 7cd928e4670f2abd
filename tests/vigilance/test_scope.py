from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fukuhon.vigilance import Deletion, scope_of
from fukuhon.vigilance.scope import kept_until

DATES = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@given(DATES, DATES, st.none() | DATES)
def test_record_in_scope_is_never_deleted(information: date, as_of: date, end: date | None) -> None:
    """And what is over is deleted by exactly one of server and body; what never was in scope by none."""
    found = scope_of(information, as_of, end)
    if found.in_scope or information < date(2016, 1, 1):
        assert found.deletion is Deletion.NONE
    else:
        assert found.deletion is (Deletion.AUTOMATIC if end else Deletion.BY_BODY)


@given(st.dates(date(2016, 1, 1), date(2026, 12, 31)))
def test_five_years_are_kept_to_the_day(information: date) -> None:
    """The last day is in scope, the next one is not."""
    over = kept_until(information)
    assert scope_of(information, over - timedelta(days=1)).in_scope
    assert not scope_of(information, over).in_scope


def test_leap_day_is_kept_until_the_end_of_february() -> None:
    """2016-02-29 has no day of its own five years later."""
    assert kept_until(date(2016, 2, 29)) == date(2021, 3, 1)


def test_publication_end_may_end_it_earlier() -> None:
    """The seed says "after five years" and "公開終了日": which of them deletes is a setting."""
    information, end = date(2016, 4, 1), date(2018, 3, 31)
    assert scope_of(information, date(2018, 4, 1), end).in_scope
    assert scope_of(information, end, end, ends_publication=True).in_scope
    assert scope_of(information, date(2018, 4, 1), end, ends_publication=True).deletion is Deletion.AUTOMATIC
