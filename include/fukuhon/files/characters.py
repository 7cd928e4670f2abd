"""Which characters may travel, and what has to be escaped: looked at per column, not per value.

Values are wire strings of one line. Refused are control characters (tab and line breaks, too: a parser may change
them), noncharacters, and what is no UTF-8 (lone surrogates). What is a character of JIS X 0213 is the layout's matter,
not the file's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.errors import DataError

__all__ = ["Look", "escaped", "look", "value_bytes"]

_PLANES = "".join(rf"\x{{{plane:x}fffe}}\x{{{plane:x}ffff}}" for plane in range(1, 17))
_REFUSED = rf"[\x00-\x1f\x7f\x{{80}}-\x{{9f}}\x{{fdd0}}-\x{{fdef}}\x{{fffe}}\x{{ffff}}{_PLANES}]"

# Where none of these bytes occurs, no refused character beyond ASCII does.
_SUSPECTS = (b"\xc2", b"\xef\xb7", b"\xbf\xbe", b"\xbf\xbf")

_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a column found: the characters in it that have to be escaped."""

    escapes: tuple[tuple[str, str], ...]


_PLAIN = Look(())


def value_bytes(column: pa.StringArray) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The bytes of a string column's values, one after the other, without a copy."""
    _, offsets, values = column.buffers()
    if values is None or not len(column):
        return np.empty(0, np.uint8)
    bounds = np.frombuffer(offsets, np.int32)
    return np.frombuffer(values, np.uint8)[bounds[column.offset] : bounds[column.offset + len(column)]]


def look(column: pa.StringArray, name: str) -> Look:
    """Look at a column before it is written.

    Raises DataError FILES-003 (item and count only) for refused characters.
    """
    values = value_bytes(column)
    if not values.size:
        return _PLAIN
    low, high = int(values.min()), int(values.max())
    if high >= 0x80:
        _refuse_other_than_utf8(column, name)
    if (low < 0x20 or high >= 0x7F) and _suspicious(values, low, high):
        _refuse(column, name)
    if low > 0x26 and (high < 0x3C or low > 0x3E):  # digits and dates: nothing to escape
        return _PLAIN
    content = values.tobytes()
    return Look(tuple(pair for pair in _ESCAPES if pair[0].encode() in content))


def _suspicious(values: np.ndarray[Any, np.dtype[np.uint8]], low: int, high: int) -> bool:
    if low < 0x20 or high == 0x7F:
        return True
    content = values.tobytes()
    return b"\x7f" in content or any(suspect in content for suspect in _SUSPECTS)


def _refuse(column: pa.StringArray, name: str) -> None:
    count = pc.sum(pc.match_substring_regex(column, _REFUSED)).as_py()
    if count:
        raise DataError("FILES-003", item=name, count=count)


def _refuse_other_than_utf8(column: pa.StringArray, name: str) -> None:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        raise DataError("FILES-003", item=name, count=_invalid(column)) from None


def _invalid(column: pa.StringArray) -> int:
    """How many values are no UTF-8: only ever counted on the way to an error."""
    return sum(not _decodes(value) for value in column.cast(pa.binary()).drop_null().to_pylist())


def _decodes(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def escaped(column: pa.StringArray, found: Look) -> pa.StringArray:
    """The column with what XML reserves written as entities; the same column where nothing is."""
    for plain, entity in found.escapes:
        column = pc.replace_substring(column, plain, entity)
    return column
