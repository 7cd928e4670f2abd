from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.numbers import COLLATION, REGISTRATION, body_check_digit, is_body, parse_receipt


@given(
    st.sampled_from([REGISTRATION, COLLATION]), st.dates(date(2015, 1, 1), date(2040, 1, 1)), st.integers(1, 10**9 - 1)
)
def test_issued_number_is_taken_apart_again(kind: object, day: date, running: int) -> None:
    """22 digits for a registration, 21 for a 突合, the day in digits 5 to 12."""
    number = kind.issue(day, running)
    found = parse_receipt(number)
    assert (found.kind, found.day) == (kind, day)
    assert len(number) == (22 if kind is REGISTRATION else 21)
    assert parse_receipt(number[1:]) is None


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_none(text: str) -> None:
    """Nothing is raised, whatever comes."""
    found = parse_receipt(text)
    assert found is None or text.startswith(found.kind.prefix)


@pytest.mark.parametrize("code", ["992011", "011002", "131016", "271004"])
def test_known_codes_of_bodies(code: str) -> None:
    """Sapporo, Chiyoda, Osaka, and the sample's own."""
    assert is_body(code)


@given(st.from_regex("[0-9]{5}", fullmatch=True), st.integers(1, 9))
def test_another_check_digit_is_refused(five: str, off: int) -> None:
    """One digit fits, nine do not."""
    right = body_check_digit(five)
    assert is_body(f"{five}{right}")
    assert not is_body(f"{five}{(right + off) % 10}")
