from __future__ import annotations

from datetime import date

from standin.answers import answer


def test_silent_answer_begins_with_july() -> None:
    """Until June staff see the inquiry; from July on nobody does (seed 4.3)."""
    assert answer(date(2017, 6, 30), ["a"], [], restricted=False).answer == "manual"
    assert answer(date(2017, 7, 1), ["a"], [], restricted=False).answer == "not_registered"


def test_several_matching_records_are_an_error() -> None:
    """Seed 4.7, item 3: what is not unique is not answered."""
    assert answer(date(2017, 8, 1), ["a"], ["a"], restricted=False, several=["a"]).answer == "ambiguous"


def test_restriction_comes_before_everything() -> None:
    """自動応答不可 asks for staff, whatever is registered."""
    assert answer(date(2017, 8, 1), ["a"], ["a"], restricted=True, several=["a"]).answer == "manual"
