"""Rendered records that arrive in any order, put in order by their identity hash within bounded memory.

Texts are gathered in memory as they come, and where all find room there, they are sorted there. Else what was gathered
is laid on the disk each time as one sorted run; in the end the same narrow range, a bin, is read from every run and
sorted together. So files depend on their records only, not on the order in which a database happens to read its table.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.files.characters import value_bytes
from fukuhon.files.splitting import split_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from io import BufferedRandom
    from pathlib import Path

    from numpy.typing import NDArray

    from fukuhon.files.splitting import Part

__all__ = ["Bins"]

_TEXT_BYTES = 2**26  # of text in memory together
_ROWS_BYTES = 2**26  # of narrow rows beside it
_BIN_BITS = 24  # a bin holds about 2**24 bytes of text at most, the hashes being spread evenly
_LENGTH = "text_bytes"

Piece = tuple[pa.RecordBatch, pa.StringArray]
"""Narrow rows, and the text of each."""


class Bins:
    """The records of a set of files. Use as a context manager: what lies on the disk is gone when it ends."""

    def __init__(self, folder: Path, parts: Sequence[Part]) -> None:
        self._folder = folder
        self._parts = [_lows(part) for part in parts]
        self._lows = np.array([low for lows in self._parts for low in lows], np.uint64)
        self._memory = _Memory()
        self._disk: _Disk | None = None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, rows: pa.RecordBatch, texts: pa.StringArray) -> None:
        """Set records aside: their narrow ``rows`` with ``identity_hash``, and the text of each."""
        text = value_bytes(texts)
        if not self._memory.has_room(rows.nbytes, text.nbytes):
            self._lay_down()
        self._memory.add(rows.append_column(_LENGTH, pc.binary_length(texts)), text.nbytes)[:] = text

    def ordered(self) -> Iterator[Iterator[Piece]]:
        """For each part its records by identity hash, a piece at a time. Once only, one part after the other."""
        pieces = self._merged()
        for lows in self._parts:
            yield (piece for _, piece in zip(lows, pieces, strict=False) if piece is not None)

    def _lay_down(self) -> None:
        """What was gathered becomes a run on the disk."""
        if self._disk is None:
            file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  # closed with the bins
            self._disk = _Disk(self._open.enter_context(file), len(self._lows))
        self._disk.add(self._memory.taken(self._lows))
        self._memory.clear()

    def _merged(self) -> Iterator[Piece | None]:
        """The pieces of all bins, each in its place."""
        if self._disk is None:
            yield from self._memory.taken(self._lows)
            return
        self._lay_down()
        for number in range(len(self._lows)):
            self._disk.read(number, self._memory)
            yield from self._memory.taken(self._lows[number : number + 1])
            self._memory.clear()


class _Memory:
    """Records as they came, one after the other: their narrow rows, and one room for all text."""

    def __init__(self) -> None:
        self._room = np.empty(_TEXT_BYTES, np.uint8)
        self._rows: list[pa.RecordBatch] = []
        self._rows_bytes = self._text_bytes = 0

    def clear(self) -> None:
        """Forget them; the room stays."""
        self._rows = []
        self._rows_bytes = self._text_bytes = 0

    def has_room(self, rows_bytes: int, text_bytes: int) -> bool:
        """Whether so much more finds room."""
        return self._rows_bytes + rows_bytes <= _ROWS_BYTES and self._text_bytes + text_bytes <= len(self._room)

    def add(self, rows: pa.RecordBatch, text_bytes: int) -> NDArray[np.uint8]:
        """Take rows in; return where their text has to go. More than the room makes the room larger."""
        start, stop = self._text_bytes, self._text_bytes + text_bytes
        if stop > len(self._room):
            self._room = np.concatenate([self._room[:start], np.empty(text_bytes, np.uint8)])
        self._rows.append(rows)
        self._rows_bytes += rows.nbytes
        self._text_bytes = stop
        return self._room[start:stop]

    def taken(self, lows: NDArray[np.uint64]) -> Iterator[Piece | None]:
        """For each bin, told by where it begins, its records in order; None where it has none."""
        if not self._rows:
            yield from [None] * len(lows)
            return
        rows = pa.concat_batches(self._rows)
        order = _order(rows.column("identity_hash"))
        keys = split_keys(rows.column("identity_hash"))[order]
        bounds = [*np.searchsorted(keys, lows), len(keys)]
        ends = pa.array(np.concatenate([[0], np.cumsum(rows.column(_LENGTH), dtype=np.int64)]), pa.int32())
        texts = pa.StringArray.from_buffers(len(rows), ends.buffers()[1], pa.py_buffer(self._room))
        rows = rows.drop_columns([_LENGTH])
        for start, stop in pairwise(bounds):
            places = pa.array(order[start:stop])
            yield (rows.take(places), texts.take(places)) if start < stop else None


class _Run(NamedTuple):
    """Where a run's records of one bin lie: their rows, then their text."""

    start: int
    rows_bytes: int
    text_bytes: int


class _Disk:
    """Runs in one nameless file."""

    def __init__(self, file: BufferedRandom, bins: int) -> None:
        self._file = file
        self._runs: list[list[_Run]] = [[] for _ in range(bins)]
        self._schema: pa.Schema | None = None

    def add(self, pieces: Iterable[Piece | None]) -> None:
        """Lay down one more run, a piece for each bin."""
        for runs, piece in zip(self._runs, pieces, strict=True):
            if piece is None:
                continue
            rows = piece[0].append_column(_LENGTH, pc.binary_length(piece[1]))
            text, self._schema = value_bytes(piece[1]), rows.schema
            body = rows.serialize()
            runs.append(_Run(self._file.tell(), body.size, text.nbytes))
            self._file.write(body)
            self._file.write(text.data)

    def read(self, number: int, memory: _Memory) -> None:
        """Take one bin's records of all runs back into memory."""
        for run in self._runs[number]:
            self._file.seek(run.start)
            rows = pa.ipc.read_record_batch(self._file.read(run.rows_bytes), self._schema)
            self._file.readinto(memory.add(rows, run.text_bytes).data)


def _lows(part: Part) -> list[int]:
    """Where the bins of a part's range begin."""
    bits = min((part.bytes >> _BIN_BITS).bit_length(), 64 - len(part.prefix))
    first, step = int(part.low, 16), 1 << (64 - len(part.prefix) - bits)
    return [first + number * step for number in range(1 << bits)]


def _order(hashes: pa.FixedSizeBinaryArray) -> NDArray[np.int64]:
    """Where each record stands when they are sorted by all 32 bytes; of equal ones the first stays first."""
    keys = split_keys(hashes)
    order = np.argsort(keys)
    sorted_keys = keys[order]
    if (sorted_keys[1:] > sorted_keys[:-1]).all():  # the first eight bytes decide, but for one pair in a milliard
        return order
    raw = np.frombuffer(hashes.buffers()[1], "S32", count=len(hashes), offset=32 * hashes.offset)
    return np.argsort(raw, kind="stable")
