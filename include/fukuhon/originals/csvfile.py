"""CSV as an existing system exports it: cut at the ends of records, decoded and parsed block by block, in columns."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
from pyarrow import csv as arrow_csv

from fukuhon.originals.decoding import Undecodable, foreign, to_utf8
from fukuhon.originals.exported import FileFault, open_whole, unchanged
from fukuhon.originals.records import (
    Misquoted,
    bare_return,
    column_at,
    first_end,
    first_of_other_width,
    last_end,
    quotes_of,
)

if TYPE_CHECKING:
    from fukuhon.errors import DataError
    from fukuhon.site import FileTable

__all__ = ["BLOCK_BYTES", "CsvFile"]

BLOCK_BYTES = 8 * 2**20
_LONGEST = 64 * 2**20  # a record longer than this is a quote that nobody closed
_BOM = b"\xef\xbb\xbf"
_END_OF_FILE = b"\x1a"  # some old systems end a text file so


class CsvFile:
    """One CSV file. Its values are text; an empty field, quoted or not, is null.

    Errors of every method: RetriableError ORIGINALS-001, ORIGINALS-019 (it changed while it was read); DataError
    ORIGINALS-020 to ORIGINALS-027 (what in it cannot be read, by line).
    """

    def __init__(self, table: FileTable, path: Path, source: str, block_bytes: int = BLOCK_BYTES) -> None:
        self._table = table
        self._path = path
        self._source = source
        self._fault = FileFault(source, path)
        self._block_bytes = block_bytes
        self._names: list[str] | None = None

    def names(self) -> list[str]:
        """The columns' names: of the header, or of the settings."""
        if self._names is None:
            for _ in self.batches():
                break
        assert self._names is not None
        return self._names

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All records; at least one batch, however empty."""
        stream, state = open_whole(self._path, self._source)
        with stream:
            line = 1
            for number, block in enumerate(self._blocks(stream)):
                header = self._header(block) if number == 0 else 0
                line += block.count(b"\n", 0, header)
                data = self._clean(block[header:], line)
                yield from self._parsed(data, line)
                line += data.count(b"\n")
        unchanged(self._path, state, self._source)

    def _blocks(self, stream: BinaryIO) -> Iterator[bytes]:
        """Whole records, about ``block_bytes`` at a time. At least one block."""
        held = stream.read(self._block_bytes)
        hint = foreign(held, self._table.encoding)
        if hint:
            raise self._fault.error("ORIGINALS-020", encoding=self._table.encoding, hint=f"（{hint}）")
        held = held.removeprefix(_BOM)
        if not held.strip(b"\r\n\x1a") and not self._table.may_be_empty:
            raise self._fault.error("ORIGINALS-027")
        line = 1
        first = True
        while chunk := stream.read(self._block_bytes):
            end = last_end(held)
            if end:
                yield held[:end]
                line, first = line + held.count(b"\n", 0, end), False
            elif len(held) > _LONGEST:
                raise self._unclosed(held, line)
            held = held[end:] + chunk
        last = self._ended(held, line)
        if last or first:
            yield last

    def _ended(self, data: bytes, line: int) -> bytes:
        """The file's last records, which have to end as the others do."""
        data = data.rstrip(_END_OF_FILE)
        if data and last_end(data) != len(data):
            if data.count(b'"') % 2:
                raise self._unclosed(data, line)
            if self._table.final_newline:
                last = line + data.count(b"\n")
                raise self._fault.error("ORIGINALS-024", line=last)
        return data

    def _unclosed(self, data: bytes, line: int) -> DataError:
        """A quote that opens and never closes: the first that does not fit, or the last."""
        try:
            places = quotes_of(data, self._table.delimiter)
            at = int(places[-1]) if len(places) else 0
        except Misquoted as misquoted:
            at = misquoted.position
        return self._fault.error("ORIGINALS-023", line=line + data.count(b"\n", 0, at))

    def _clean(self, block: bytes, line: int) -> bytes:
        """A block in UTF-8. What a parser would silently make something of is refused."""
        position = block.find(b"\x00")
        position = bare_return(block) if position < 0 else position
        if position >= 0:
            raise self._fault.error("ORIGINALS-026", **self._place(block, position, line))
        data = self._utf8(block, line)
        try:
            quotes_of(data, self._table.delimiter)
        except Misquoted as found:
            raise self._fault.error("ORIGINALS-023", line=line + data.count(b"\n", 0, found.position)) from None
        return data

    def _utf8(self, block: bytes, line: int) -> bytes:
        try:
            return to_utf8(block, self._table.encoding)
        except Undecodable as found:
            hint = f"（{found.hint}）" if found.hint else ""
            where = self._place(block, found.position, line)
            raise self._fault.error("ORIGINALS-021", encoding=self._table.encoding, hint=hint, **where) from None

    def _place(self, block: bytes, position: int, line: int) -> dict[str, object]:
        """Line, column and byte (from 1, in its line) of a place in a block."""
        number = column_at(block, position, self._table.delimiter)
        names = self._names or []
        return {
            "line": line + block.count(b"\n", 0, position),
            "byte": position - block.rfind(b"\n", 0, position),
            "column": names[number] if number < len(names) else f"{number + 1}列目",
        }

    def _header(self, block: bytes) -> int:
        """Learn the columns' names; the length of the header, 0 where there is none."""
        wanted = [column.name for column in self._table.columns]
        if not self._table.header or (wanted and not block):
            self._names = wanted
            return 0
        end = first_end(block)
        text = io.StringIO(self._clean(block[:end], 1).decode(), newline="")
        names = next(csv.reader(text, delimiter=self._table.delimiter), [])
        self._names = [name.strip() for name in names]
        self._check_header(wanted)
        return end

    def _check_header(self, wanted: list[str]) -> None:
        """Names that are there, stand once and, where the settings name columns, are these in this order."""
        names = self._names or []
        if not all(names):
            told = [f"{number}列目の名前が空" for number, name in enumerate(names or [""], start=1) if not name]
            raise self._fault.error("ORIGINALS-025", problems="、".join(told))
        twice = [name for name, count in Counter(name.casefold() for name in names).items() if count > 1]
        told = [f"{name} が二度ある" for name in names if name.casefold() in twice]
        if wanted and names != wanted:
            told += [f"{name} がない" for name in wanted if name not in names]
            told += [f"{name} が増えた" for name in names if name not in wanted]
            told = told or ["列の順が違う"]
        if told:
            raise self._fault.error("ORIGINALS-025", problems="、".join(dict.fromkeys(told)))

    def _parsed(self, data: bytes, line: int) -> Iterator[pa.RecordBatch]:
        names = self._names or []
        schema = pa.schema([(name, pa.string()) for name in names])
        if not data.strip(b"\r\n"):
            yield pa.RecordBatch.from_pylist([], schema)
            return
        convert = arrow_csv.ConvertOptions(
            column_types=schema, null_values=[""], strings_can_be_null=True, check_utf8=False
        )
        try:
            table = arrow_csv.read_csv(
                pa.BufferReader(data),
                arrow_csv.ReadOptions(column_names=names, block_size=len(data) + 1, use_threads=False),
                arrow_csv.ParseOptions(delimiter=self._table.delimiter, newlines_in_values=True),
                convert,
            )
        except pa.ArrowInvalid:  # its text holds the record
            start, found = first_of_other_width(data, self._table.delimiter, len(names)) or (0, 0)
            line += data.count(b"\n", 0, start)
            raise self._fault.error("ORIGINALS-022", line=line, found=found, expected=len(names)) from None
        yield from table.to_batches()
