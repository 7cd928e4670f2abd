from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.vigilance import Answer, foresee

DATASETS = ["資格情報", "給付情報", "住民情報"]
SETS = st.sets(st.sampled_from(DATASETS))
JUNE, JULY = date(2017, 6, 30), date(2017, 7, 1)


@given(SETS.filter(bool), SETS, st.booleans(), st.sampled_from([JUNE, JULY]))
def test_silence_needs_july_no_restriction_and_nothing_registered(
    requested: set[str],
    registered: set[str],
    restricted: bool,  # noqa: FBT001 (drawn by hypothesis)
    day: date,
) -> None:
    """Only then does the server answer "no such information" by itself: the risk this software exists for."""
    found = foresee(day, requested, registered, restricted=restricted)
    silent = day == JULY and not restricted and not requested & registered
    assert (found.answer is Answer.NOT_REGISTERED) == silent
    assert bool(found.ways) == (found.answer is Answer.MANUAL and not requested & registered)


def test_what_was_not_asked_for_does_not_help() -> None:
    """Partial answers go by the items asked for."""
    assert foresee(JULY, ["資格情報"], ["給付情報"], restricted=False).answer is Answer.NOT_REGISTERED
    assert foresee(JULY, ["資格情報"], ["資格情報", "給付情報"], restricted=False).answer is Answer.FULL


@pytest.mark.parametrize(("day", "answer"), [(JUNE, Answer.MANUAL), (JULY, Answer.PARTIAL)])
def test_partial_answers_begin_in_july(day: date, answer: Answer) -> None:
    """Before the change of the software staff answer what is not wholly there."""
    assert foresee(day, DATASETS, DATASETS[:1], restricted=False).answer is answer
