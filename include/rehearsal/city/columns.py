"""Small tools to turn numbers into the texts of an old system, a whole column at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = [
    "Bools",
    "Days",
    "Floats",
    "Ints",
    "day",
    "flags",
    "iso",
    "joined",
    "labelled",
    "padded",
    "scattered",
    "wareki",
]

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
Days = np.ndarray[Any, np.dtype[np.datetime64]]


def day(text: str) -> np.datetime64:
    """A day of numpy."""
    return np.datetime64(text, "D")


def scattered(count: int, width: int, salt: int) -> Ints:
    """``count`` different numbers below ``10 ** width`` that look random: a one-to-one shuffle of 0, 1, 2 …

    Numpy has no draw without repetition from so large a range that would not need the range in memory.
    """
    prime = {7: 9_999_991, 8: 99_999_989, 11: 99_999_999_977}[width]
    factor = int(prime * 0.618_033_988_75) + salt  # spreads neighbours wide; prime to the prime, so nothing comes twice
    return (np.arange(1, count + 1, dtype=np.int64) * factor + 7_919 * (salt + 1)) % prime


def padded(numbers: Ints, width: int) -> pa.Array:
    """Numbers as text of ``width`` digits, zeros in front."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=width, padding="0")


def labelled(codes: NDArray[Any], labels: Sequence[str | None]) -> pa.Array:
    """The label of each code (its place in ``labels``)."""
    return pa.array(list(labels), pa.string()).take(pa.array(codes.astype(np.int64)))


def flags(mask: Bools) -> pa.Array:
    """``1`` where set, else ``0``, as text."""
    return labelled(mask, ["0", "1"])


def iso(days: Days) -> pa.Array:
    """Days as ``YYYY-MM-DD``; NaT becomes null."""
    return pa.array(days.astype("datetime64[D]")).cast(pa.string())


def wareki(days: Days) -> pa.Array:
    """Days of 平成 as ``H290412``; NaT becomes null."""
    dates = pa.array(days.astype("datetime64[D]"))
    year = pc.utf8_lpad(pc.subtract(pc.year(dates), 1988).cast(pa.string()), width=2, padding="0")
    return joined("H", year, pc.strftime(dates, format="%m%d"))


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts put one behind the other; null where one of them is null."""
    return pc.binary_join_element_wise(*[pa.scalar(part) if isinstance(part, str) else part for part in parts], "")
