"""A table with its history: what was there at first, in columns; and the few rows that change, one by one.

A row keeps its number for good. Beside the columns of the database a row carries what only the truth needs
to know: why it is out of scope or withheld, which dirt was planted, and a number for its content that changes when an
item changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rehearsal.city.columns import Bools, Ints

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rehearsal.city.schema import Table

__all__ = ["END", "HIDDEN", "START", "Book", "Row", "at", "in_force", "plain_book"]

START = "2016-01-01T00:00:00+09:00"
END = "9999-12-31T00:00:00+09:00"
HIDDEN = pa.schema(
    [
        ("_person", pa.int64()),
        ("_scope", pa.string()),
        ("_withhold", pa.string()),
        ("_dirt", pa.string()),
        ("_row", pa.int64()),
        ("_content", pa.int64()),
    ]
)
_PIECE = 50_000
Row = dict[str, Any]


def at(day: str, minute: int) -> str:
    """An instant of a working day: ``minute`` minutes after nine."""
    return f"{day}T{9 + minute // 60:02d}:{minute % 60:02d}:00+09:00"


@dataclass(slots=True)
class Book:
    """The base rows and their fate, and the versions that came later."""

    table: Table
    base: pa.Table
    closed: dict[int, str] = field(default_factory=dict)  # base rows that ended, and when
    later: list[Row] = field(default_factory=list)  # versions beyond the base, each with its validity
    latest: dict[int, Row | None] = field(default_factory=dict)  # of rows that were touched; None: it is gone
    added: list[int] = field(default_factory=list)
    clean: dict[int, Row] = field(default_factory=dict)  # what a row with planted dirt ought to say
    contents: int = 0
    seen: tuple[int, Row] | None = field(default=None, repr=False)  # the base row read last: it is asked for again

    @classmethod
    def of(cls, table: Table, base: pa.Table) -> Book:
        """Open a book: numbers its rows; ``base`` brings ``_person``, ``_scope`` and ``_withhold``."""
        rows = base.num_rows
        numbers = pa.array(np.arange(rows, dtype=np.int64))
        base = (
            base.append_column("_dirt", pa.nulls(rows, pa.string()))
            .append_column("_row", numbers)
            .append_column("_content", numbers)
        )
        return cls(table, base.select([*table.columns, *HIDDEN.names]), contents=rows)

    def current(self, row: int) -> Row:
        """The row as it stands now. Raises KeyError when it is gone."""
        if row not in self.latest:
            if self.seen is None or self.seen[0] != row:
                self.seen = (row, self.base.slice(row, 1).to_pylist()[0])
            return dict(self.seen[1])
        version = self.latest[row]
        if version is None:
            raise KeyError(row)
        return dict(version)

    def rewrite(self, row: int, **edits: object) -> None:
        """The row was so from the start: no history. Only while it has none."""
        assert row not in self.latest, "a row with a history cannot be rewritten"
        self.closed[row] = START
        self._keep(
            {**self.current(row), **edits, "_content": self._next_content(), "valid_from": START, "valid_to": END}
        )

    def replace(self, row: int, instant: str, *, content: int | None = None, **edits: object) -> None:
        """A new version of the row from ``instant`` on; ``content`` where its items are those of an earlier version."""
        old = self.current(row)
        self._end(row, instant)
        content = self._next_content() if content is None else content
        self._keep({**old, **edits, "_content": content, "valid_from": instant, "valid_to": END})

    def end(self, row: int, instant: str) -> None:
        """The row is deleted."""
        self._end(row, instant)
        self.latest[row] = None

    def add(self, instant: str, **values: object) -> int:
        """A new row; returns its number."""
        row: int = self.base.num_rows + len(self.added)
        self.added.append(row)
        self._keep({**values, "_row": row, "_content": self._next_content(), "valid_from": instant, "valid_to": END})
        return row

    def history(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Every version of every row with its validity, hidden columns too; of the ``columns`` where they are named."""
        return pa.concat_tables(self.pieces(columns))

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The history a piece at a time: the book of a large city need not be in memory twice."""
        ends = np.full(self.base.num_rows, END, dtype=object)
        for row, instant in self.closed.items():
            ends[row] = instant
        base = self.base if columns is None else self.base.select(list(columns))
        for start in range(0, max(base.num_rows, 1), _PIECE):
            piece, until = base.slice(start, _PIECE), ends[start : start + _PIECE]
            piece = piece.append_column("valid_from", pa.repeat(START, piece.num_rows))
            piece = piece.append_column("valid_to", pa.array(until, pa.string()))
            yield piece.filter(pa.array(until != START))
        if self.later:
            schema = pa.schema([*base.schema, ("valid_from", pa.string()), ("valid_to", pa.string())])
            yield pa.Table.from_pylist(self.later, schema=schema)

    def as_of(self, day: str) -> pa.Table:
        """The rows in force at the end of ``day``, by the table's own columns."""
        pieces = self.pieces(self.table.columns)
        return pa.concat_tables(piece.filter(in_force(piece, day)).select(list(self.table.columns)) for piece in pieces)

    def untouched(self) -> Bools:
        """Base rows that nothing has happened to yet."""
        mask = np.ones(self.base.num_rows, dtype=np.bool_)
        mask[[row for row in self.latest if row < len(mask)]] = False
        return mask

    def codes(self, column: str) -> Ints:
        """A base column of digits as numbers (-1 where null)."""
        numbers: Ints = self.base[column].cast(pa.int64()).fill_null(-1).to_numpy()
        return numbers

    def _keep(self, version: Row) -> None:
        self.later.append(version)
        self.latest[version["_row"]] = version

    def _end(self, row: int, instant: str) -> None:
        if row in self.latest:
            version = self.latest[row]
            assert version is not None, "a row that is gone cannot change"
            version["valid_to"] = instant
        else:
            self.closed[row] = instant

    def _next_content(self) -> int:
        self.contents += 1
        return self.contents


def in_force(history: pa.Table, day: str) -> pa.ChunkedArray:
    """Which versions of a history are in force at the end of ``day``."""
    bound = f"{day}T24:00"
    return pc.and_(pc.less(history["valid_from"], bound), pc.greater_equal(history["valid_to"], bound))


def plain_book(table: Table, rows: pa.Table) -> Book:
    """A book of people, one row each in their order: it has no reasons, only rows."""
    none = pa.nulls(rows.num_rows, pa.string())
    person = pa.array(np.arange(rows.num_rows, dtype=np.int64))
    return Book.of(
        table, rows.append_column("_person", person).append_column("_scope", none).append_column("_withhold", none)
    )
