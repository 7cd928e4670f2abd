"""The mapper: batch in, mapped batch out, one query of DuckDB over Arrow.

An item that is a column of the source and nothing more never goes there: the column is handed on, or cast by Arrow
where that writes what DuckDB would. DuckDB takes its columns in and gives them back by copies, forty nanoseconds a
value.
"""

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
# Of these Arrow makes the same as a CAST of DuckDB's: nothing at all, or the digits of a whole number.
_SAME_CASTS = frozenset({(kind, kind) for kind in (pa.string(), pa.date32())} | {(pa.int64(), pa.string())})


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
        made = self._made(source, self._outputs)
        arrays = [_whole(made[name], self.schema.field(name).type) for name in ("row_no", *_columns(self._outputs))]
        sources = [batch.column(name) for name in self._input.names if name != "row_no"]
        return pa.RecordBatch.from_arrays([*arrays, *sources], schema=self.schema)

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
        made = self._made(source, changed)
        for name in _columns(changed):
            place, field = self.schema.get_field_index(name), self.schema.field(name)
            mapped = mapped.set_column(place, field, _whole(made[name], field.type))
        return mapped

    def _made(self, source: pa.Table, columns: Sequence[Output]) -> dict[str, pa.ChunkedArray]:
        """Row number and ``columns`` of ``source``'s rows, in their order: handed on, or computed."""
        whole = with_calls(source, columns)
        copied = {each.column: whole.column(each.copies) for each in columns if self._is_copy(each)}
        computed = [each for each in columns if each.column not in copied]
        return {"row_no": whole.column("row_no"), **copied, **(self._computed(whole, computed) if computed else {})}

    def _is_copy(self, output: Output) -> bool:
        """Whether the output is a column of the source, or a call of one, as it is or cast as Arrow casts, too."""
        if output.copies is None:
            return False
        place = self._input.get_field_index(output.copies)
        arrives = self._input.field(place).type if place >= 0 else pa.string()  # calls are of texts
        return (arrives, self.schema.field(output.column).type) in _SAME_CASTS

    def _computed(self, whole: pa.Table, columns: Sequence[Output]) -> dict[str, pa.ChunkedArray]:
        """What DuckDB has to compute, in the order of the rows."""
        if self._connection is None:
            self._connection = connect(self._threads)
        pieces = [piece for part in whole.to_batches() for piece in _pieces(part)]
        self._connection.register("batch", pa.Table.from_batches(pieces, whole.schema))
        try:
            found = self._connection.sql(query(columns, "batch")).to_arrow_table()
        except duckdb.Error:
            raise self._culprit(columns) from None
        finally:
            self._connection.unregister("batch")
        if not found["row_no"].equals(whole["row_no"]):  # rows come as they went, or are put so
            found = found.sort_by("row_no")
        return {name: found.column(name) for name in _columns(columns)}

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


def _columns(outputs: Sequence[Output]) -> list[str]:
    return [output.column for output in outputs]


def _pieces(batch: pa.RecordBatch) -> list[pa.RecordBatch]:
    return [batch.slice(at, _PIECE) for at in range(0, batch.num_rows, _PIECE)]


def _whole(column: pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], kind)
    return array if array.type == kind else array.cast(kind)
