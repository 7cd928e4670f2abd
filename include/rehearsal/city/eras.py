"""Days as older systems write them: ``H27.04.01``, or seven digits with the era's number in front (``4270401``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rehearsal.city.columns import Days, Ints, day, joined, labelled

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["coded", "coded_month", "coded_text", "dotted", "dotted_month", "dotted_text"]

_FIRST = np.array([day(text) for text in ("1868-01-25", "1912-07-30", "1926-12-25", "1989-01-08")])
_BEFORE = np.array([1867, 1911, 1925, 1988])
_LETTERS, _NUMBERS = ["M", "T", "S", "H"], ["1", "2", "3", "4"]


def dotted(days: Days, unknown: Ints | None = None) -> pa.Array:
    """``H27.04.01``; NaT becomes null. ``unknown``: 1 no day, 2 no month either (as ``00``)."""
    letter, year, month, of_month = _parts(days, unknown)
    return joined(letter(_LETTERS), year, ".", month, ".", of_month)


def coded(days: Days, unknown: Ints | None = None) -> pa.Array:
    """``4270401``; NaT becomes null. ``unknown``: 1 no day, 2 no month either, 3 nothing (``0000000``)."""
    letter, year, month, of_month = _parts(days, unknown)
    text = joined(letter(_NUMBERS), year, month, of_month)
    return text if unknown is None else pc.if_else(pa.array(unknown == 3), pa.scalar("0000000"), text)


def dotted_month(days: Days) -> pa.Array:
    """``H27.04``."""
    return pc.utf8_slice_codeunits(dotted(days), 0, 6)


def coded_month(days: Days) -> pa.Array:
    """``42704``."""
    return pc.utf8_slice_codeunits(coded(days), 0, 5)


def dotted_text(text: str) -> str:
    """One day, ``YYYY-MM-DD``, as ``H27.04.01``."""
    return str(dotted(np.array([day(text)]))[0])


def coded_text(text: str) -> str:
    """One day, ``YYYY-MM-DD``, as ``4270401``."""
    return str(coded(np.array([day(text)]))[0])


def _parts(days: Days, unknown: Ints | None) -> tuple[_Label, pa.Array, pa.Array, pa.Array]:
    dates = pa.array(days.astype("datetime64[D]"))
    era = np.searchsorted(_FIRST, np.where(np.isnat(days), _FIRST[-1], days), side="right") - 1
    parts = np.zeros(len(days), dtype=np.int64) if unknown is None else unknown
    month = pc.if_else(pa.array(parts >= 2), pa.scalar("00"), _two(pc.month(dates)))
    of_month = pc.if_else(pa.array(parts >= 1), pa.scalar("00"), _two(pc.day(dates)))
    return _Label(era), _two(pc.subtract(pc.year(dates), pa.array(_BEFORE[era]))), month, of_month


class _Label:
    """The era's sign, of one kind or another."""

    def __init__(self, era: NDArray[np.int64]) -> None:
        self._era = era

    def __call__(self, signs: list[str]) -> pa.Array:
        return labelled(self._era, signs)


def _two(numbers: pa.Array) -> pa.Array:
    return pc.utf8_lpad(numbers.cast(pa.string()), width=2, padding="0")
