"""Text of records of one length, columns by byte position: sliced as a table of bytes, never record by record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from fukuhon.originals.csvfile import BLOCK_BYTES
from fukuhon.originals.decoding import Undecodable, foreign, to_utf8
from fukuhon.originals.exported import FileFault, open_whole, unchanged

if TYPE_CHECKING:
    from fukuhon.errors import DataError
    from fukuhon.site import FileColumn, FileTable

__all__ = ["FixedFile"]

_BOM = b"\xef\xbb\xbf"
_ENDS = {"crlf": b"\r\n", "lf": b"\n", "none": b""}
Table = NDArray[np.uint8]


class FixedFile:
    """One file of fixed-width text. Values are text without the spaces behind them; nothing but spaces is null.

    Errors of every method: RetriableError ORIGINALS-001, ORIGINALS-019 (it changed while it was read); DataError
    ORIGINALS-020, -026, -027 (as of a CSV file), ORIGINALS-028 (a record of another length), ORIGINALS-029 (bytes of a
    column that are no characters, as half of a wide one).
    """

    def __init__(self, table: FileTable, path: Path, source: str, block_bytes: int = BLOCK_BYTES) -> None:
        self._table = table
        self._path = path
        self._source = source
        self._fault = FileFault(source, path)
        self._block_bytes = block_bytes
        self._length = table.record_bytes or max(column.end for column in table.columns)

    def names(self) -> list[str]:
        """The columns' names."""
        return [column.name for column in self._table.columns]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All records; at least one batch, however empty."""
        stream, state = open_whole(self._path, self._source)
        with stream:
            done = 0
            for records in self._blocks(stream):
                arrays = [self._column(records, column, done) for column in self._table.columns]
                yield pa.RecordBatch.from_arrays(arrays, names=self.names())
                done += len(records)
        unchanged(self._path, state, self._source)

    def _blocks(self, stream: BinaryIO) -> Iterator[Table]:
        """Records as rows of bytes, without their line ends. At least one block."""
        held = stream.read(max(self._block_bytes, self._length + 2))
        hint = foreign(held, self._table.encoding)
        if hint:
            raise self._fault.error("ORIGINALS-020", encoding=self._table.encoding, hint=f"（{hint}）")
        held = held.removeprefix(_BOM)
        if not held.strip(b"\r\n\x1a") and not self._table.may_be_empty:
            raise self._fault.error("ORIGINALS-027")
        ending = self._ending(held)
        stride = self._length + len(ending)
        done = 0
        while chunk := stream.read(self._block_bytes):
            whole = (len(held) // stride) * stride
            if whole:
                yield self._rows(held[:whole], ending, done)
                done += whole // stride
            held = held[whole:] + chunk
        yield self._rows(self._ended(held, ending), ending, done)

    def _ending(self, head: bytes) -> bytes:
        """What stands behind each record; where the settings leave it open, what stands behind the first."""
        if self._table.newline != "auto":
            return _ENDS[self._table.newline]
        behind = head[self._length : self._length + 2]
        return b"\r\n" if behind == b"\r\n" else b"\n"

    def _ended(self, data: bytes, ending: bytes) -> bytes:
        """The last records. A file may end with or without a line end, or as old systems end it."""
        stride = self._length + len(ending)
        data = data.rstrip(b"\x1a")
        over = len(data) % stride
        while over and over != self._length and data.endswith((b"\n", b"\r")):
            data = data[:-1]  # empty lines at the end
            over = len(data) % stride
        return data + ending if ending and over == self._length else data

    def _rows(self, data: bytes, ending: bytes, done: int) -> Table:
        """Bytes as rows; each must end where it should, and nowhere before."""
        stride = self._length + len(ending)
        whole = (len(data) // stride) * stride
        rows = np.frombuffer(data, np.uint8, whole).reshape(-1, stride)
        expected = np.frombuffer(ending, np.uint8)
        wrong = (rows[:, self._length :] != expected).any(axis=1)
        body = rows[:, : self._length]
        if ending and data.count(b"\n") != len(rows):
            wrong |= (body == 0x0A).any(axis=1)
        if wrong.any():
            raise self._other_length(data, int(wrong.argmax()) * stride, ending, done + int(wrong.argmax()))
        if whole != len(data):
            raise self._other_length(data, whole, ending, done + len(rows))
        self._no_control(body, done)
        return body

    def _other_length(self, data: bytes, start: int, ending: bytes, number: int) -> DataError:
        end = data.find(b"\n", start) if ending else -1
        found = len(data[start : end if end >= 0 else len(data)].rstrip(b"\r"))
        return self._fault.error("ORIGINALS-028", line=number + 1, found=found, expected=self._length)

    def _no_control(self, body: Table, done: int) -> None:
        """NUL and line ends inside a record: a record that was cut, or no text."""
        wrong = (body == 0x00) | (body == 0x0A) | (body == 0x0D)
        if wrong.any():
            record, byte = (int(place[0]) for place in np.nonzero(wrong))
            column = next((c.name for c in self._table.columns if (c.start or 0) <= byte + 1 <= c.end), "—")
            raise self._fault.error("ORIGINALS-026", line=done + record + 1, byte=byte + 1, column=column)

    def _column(self, records: Table, column: FileColumn, done: int) -> pa.Array:
        assert column.start is not None
        assert column.bytes is not None
        values = _texts(self._decoded(records, column, done), len(records), column.bytes)
        if self._table.trim:
            values = pc.utf8_rtrim(values, " \u3000")
        return pc.if_else(pc.equal(pc.binary_length(values), 0), pa.scalar(None, pa.string()), values)

    def _decoded(self, records: Table, column: FileColumn, done: int) -> bytes:
        """The column's fields, each behind the other with a line feed between: no wide character reaches over it."""
        width = column.bytes or 0
        fields = np.full((len(records), width + 1), 0x0A, np.uint8)
        fields[:, :width] = records[:, (column.start or 1) - 1 : column.end]
        try:
            return to_utf8(fields.tobytes(), self._table.encoding)
        except Undecodable as found:
            record, offset = divmod(found.position, width + 1)
            cut = offset + found.length >= width
            hint = (
                "全角文字の途中で切れています" if cut else found.hint or f"{self._table.encoding}の文字ではありません"
            )
            byte = (column.start or 1) + offset
            raise self._fault.error(
                "ORIGINALS-029", line=done + record + 1, column=column.name, byte=byte, hint=hint
            ) from None


def _texts(data: bytes, count: int, width: int) -> pa.Array:
    """The fields of UTF-8 as strings."""
    values = np.frombuffer(data, np.uint8)
    numbers = np.arange(1, count + 1)
    narrow = len(values) == count * (width + 1)
    ends = numbers * width if narrow else np.flatnonzero(values == 0x0A) - numbers + 1
    offsets = np.concatenate(([0], ends)).astype(np.int32)
    content = values[values != 0x0A]
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(content))
