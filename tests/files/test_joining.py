from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from fukuhon.files.joining import When, joined, width

COUNT = 6
VALUES = st.one_of(
    st.lists(st.sampled_from(["", "1", "12", "東"]), min_size=COUNT, max_size=COUNT),
    st.lists(st.sampled_from(["ab", "cd"]), min_size=COUNT, max_size=COUNT),  # all of one length
    st.lists(st.sampled_from([None, "ab", "1"]), min_size=COUNT, max_size=COUNT),
    st.just([""] * COUNT),
)
TEXTS = st.sampled_from(["", "<a>", "東", "</a><b>"])
FLAGS = st.lists(st.booleans(), min_size=COUNT, max_size=COUNT)
PARTS = st.lists(st.one_of(TEXTS, VALUES, st.tuples(TEXTS, FLAGS)), max_size=9)


def column(values: list[str | None]) -> pa.StringArray:
    """The values as a piece of a longer array, so that its bytes do not begin at nought."""
    return pa.array(["before", *values, None], pa.string()).slice(1, len(values))


@settings(deadline=None)
@given(parts=PARTS)
def test_parts_stand_one_after_the_other(parts: list[Any]) -> None:
    """However pieces are made of them: what has a known width in blocks, what depends on a value by cases."""
    given_parts, expected = [], [""] * COUNT
    for part in parts:
        if isinstance(part, list):
            given_parts.append(column(part))
            added = [value or "" for value in part]
        elif isinstance(part, tuple):
            given_parts.append(When(part[0], np.array(part[1])))
            added = [part[0] if flag else "" for flag in part[1]]
        else:
            given_parts.append(part)
            added = [part] * COUNT
        expected = [before + text for before, text in zip(expected, added, strict=True)]
    assert joined(given_parts, COUNT).to_pylist() == expected


def test_no_records_no_texts() -> None:
    """A batch of nothing gives nothing, and constants alone are the same for all."""
    assert joined(["a", pa.array([], pa.string()), "b"], 0).to_pylist() == []
    assert joined(["a", "b"], 2).to_pylist() == ["ab", "ab"]


def test_widths() -> None:
    """Known only where every record has a value, and all of them are as long."""
    assert width("東") == 3
    assert width(column(["ab", "cd"])) == 2
    assert width(column(["", "abcd"])) is None
    assert width(column(["a", "bcd", "ef"])) is None  # as long together as three of two bytes
    assert width(column(["ab", None])) is None
    assert width(column([])) is None
