from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fukuhon.errors import DataError
from fukuhon.files import HASH, Caps, plan_split
from fukuhon.files.rendering import ENVELOPE_BYTES


def hashes(numbers: Any) -> pa.Array:
    """Identity hashes of some people."""
    return pa.array([hashlib.sha256(str(number).encode()).digest() for number in numbers], HASH)


def sizes(numbers: Any) -> pa.Array:
    """Sizes of their records in bytes."""
    return pa.array([100 + number % 50 for number in numbers], pa.int64())


PEOPLE = st.sets(st.integers(0, 10**6), min_size=1, max_size=400)
CAPS = st.builds(Caps, st.integers(1, 100), st.integers(2000, 20_000))


@settings(deadline=None)
@given(people=PEOPLE, caps=CAPS)
def test_every_record_has_one_file_under_the_caps(people: Any, caps: Any) -> None:
    """Counts and sizes are exact, ranges do not overlap and lie in order."""
    numbers = sorted(people)
    split = plan_split(hashes(numbers), sizes(numbers), caps)
    places = Counter(split.places(hashes(numbers)).tolist())
    assert [places[index] for index in range(len(split.parts))] == [part.records for part in split.parts]
    assert all(part.records <= caps.records and part.bytes <= caps.bytes for part in split.parts)
    assert sum(part.bytes - ENVELOPE_BYTES for part in split.parts) == sum(sizes(numbers).to_pylist())
    bounds = [bound for part in split.parts for bound in (part.low, part.high)]
    assert bounds == sorted(bounds)


@settings(deadline=None)
@given(people=PEOPLE, caps=CAPS, order=st.randoms())
def test_the_order_of_records_does_not_matter(people: Any, caps: Any, order: Any) -> None:
    """The same records, however they come, make the same split."""
    numbers = sorted(people)
    shuffled = order.sample(numbers, len(numbers))
    assert plan_split(hashes(numbers), sizes(numbers), caps) == plan_split(hashes(shuffled), sizes(shuffled), caps)


@settings(deadline=None)
@given(people=PEOPLE, caps=CAPS, newcomer=st.integers(10**6 + 1, 2 * 10**6))
def test_a_new_record_shifts_no_other_file(people: Any, caps: Any, newcomer: Any) -> None:
    """It changes the file of its range, which may be halved; every other file stays as it was."""
    numbers = sorted(people)
    before = set(plan_split(hashes(numbers), sizes(numbers), caps).parts)
    after = plan_split(hashes([*numbers, newcomer]), sizes([*numbers, newcomer]), caps)
    home = after.parts[int(after.places(hashes([newcomer]))[0])]
    gone = before - set(after.parts)
    assert len(gone) <= 1
    assert all(part.low <= home.low <= part.high or home.low <= part.low <= home.high for part in gone)


def test_one_file_where_all_fit() -> None:
    """No cut without need."""
    (part,) = plan_split(hashes(range(10)), sizes(range(10)), Caps(10, 10_000)).parts
    assert (part.name, part.low, part.high, part.records) == ("all", "0" * 16, "f" * 16, 10)


def test_files_are_well_filled() -> None:
    """Halving leaves files at least half full on the whole: 100,000 records under a cap of 20,000 are eight files."""
    split = plan_split(hashes(range(100_000)), sizes(range(100_000)), Caps(20_000, 10**9))
    assert len(split.parts) == 8


@pytest.mark.parametrize("caps", [Caps(10, ENVELOPE_BYTES + 50), Caps(0, 10**6)])
def test_a_record_that_fits_no_file_is_refused(caps: Any) -> None:
    """The cap is wrong, or the record is: counts only."""
    with pytest.raises(DataError, match="FILES-012"):
        plan_split(hashes([1]), sizes([1]), caps)


def test_one_identity_many_times_is_refused() -> None:
    """Records of one identity cannot be told apart by their range."""
    with pytest.raises(DataError, match="FILES-012"):
        plan_split(hashes([1] * 5), sizes([1] * 5), Caps(4, 10**6))


def test_nothing_makes_no_file() -> None:
    """No record, no part."""
    assert plan_split(hashes([]), sizes([]), Caps(1, 10**6)).parts == ()


def test_chunks_and_slices_are_the_same_records() -> None:
    """A chunked column splits like a whole one."""
    whole = hashes(range(100))
    chunked = pa.chunked_array([whole.slice(0, 30), whole.slice(30)])
    assert plan_split(chunked, sizes(range(100)), Caps(30, 10**6)) == plan_split(
        whole, sizes(range(100)), Caps(30, 10**6)
    )
