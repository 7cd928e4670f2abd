"""Whether a whole column keeps a check of the layout: told by one look at its bytes instead of an expression a value.

A proof is one-sided. True says that no value fails. False says nothing: then the check is evaluated value by value, by
the expression that defines it. Most columns of most batches are proved, and cost a few nanoseconds a value.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.rules.text import jisx0213_ranges

if TYPE_CHECKING:
    from fukuhon.layouts import BaseCheck

__all__ = ["Look", "holds", "holds_for_each"]

Bytes = np.ndarray[Any, np.dtype[np.uint8]]

_DIGITS = re.compile(r"\[0-9\]\{([0-9]+)(?:,([0-9]+))?\}")
_NUMBER = re.compile(r"0\|(-\?)?\[1-9\](?:\[0-9\]\{0,([0-9]+)\})?")
_ASCII = "[ -~]*"
_INT64_DIGITS = 18
_DAY_BYTES = len("YYYY-MM-DD")
_PLANES = 0x30000  # where the characters of JIS X 0213 lie
_ZERO, _NINE, _MINUS = b"09-"


class Look:
    """What is seen of a column of texts: lengths in bytes, and which bytes there are. Computed when first asked for."""

    def __init__(self, column: pa.StringArray) -> None:
        self._column = column
        self.count = len(column)
        self.missing: int = column.null_count
        self.empty = self.missing == self.count

    @cached_property
    def lengths(self) -> tuple[int, int]:
        """The least and the greatest length in bytes of the values that are there; (0, 0) where there are none."""
        found = pc.min_max(pc.binary_length(self._column))
        return found["min"].as_py() or 0, found["max"].as_py() or 0

    @cached_property
    def _starts(self) -> np.ndarray[Any, np.dtype[np.int32]]:
        offsets = np.frombuffer(self._column.buffers()[1], np.int32)
        return offsets[self._column.offset : self._column.offset + len(self._column) + 1]

    @cached_property
    def bytes(self) -> Bytes:
        """The bytes of all values, one after the other, without a copy; what may lie under a missing one included."""
        values = self._column.buffers()[2]
        if values is None or not len(self._column):
            return np.empty(0, np.uint8)
        return np.frombuffer(values, np.uint8)[self._starts[0] : self._starts[-1]]

    @cached_property
    def range(self) -> tuple[int, int]:
        """The least and the greatest byte; (0, 255) where there is none."""
        return (int(self.bytes.min()), int(self.bytes.max())) if self.bytes.size else (0, 255)

    @property
    def digits(self) -> bool:
        """Whether every value that is there is made of the digits 0 to 9, at least one."""
        return self.lengths[0] > 0 and self.range[0] >= _ZERO and self.range[1] <= _NINE

    @cached_property
    def whole_numbers(self) -> bool:
        """Whether every value that is there is digits, or a minus and digits; at least one digit."""
        if self.digits:
            return True
        if not self.lengths[0] or self.range[0] < _MINUS or self.range[1] > _NINE:
            return False
        inside = self.bytes
        minus = np.flatnonzero(inside < _ZERO)
        if (inside[minus] != _MINUS).any() or minus[-1] + 1 == inside.size or (inside[minus + 1] < _ZERO).any():
            return False
        # Each minus begins a value, and a digit of the same value follows.
        starts = self._starts[:-1] - self._starts[0]
        places = np.searchsorted(starts, minus, side="right") - 1
        ends = self._starts[1:] - self._starts[0]
        return bool(((starts[places] == minus) & (ends[places] - minus > 1)).all())

    @property
    def int64(self) -> bool:
        """Whether every value that is there is a whole number that 64 bits hold for certain."""
        return not self.empty and self.lengths[1] <= _INT64_DIGITS and self.whole_numbers

    @cached_property
    def numbers(self) -> pa.Int64Array:
        """The values as numbers, of a column that is :attr:`int64`."""
        return self._column.cast(pa.int64())

    @cached_property
    def dates(self) -> bool:
        """Whether every value that is there is a day of the calendar, from the year 1, as ``YYYY-MM-DD``."""
        if self.lengths != (_DAY_BYTES, _DAY_BYTES):
            return False
        try:
            earliest = pc.min(self._column.cast(pa.date32())).as_py()
        except (pa.ArrowInvalid, ValueError, OverflowError):  # none, or one that Python has no date for
            return False
        return isinstance(earliest, date)

    @cached_property
    def in_jisx0213(self) -> bool:
        """Whether every character is of JIS X 0213, what may lie under a missing value included."""
        try:
            text = self.bytes.tobytes().decode()
        except UnicodeDecodeError:
            return False
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        return bool((codes < _PLANES).all() and _jisx0213()[codes].all())

    @cached_property
    def leading_zero(self) -> bool:
        """Whether some value has a zero before another digit, or behind its minus."""
        starts = self._starts[:-1] - self._starts[0]
        longer = starts[np.diff(self._starts) > 1]
        first = self.bytes[longer]
        second = self.bytes[longer[first == _MINUS] + 1]
        return bool((first == _ZERO).any() or (second == _ZERO).any())


def holds(check: BaseCheck, look: Look) -> bool:
    """Whether certainly no value of the column fails ``check``; False where that is not told by a look."""
    if check.kind == "required":
        return not look.missing and look.lengths[0] > 0
    if look.empty:  # null passes all other kinds
        return check.kind in _PROOFS
    return check.kind in _PROOFS and _PROOFS[check.kind](check, look)


def holds_for_each(check: BaseCheck, look: Look) -> bool:
    """The same, by reading every character: for a look at distinct values, of which there are fewer."""
    if holds(check, look):
        return True
    return check.kind == "characters" and check.parameters["pattern"] is None and look.in_jisx0213


@cache
def _jisx0213() -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Of each code point, whether it is of JIS X 0213."""
    known = np.zeros(_PLANES, np.bool_)
    for first, last in jisx0213_ranges():
        known[first : last + 1] = True
    return known


def _pattern(check: BaseCheck, look: Look) -> bool:
    pattern = str(check.parameters["pattern"])
    if (form := _DIGITS.fullmatch(pattern)) is not None:
        least, most = int(form[1]), int(form[2] or form[1])
        return look.digits and least <= look.lengths[0] and look.lengths[1] <= most
    if (form := _NUMBER.fullmatch(pattern)) is not None:
        whole = look.whole_numbers if form[1] else look.digits
        # A minus takes a place, so a number of all digits that has one is left to the expression.
        return whole and look.lengths[1] <= int(form[2] or 0) + 1 and not look.leading_zero
    return pattern == _ASCII and look.range[0] >= ord(" ") and look.range[1] <= ord("~")


def _code(check: BaseCheck, look: Look) -> bool:
    values = check.parameters["values"]
    assert isinstance(values, tuple)
    single = [ord(value) for value in values if len(value) == 1 and value.isascii()]
    if look.lengths != (1, 1) or look.bytes.size > look.count:
        return False
    known = np.zeros(256, np.bool_)
    known[single] = True
    return bool(known[look.bytes].all())


def _length(check: BaseCheck, look: Look) -> bool:
    """A character has at least one byte; that there is one is told by bytes, too."""
    shortest, longest = check.parameters["shortest"], check.parameters["longest"]
    assert isinstance(shortest, int)
    assert isinstance(longest, int)
    return shortest <= min(1, look.lengths[0]) and look.lengths[1] <= longest


def _characters(check: BaseCheck, look: Look) -> bool:
    """Printable ASCII lies within every set but that of kana."""
    plain = look.range[0] >= ord(" ") and look.range[1] <= ord("~")
    return plain and check.parameters["pattern"] in {None, _ASCII}


def _date(_: BaseCheck, look: Look) -> bool:
    return look.dates


def _range(check: BaseCheck, look: Look) -> bool:
    least, most = check.parameters["minimum"], check.parameters["maximum"]
    assert isinstance(least, int | None)
    assert isinstance(most, int | None)
    if not look.int64:
        return False
    found = pc.min_max(look.numbers)
    return (least is None or least <= found["min"].as_py()) and (most is None or found["max"].as_py() <= most)


_PROOFS = {
    "pattern": _pattern,
    "date": _date,
    "code": _code,
    "length": _length,
    "range": _range,
    "characters": _characters,
}
