"""Where the records of a CSV file begin and end: quotes, line ends and separators, looked at as columns of bytes.

All of them are below 0x40, so they are never half of a wide character, neither in cp932 nor in UTF-8 (a separator
from 0x40 on is looked at in UTF-8 only).
"""

from __future__ import annotations

import csv
import io

import numpy as np
from numpy.typing import NDArray

__all__ = ["Misquoted", "bare_return", "column_at", "first_end", "first_of_other_width", "last_end", "quotes_of"]

_QUOTE, _CR, _LF = 0x22, 0x0D, 0x0A
Places = NDArray[np.int64]


class Misquoted(Exception):  # noqa: N818 - not an error by itself: whoever catches it knows the line
    """A quote that neither opens nor closes a field. ``position`` counts from the start of what was given."""

    def __init__(self, position: int) -> None:
        self.position = position
        super().__init__(position)


def quotes_of(data: bytes, delimiter: str) -> Places:
    """The places of all quotes of a run of records that begins with a record; every second one closes.

    Raises Misquoted at the first that stands inside an unquoted field or is followed by more of a quoted one.
    """
    values = np.frombuffer(data, np.uint8)
    places = np.flatnonzero(values == _QUOTE).astype(np.int64)
    if not len(places):
        return places
    around = np.concatenate(([_LF], values, [_LF]))
    beside = np.array([_QUOTE, _CR, _LF, ord(delimiter)])
    opens, closes = places[::2], places[1::2]
    bad_opens = opens[~np.isin(around[opens], beside)]
    bad_closes = closes[~np.isin(around[closes + 2], beside)]
    bad = min((int(found[0]) for found in (bad_opens, bad_closes) if len(found)), default=None)
    if bad is not None:
        raise Misquoted(bad)
    return places


def _places(data: bytes, value: int) -> Places:
    return np.flatnonzero(np.frombuffer(data, np.uint8) == value).astype(np.int64)


def _outside(places: Places, quotes: Places) -> Places:
    outside: Places = places[np.searchsorted(quotes, places) % 2 == 0]
    return outside


def _line_ends(data: bytes, quotes: Places) -> Places:
    """The places of the line feeds that end records."""
    return _outside(_places(data, _LF), quotes)


def first_end(data: bytes) -> int:
    """The length of the first record of ``data``, with its line end; all of it where none ends in it."""
    end = data.find(b"\n")
    while end >= 0 and data.count(b'"', 0, end) % 2:
        end = data.find(b"\n", end + 1)
    return end + 1 if end >= 0 else len(data)


def bare_return(data: bytes) -> int:
    """Where, outside quotes, a carriage return stands without its line feed; -1 for nowhere."""
    if data.count(b"\r") == data.count(b"\r\n"):
        return -1
    values = np.append(np.frombuffer(data, np.uint8), 0)
    places = np.flatnonzero((values[:-1] == _CR) & (values[1:] != _LF)).astype(np.int64)
    bare = _outside(places, _places(data, _QUOTE))
    return int(bare[0]) if len(bare) else -1


def last_end(data: bytes) -> int:
    """The length of the whole records at the start of ``data``; 0 where none ends in it."""
    end = data.rfind(b"\n")
    if data.find(b'"') < 0:
        return end + 1
    before = data.count(b'"', 0, end + 1)
    while end >= 0 and before % 2:
        earlier = data.rfind(b"\n", 0, end)
        before -= data.count(b'"', earlier + 1, end + 1)
        end = earlier
    return end + 1


def first_of_other_width(data: bytes, delimiter: str, width: int) -> tuple[int, int] | None:
    """The first record, but for empty lines, that has not ``width`` fields: where it begins, and how many it has."""
    quotes = _places(data, _QUOTE)
    ends = _line_ends(data, quotes)
    if not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    starts = np.concatenate(([0], ends[:-1] + 1))
    separators = _outside(_places(data, ord(delimiter)), quotes)
    widths = np.diff(np.searchsorted(separators, np.concatenate(([0], ends)))) + 1
    for number in np.flatnonzero(widths != width):
        start = int(starts[number])
        if data[start : ends[number]].strip(b"\r"):
            return start, int(widths[number])
    return None


def column_at(data: bytes, position: int, delimiter: str) -> int:
    """Which field of its record, from 0, a place lies in."""
    quotes = _places(data[:position], _QUOTE)
    ends = _line_ends(data[:position], quotes)
    start = int(ends[-1]) + 1 if len(ends) else 0
    before = data[start:position].decode("latin-1")
    return max(len(next(csv.reader(io.StringIO(before, newline=""), delimiter=delimiter), [""])) - 1, 0)
