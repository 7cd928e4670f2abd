from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from fukuhon.layouts import BaseCheck
from fukuhon.quality import Kind, Origin, Rule, Severity, Verdict
from fukuhon.quality.base import failure_of

Judge = Callable[..., Verdict]


def rule(
    kind: str, column: str = "I0101", *, empty: bool = False, other: tuple[str, ...] = (), **facts: object
) -> Rule:
    """A base check of the layout as a rule."""
    check = BaseCheck("check", column, kind, "w", facts, empty_passes=empty)  # type: ignore[arg-type]
    return Rule(
        "check", Kind.ROW, Severity.QUARANTINE, Origin.LAYOUT, "w", "g", (column, *other), failure=failure_of(check)
    )


@pytest.mark.parametrize(
    ("facts", "failing"),
    [
        ({"equals": ("1", "2")}, [1, 2, 3]),
        ({"present": True}, [1, 2, 3, 5]),
    ],
)
def test_required_when_another_item_says_so(
    make: SimpleNamespace, judged: Judge, facts: dict, failing: list[int]
) -> None:
    """Null and empty are both missing; where the other item is missing itself, nothing is asked."""
    table = make.batch(I0104=["1", "1", "2", "1", "3", None, ""], I0101=[None, "", None, "x", None, None, None])
    verdict = judged(table, rule("required_when", other=("I0104",), item="I0104", **facts))
    assert list(make.reasons(verdict)) == failing


@pytest.mark.parametrize(("empty", "failing"), [(False, [2, 3]), (True, [3])])
def test_an_empty_text_passes_where_the_layout_says_so(
    make: SimpleNamespace, judged: Judge, *, empty: bool, failing: list[int]
) -> None:
    """``required`` tells it already, or it is allowed."""
    table = make.batch(I0101=["12", "", "1", None])
    assert list(make.reasons(judged(table, rule("pattern", empty=empty, pattern="[0-9]{2}")))) == failing


@pytest.mark.parametrize(
    ("low", "high", "failing"), [(0, None, [1]), (None, 5, [3, 4]), (0, 5, [1, 3, 4]), (-9, 10**38, [])]
)
def test_a_range_may_be_open(
    make: SimpleNamespace, judged: Judge, low: int | None, high: int | None, failing: list[int]
) -> None:
    """What is no number is the form's matter, not the range's; numbers may be longer than 64 bits."""
    table = make.batch(I0101=["-1", "5", "6", "99999999999999999999999999999", "x", None])
    assert list(make.reasons(judged(table, rule("range", minimum=low, maximum=high)))) == failing


def test_publication_days_are_dates_and_only_asked_for(make: SimpleNamespace, judged: Judge) -> None:
    """They are typed columns: present or not."""
    from datetime import date  # noqa: PLC0415

    table = make.batch(publication_from=[date(2016, 6, 1), None])
    assert list(make.reasons(judged(table, rule("required", "publication_from")))) == [2]


def test_characters_outside_jisx0213_are_found(make: SimpleNamespace, judged: Judge) -> None:
    """外字, half-width katakana, control characters and the mark of what could not be shrunk."""
    table = make.batch(I0101=["高橋", "\ue000", "ｱ", "a\tb", "\ufffd", "𠮟る", "", None])
    assert list(make.reasons(judged(table, rule("characters", set="jisx0213", pattern=None)))) == [2, 3, 4, 5]
    assert list(make.reasons(judged(table, rule("characters", set="kana", pattern="[ァ-ヺ・ー　]*")))) == [
        1,
        2,
        3,
        4,
        5,
        6,
    ]


def test_quotes_in_codes_and_patterns_are_text(make: SimpleNamespace, judged: Judge) -> None:
    """A layout is data: nothing in it is read as SQL."""
    table = make.batch(I0101=["it's", "x"])
    assert list(make.reasons(judged(table, rule("code", values=("it's", "'; --"))))) == [2]
    assert list(make.reasons(judged(table, rule("pattern", pattern="it's")))) == [2]
