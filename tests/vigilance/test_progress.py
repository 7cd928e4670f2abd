from __future__ import annotations

from datetime import date

import pytest

from fukuhon.vigilance import area_complete_due, cutoff_due, next_cutoff, shown


@pytest.mark.parametrize(
    ("day", "cutoff", "due"),
    [
        (date(2017, 4, 1), date(2017, 5, 9), date(2017, 5, 12)),
        (date(2017, 5, 9), date(2017, 5, 9), date(2017, 5, 12)),
        (date(2017, 5, 10), date(2017, 6, 6), date(2017, 6, 9)),
    ],
)
def test_next_cutoff_and_its_term(day: date, cutoff: date, due: date) -> None:
    """5/9 → 5/12, 6/6 → 6/9: terms of the prefecture."""
    assert next_cutoff(day) == cutoff
    assert cutoff_due(cutoff) == due


def test_other_days_are_no_cutoff() -> None:
    """After the last there is none, and an ordinary day has no term."""
    assert next_cutoff(date(2017, 6, 7)) is None
    assert cutoff_due(date(2017, 5, 10)) is None


def test_whole_area_complete_is_told_on_the_next_business_day() -> None:
    """Over 5/3–5/7 as well."""
    assert area_complete_due(date(2017, 5, 2)) == date(2017, 5, 8)


def test_nothing_is_shown_before_the_confirmation() -> None:
    """実績 is written after 結果確認, also that of the upload."""
    uploaded, confirmed = date(2017, 5, 10), date(2017, 5, 12)
    assert (shown(uploaded, None).actual_upload, shown(uploaded, None).reports) == (None, True)
    assert shown(uploaded, confirmed).actual_upload == uploaded
    assert shown(uploaded, confirmed).actual_confirmed == confirmed
