"""Rendered records that arrive in any order, put in order by their identity hash without all being in memory.

Each file's range is cut into bins of some tens of MiB, a nameless file of the disk for each: a record goes to its bin
as it comes, and when all have come, one bin after the other is read and sorted. So files depend on their records only,
not on the order in which a database happens to read its table.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow as pa

from fukuhon.files.splitting import split_keys
from fukuhon.files.writing import RECORDS_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from fukuhon.files.splitting import Part

__all__ = ["Bins"]

TEXT = "xml"
_BIN_BITS = 26  # a bin holds about 2**26 bytes of text at most, the hashes being spread evenly


class Bins:
    """The bins of a set of files. Use as a context manager: what lies on the disk is gone when it ends."""

    def __init__(self, folder: Path, parts: Sequence[Part]) -> None:
        self._bins = [[_Bin(folder, low) for low in _lows(part)] for part in parts]
        self._all = [each for bins in self._bins for each in bins]
        self._starts = np.array([each.low for each in self._all], np.uint64)
        self._open = ExitStack()

    def __enter__(self) -> Self:
        for each in self._all:
            self._open.enter_context(each.file)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, rows: pa.Table, texts: pa.StringArray) -> None:
        """Set records aside: their narrow ``rows`` with ``identity_hash``, and the text of each."""
        places = np.searchsorted(self._starts, split_keys(rows["identity_hash"]), side="right") - 1
        order = np.argsort(places, kind="stable")
        rows = rows.append_column(TEXT, texts).take(pa.array(order))
        bounds = np.searchsorted(places[order], np.arange(len(self._all) + 1))
        for each, start, stop in zip(self._all, bounds, bounds[1:], strict=False):
            if start < stop:
                each.add(rows.slice(start, stop - start))

    def ordered(self) -> Iterator[Iterator[tuple[pa.Table, pa.StringArray]]]:
        """For each part its records, narrow rows and texts, by identity hash, a piece at a time. Once only."""
        for bins in self._bins:
            yield (piece for each in bins for piece in each.ordered())


class _Bin:
    """The records of one range of identity hashes, in the order in which they came."""

    def __init__(self, folder: Path, low: int) -> None:
        self.low = low
        self.file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # closed with the others
        self._writer: Any = None

    def add(self, rows: pa.Table) -> None:
        self._writer = self._writer or pa.ipc.new_stream(self.file, rows.schema)
        self._writer.write_table(rows)

    def ordered(self) -> Iterator[tuple[pa.Table, pa.StringArray]]:
        if self._writer is None:
            return
        self._writer.close()
        self.file.seek(0)
        rows = pa.ipc.open_stream(self.file).read_all().combine_chunks()
        order = pa.array(_order(rows["identity_hash"].chunk(0)))
        for start in range(0, len(rows), RECORDS_AT_ONCE):
            piece = rows.take(order.slice(start, RECORDS_AT_ONCE)).combine_chunks()
            yield piece.drop_columns([TEXT]), piece[TEXT].chunk(0)
        self.file.truncate(0)


def _lows(part: Part) -> list[int]:
    """Where the bins of a part's range begin."""
    bits = min((part.bytes >> _BIN_BITS).bit_length(), 64 - len(part.prefix))
    first, step = int(part.low, 16), 1 << (64 - len(part.prefix) - bits)
    return [first + number * step for number in range(1 << bits)]


def _order(hashes: pa.FixedSizeBinaryArray) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Where each record stands when they are sorted by all 32 bytes."""
    raw = np.frombuffer(hashes.buffers()[1], "S32", count=len(hashes), offset=32 * hashes.offset)
    return np.argsort(raw, kind="stable")
