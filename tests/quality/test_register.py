"""The register beside the records: the look-up says what a join of texts would."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fukuhon.errors import DataError
from fukuhon.quality.keys import NO_NUMBER, numbered
from fukuhon.quality.register import Register

# What differs by a leading zero only, is as long as a number may be or longer, or is no number at all.
KEY = st.one_of(
    st.from_regex(r"\A[0-9]{1,3}\Z"),
    st.sampled_from(["000000000000001", "1" * 17, "0" * 17, "1" * 18, "9" * 19, "", "-1", "１", "A1", "1 ", "+1"]),
)
READ = ("reg_addressee", "reg_sex")


@settings(max_examples=200, deadline=None)
@given(known=st.lists(KEY, unique=True, max_size=8), asked=st.lists(st.one_of(st.none(), KEY), max_size=12))
def test_a_look_up_is_a_left_join(known: list[str], asked: list[str | None]) -> None:
    """Row by row, whatever the addressees look like; one without an addressee is nobody in the register."""
    table = pa.table(
        {
            "addressee": pa.array([*known, None, None], pa.string()),
            "sex": pa.array([str(place) for place in range(len(known) + 2)]),
        }
    )
    found = Register(table, READ).beside(pa.chunked_array([pa.array(asked, pa.string())]), READ)
    with duckdb.connect(":memory:") as connection:
        connection.register("register", table)
        connection.register("asked", pa.table({"n": list(range(len(asked))), "a": pa.array(asked, pa.string())}))
        joined = connection.sql(
            "SELECT addressee, sex FROM asked LEFT JOIN register ON a = addressee ORDER BY n"
        ).fetchall()
    assert list(zip(*(found[name].to_pylist() for name in READ), strict=True)) == joined


@settings(max_examples=200, deadline=None)
@given(texts=st.lists(st.one_of(st.none(), KEY), max_size=12), cut=st.integers(0, 3))
def test_the_same_number_is_the_same_text(texts: list[str | None], cut: int) -> None:
    """Leading zeros count; what has no number is told, but for what is missing."""
    numbers, odd = numbered(pa.array(texts, pa.string()).slice(cut))
    pairs = list(zip(numbers.tolist(), texts[cut:], strict=True))
    assert all((a == b) == (s == t) for a, s in pairs for b, t in pairs if NO_NUMBER not in {a, b})
    assert odd.tolist() == [number == NO_NUMBER and text is not None for number, text in pairs]


@pytest.mark.parametrize("double", [["7", "7"], ["A", "A"]])
def test_one_who_stands_twice_is_refused(double: list[str]) -> None:
    """Whether by a number or not; two without an addressee are nobody."""
    with pytest.raises(DataError) as caught:
        Register(pa.table({"addressee": pa.array([*double, "1", None, None])}), ["reg_addressee"])
    assert (caught.value.code, caught.value.facts["count"]) == ("QUALITY-007", 1)
