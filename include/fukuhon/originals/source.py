"""What can be asked of a source, whatever database it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa

from fukuhon.errors import ConfigurationError
from fukuhon.originals.columns import Columns, conform, kind_of
from fukuhon.originals.fingerprint import Fingerprint
from fukuhon.originals.query import Parameters, Query, parse_query

if TYPE_CHECKING:
    from fukuhon.site import SourceSettings

__all__ = ["BATCH_ROWS", "Source", "empty_batch"]

BATCH_ROWS = 65_536


class Source(ABC):
    """One existing system, read only, and read from one snapshot where the database has such.

    Errors of every method: RetriableError ORIGINALS-001 (the source is away), ConfigurationError ORIGINALS-002 (it
    refuses the query), ORIGINALS-003 and ORIGINALS-004 (the query is not one SELECT, or wants a parameter that nobody
    gives).
    """

    dialect: str

    def __init__(self, settings: SourceSettings) -> None:
        self.settings = settings
        self.name = settings.id

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let the connection go; using the source again opens another one, and another snapshot."""

    @abstractmethod
    def check(self) -> None:
        """Ask the source for a sign of life."""

    @abstractmethod
    def _stream(
        self, query: Query, parameters: Parameters, columns: Columns | None, batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Require the columns' names, then yield batches of any size, at least one, however empty."""

    def extract(
        self,
        query: str,
        parameters: Parameters,
        columns: Columns | None = None,
        batch_rows: int = BATCH_ROWS,
    ) -> Iterator[pa.RecordBatch]:
        """Run a query of a site and yield its rows as Arrow.

        With ``columns`` (of the rule book) each batch holds ``row_no`` (int64, from 1) and just these columns in this
        order, each with its one type. Without, it holds ``row_no`` and whatever the query delivers. At least one
        batch comes.

        Raises, beside the errors of the class, DataError: ORIGINALS-005 (columns are missing), ORIGINALS-006 (a
        column that should be text arrives as a number), ORIGINALS-012 (another type), ORIGINALS-007 (a value that
        cannot be read so).
        """
        parsed = parse_query(query, parameters, self.dialect, self.name)
        row_no = 1
        batch = None
        for batch in self._stream(parsed, parameters, columns, batch_rows):
            for start in range(0, batch.num_rows, batch_rows):
                piece = batch.slice(start, batch_rows)
                yield self._numbered(piece, row_no, columns)
                row_no += piece.num_rows
        if row_no == 1 and batch is not None:
            yield self._numbered(batch, row_no, columns)

    def _numbered(self, batch: pa.RecordBatch, first: int, columns: Columns | None) -> pa.RecordBatch:
        names = list(columns) if columns is not None else batch.schema.names
        arrays = [batch.column(name) for name in names]
        if columns is not None:
            arrays = [conform(name, array, columns[name], self.name) for name, array in zip(names, arrays, strict=True)]
        numbers = pa.array(np.arange(first, first + batch.num_rows))
        return pa.RecordBatch.from_arrays([numbers, *arrays], names=["row_no", *names])

    def read(self, query: str, parameters: Parameters, columns: Columns) -> pa.Table:
        """A small table whole, without ``row_no``. Raises as :meth:`extract`."""
        return pa.Table.from_batches(list(self.extract(query, parameters, columns))).drop_columns(["row_no"])

    def count(self, query: str, parameters: Parameters) -> dict[str, int]:
        """Records by variation, of a count query: two columns, a text and a count, in this order.

        Raises, beside the errors of the class, ConfigurationError ORIGINALS-008 where it delivers anything else.
        """
        table = pa.Table.from_batches(list(self.extract(query, parameters))).drop_columns(["row_no"])
        if table.num_columns != 2:
            raise ConfigurationError("ORIGINALS-008", source=self.name)
        variations, counts = table.columns
        if table.num_rows and (
            kind_of(variations.type) != "text" or kind_of(counts.type) not in {"integer", "decimal"}
        ):
            raise ConfigurationError("ORIGINALS-008", source=self.name)
        numbers = [conform("count", chunk, "integer", self.name) for chunk in counts.chunks]
        totals: dict[str, int] = {}
        for variation, number in zip(
            variations.to_pylist(), pa.chunked_array(numbers, pa.int64()).to_pylist(), strict=True
        ):
            if variation is None or number is None or variation in totals:
                raise ConfigurationError("ORIGINALS-008", source=self.name)
            totals[variation] = number
        return totals

    def fingerprint(self, query: str, parameters: Parameters) -> Fingerprint:
        """Names and kinds of the columns that a query delivers today, for :meth:`Fingerprint.changes` tomorrow."""
        parsed = parse_query(query, parameters, self.dialect, self.name)
        return Fingerprint.of(self._kinds(parsed, parameters))

    def _kinds(self, query: Query, parameters: Parameters) -> dict[str, str]:
        """The kind of each column that a query delivers."""
        first = next(iter(self._stream(query, parameters, None, 1000)))
        return {field.name: kind_of(field.type) for field in first.schema}


def empty_batch(schema: pa.Schema) -> pa.RecordBatch:
    """A batch without rows, for a query without."""
    arrays = [pa.nulls(0, getattr(field.type, "storage_type", field.type)) for field in schema]
    return pa.RecordBatch.from_arrays(arrays, names=schema.names)
