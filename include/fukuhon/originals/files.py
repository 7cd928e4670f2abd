"""Exported files as a source: a query in SQL over them, run by DuckDB, which streams each file as columns of text."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import sqlglot
from sqlglot import exp

from fukuhon.errors import FukuhonError
from fukuhon.originals.columns import Columns, kind_of, require_names
from fukuhon.originals.csvfile import CsvFile
from fukuhon.originals.exported import choose
from fukuhon.originals.failures import refused
from fukuhon.originals.fixed import FixedFile
from fukuhon.originals.query import Parameters, Query
from fukuhon.originals.source import Source, empty_batch

if TYPE_CHECKING:
    from pathlib import Path

    from fukuhon.site import FileTable

__all__ = ["FileSource"]

_MEMORY = "512MiB"


class _Relation:
    """What DuckDB sees of a file: a stream of columns, begun anew for each scan of a query."""

    def __init__(self, file: CsvFile | FixedFile) -> None:
        self._file = file
        self._schema = pa.schema([(name, pa.string()) for name in file.names()])
        self.failure: FukuhonError | None = None

    def __arrow_c_schema__(self) -> object:
        return self._schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return pa.RecordBatchReader.from_batches(self._schema, self._batches()).__arrow_c_stream__(requested_schema)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        """The file's batches; DuckDB would make a text of its own of what goes wrong, so it is kept here."""
        try:
            yield from self._file.batches()
        except FukuhonError as error:
            self.failure = error
            raise


class FileSource(Source):
    """CSV or fixed-width files. A query names them as its relations: ``source``, or the names of ``tables``.

    All columns are text; ``:as_of`` is an ISO day as text, and tells which of the files that are named by day is read.
    A file that is written to while it is read is no snapshot: RetriableError ORIGINALS-019.
    """

    dialect = "duckdb"

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self._tables: dict[str, FileTable] = {table.name.casefold(): table for table in settings.file_tables()}

    def close(self) -> None:
        """Nothing is held between queries."""

    def check(self) -> None:
        """Look at the beginning of every file, of the newest where they are named by day."""
        for table in self._tables.values():
            for _ in self._file(table, None).batches():
                break

    def columns(self) -> dict[str, list[str]]:
        """The names of each file's columns, of the newest where they are named by day. Raises as :meth:`check`."""
        return {table.name: self._file(table, None).names() for table in self._tables.values()}

    def path(self, table: str, on: date | None = None) -> Path:
        """The file of a table that counts on a day. Raises as :func:`choose`."""
        return choose(self._tables[table.casefold()], on, self.name, self.settings.stale_days)

    def _file(self, table: FileTable, on: date | None) -> CsvFile | FixedFile:
        kind = FixedFile if self.settings.kind == "fixed" else CsvFile
        return kind(table, choose(table, on, self.name, self.settings.stale_days), self.name)

    def _stream(
        self, query: Query, parameters: Parameters, columns: Columns | None, batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        with self._asked(query, parameters) as asked:
            require_names(_selected(query, asked.columns), columns or {}, self.name)
            empty = True
            reader = asked.to_arrow_reader(batch_rows)
            for batch in reader:
                if batch.num_rows:
                    empty = False
                    yield batch
            if empty:
                yield empty_batch(reader.schema)

    def _kinds(self, query: Query, parameters: Parameters) -> dict[str, str]:
        """DuckDB knows the kinds of a query's columns without running it."""
        with self._asked(query, parameters) as asked:
            return {field.name: kind_of(field.type) for field in asked.limit(0).to_arrow_table().schema}

    @contextmanager
    def _asked(self, query: Query, parameters: Parameters) -> Iterator[duckdb.DuckDBPyRelation]:
        """The query as a relation that has not run yet; what goes wrong in the block becomes an error of ours."""
        values = {name: _text(parameters[name]) for name in query.names}
        on = parameters.get("as_of")
        day = date.fromisoformat(on) if isinstance(on, str) else on if isinstance(on, date) else None
        relations = {
            name: _Relation(self._file(table, day))
            for name, table in self._tables.items()
            if name in _named(query, self._tables)
        }
        with tempfile.TemporaryDirectory(prefix="fukuhon-") as folder, _closed_in(folder) as connection:
            for name, relation in relations.items():
                connection.register(self._tables[name].name, relation)
            try:
                yield connection.sql(query.written(lambda name: f"${name}"), params=values)
            except (duckdb.Error, pa.ArrowException, OSError) as error:  # the last two: raised by the stream
                for relation in relations.values():
                    if relation.failure is not None:
                        raise relation.failure from None
                calculated = re.search("Conversion Error|Out of Range Error", str(error))
                raise refused(self.name, error, "22" if calculated else None) from None


@contextmanager
def _closed_in(folder: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reaches nothing but what it is handed; it spills into ``folder``."""
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET threads = 2")
        connection.execute(f"SET memory_limit = '{_MEMORY}'")
        connection.execute("SET temp_directory = ?", [folder])
        connection.execute("SET enable_external_access = false")
        connection.execute("SET python_enable_replacements = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


def _parsed(query: Query) -> exp.Query | None:
    try:
        statement = sqlglot.parse_one(query.text, dialect="duckdb")
    except sqlglot.errors.SqlglotError:
        return None
    return statement if isinstance(statement, exp.Query) else None


def _named(query: Query, tables: dict[str, FileTable]) -> set[str]:
    """The tables that a query names; all where only DuckDB can read it."""
    statement = _parsed(query)
    return set(tables) if statement is None else {table.name.casefold() for table in statement.find_all(exp.Table)}


def _selected(query: Query, told: list[str]) -> list[str]:
    """The names of the columns as they are written: DuckDB puts a number behind one that stands twice."""
    statement = _parsed(query)
    names: list[str] = [] if statement is None else list(statement.named_selects)
    return names if len(names) == len(told) and "*" not in names else told


def _text(value: date | str | int) -> str | int:
    return value.isoformat() if isinstance(value, date) else value
