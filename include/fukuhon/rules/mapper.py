"""The mapper: batch in, mapped batch out, one query of DuckDB over Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Self

import duckdb
import pyarrow as pa

from fukuhon.errors import DataError, FatalError
from fukuhon.layouts import to_arrow
from fukuhon.rules.binding import connect, source_schema
from fukuhon.rules.plan import FRAME, Output, outputs, query, with_calls

if TYPE_CHECKING:
    from fukuhon.layouts import DatasetLayout
    from fukuhon.rules.book import RuleBook

__all__ = ["Mapper", "mapped_schema"]

_PIECE = 32_768  # DuckDB gives each thread one Arrow batch at a time


def mapped_schema(book: RuleBook, layout: DatasetLayout) -> pa.Schema:
    """The columns of a mapped batch: row number, frame, what the layout holds, and the source's own as ``src_…``.

    Before the judgement anything may be missing.
    """
    frame = [(name, pa.string()) for name in FRAME[: FRAME.index("addressee")]]
    held = [(field.name, field.type) for field in to_arrow(layout)]
    sources = [(f"src_{field.name}", field.type) for field in source_schema(book) if field.name != "row_no"]
    return pa.schema([("row_no", pa.int64()), *frame, *held, *sources])


class Mapper:
    """Applies a rule book for one layout and one day. Holds one connection; not for two threads at once.

    Raises ConfigurationError RULES-002 to RULES-004 where book and layout do not fit each other.
    """

    def __init__(self, book: RuleBook, layout: DatasetLayout, as_of: date, *, threads: int = 2) -> None:
        self.book = book
        self.layout = layout
        self.as_of = as_of
        self.schema = mapped_schema(book, layout)
        self._outputs = outputs(book, layout, as_of)
        self._query = query(self._outputs, "batch")
        self._input = source_schema(book)
        self._threads = threads
        self._connection: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go; mapping again opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def map(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Map one batch of an extract that was taken with the book's ``columns``; rows keep their order.

        Raises DataError RULES-005, which names the rule, where a rule cannot be computed for some record.
        """
        source = pa.Table.from_batches([batch]).select(self._input.names)
        return self._joined(self._computed(source, self._outputs, self._query), batch)

    def remap(self, mapped: pa.RecordBatch, book: RuleBook) -> pa.RecordBatch:
        """What this mapper has ``mapped``, as another ``book`` of the same columns maps it.

        Only what that book does otherwise is computed. Raises what a mapper of that book raises.
        """
        others = outputs(book, self.layout, self.as_of)
        changed = [other for other, own in zip(others, self._outputs, strict=True) if other != own]
        if not changed:
            return mapped
        names = ["row_no", *(f"src_{name}" for name in self._input.names[1:])]
        source = pa.Table.from_batches([mapped]).select(names).rename_columns(self._input.names)
        found = self._computed(source, changed, query(changed, "batch"))
        for other in changed:
            field = self.schema.field(other.column)
            place = self.schema.get_field_index(other.column)
            mapped = mapped.set_column(place, field, _whole(found[other.column], field.type))
        return mapped

    def _computed(self, source: pa.Table, columns: Sequence[Output], select: str) -> pa.Table:
        """Row number and ``columns`` of ``source``'s rows, in their order."""
        if self._connection is None:
            self._connection = connect(self._threads)
        whole = with_calls(source, columns)
        pieces = [piece for part in whole.to_batches() for piece in _pieces(part)]
        self._connection.register("batch", pa.Table.from_batches(pieces, whole.schema))
        try:
            mapped = self._connection.sql(select).to_arrow_table()
        except duckdb.Error:
            raise self._culprit(columns) from None
        finally:
            self._connection.unregister("batch")
        # rows come as they went, or are put so
        return mapped if mapped["row_no"].equals(source["row_no"]) else mapped.sort_by("row_no")

    def _joined(self, mapped: pa.Table, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The mapped columns, and behind them the source's own, which DuckDB need not copy."""
        arrays = [_whole(column, field.type) for column, field in zip(mapped.columns, self.schema, strict=False)]
        sources = [batch.column(name) for name in self._input.names if name != "row_no"]
        return pa.RecordBatch.from_arrays([*arrays, *sources], schema=self.schema)

    def _culprit(self, columns: Sequence[Output]) -> Exception:
        """The first rule that fails alone. DuckDB's own text is not passed on: it quotes the value."""
        assert self._connection is not None
        for output in columns:
            for rule, sql in output.rules:
                if not self._computes(sql):
                    return DataError("RULES-005", dataset=self.book.dataset, rule=rule)
        return FatalError("RULES-006", dataset=self.book.dataset)

    def _computes(self, sql: str) -> bool:
        assert self._connection is not None
        try:
            self._connection.sql(f"SELECT count({sql}) FROM batch").fetchall()  # noqa: S608 - checked expressions
        except duckdb.Error:
            return False
        return True


def _pieces(batch: pa.RecordBatch) -> list[pa.RecordBatch]:
    return [batch.slice(at, _PIECE) for at in range(0, batch.num_rows, _PIECE)]


def _whole(column: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], kind)
    return array if array.type == kind else array.cast(kind)
