from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fukuhon.errors import DataError
from fukuhon.files.characters import escaped, look

REFUSED = [
    *range(0x20),
    0x7F,
    *range(0x80, 0xA0),
    *range(0xFDD0, 0xFDF0),
    *(p | low for p in range(0, 0x110000, 0x10000) for low in (0xFFFE, 0xFFFF)),
]


@pytest.mark.parametrize("point", REFUSED)
def test_control_and_noncharacters_are_refused(point: Any) -> None:
    """Tab and line breaks too: a parser may change them. The error counts, and never shows the value."""
    column = pa.array(["東京", f"a{chr(point)}b", None, chr(point)])
    with pytest.raises(DataError, match="FILES-003") as caught:
        look(column, "I0107")
    assert caught.value.facts == {"item": "I0107", "count": 2}


@pytest.mark.parametrize("raw", [b"\xed\xa0\x80", b"\xff", b"\xe6\x9d", b"\xc0\xaf"])
def test_what_is_no_utf8_is_refused(raw: Any) -> None:
    """A lone surrogate, a stray byte, half a character, an overlong form: a driver may hand them over unlooked at."""
    column = pa.array([b"ok", raw, b"ok"], pa.binary()).view(pa.string())
    with pytest.raises(DataError, match="FILES-003") as caught:
        look(column, "I0107")
    assert caught.value.facts["count"] == 1


def test_a_character_split_over_two_values_is_refused() -> None:
    """Two halves make a whole column of UTF-8, but no value of it."""
    column = pa.array([b"\xe6\x9d", b"\xb1"], pa.binary()).view(pa.string())
    with pytest.raises(DataError, match="FILES-003") as caught:
        look(column, "I0107")
    assert caught.value.facts["count"] == 2


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), max_size=6)), max_size=8))
def test_a_look_refuses_exactly_what_it_must(values: Any) -> None:
    """The quick look over bytes agrees with a slow one over characters."""
    wrong = sum(value is not None and any(ord(char) in set(REFUSED) for char in value) for value in values)
    column = pa.array(values, pa.string())
    if wrong:
        with pytest.raises(DataError) as caught:
            look(column, "I0101")
        assert caught.value.facts["count"] == wrong
    else:
        found = look(column, "I0101")
        text = "".join(value or "" for value in values)
        assert {plain for plain, _ in found.escapes} >= {char for char in "&<>" if char in text}


def test_neighbours_of_a_slice_do_not_count() -> None:
    """A slice is judged by its own values, not by what lies beside it in memory."""
    column = pa.array(["\x00", "1", "2", "&"])
    assert look(column.slice(1, 2), "I0101").escapes == ()


def test_only_columns_that_need_it_are_copied() -> None:
    """Digits and dates go as they are."""
    plain = pa.array(["2016-04-01", "2017-01-31"])
    assert escaped(plain, look(plain, "I0101")) is plain
    assert escaped(pa.array(["a&b<c>"]), look(pa.array(["a&b<c>"]), "I0101")).to_pylist() == ["a&amp;b&lt;c&gt;"]
