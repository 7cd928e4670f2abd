"""SQLite and PostgreSQL through ADBC: columns all the way, no Python per record."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import adbc_driver_manager as manager
import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.errors import RetriableError
from fukuhon.originals.columns import Columns, kind_of, mismatch, require_names
from fukuhon.originals.failures import away, refused
from fukuhon.originals.query import Parameters, Query
from fukuhon.originals.source import Source, empty_batch

__all__ = ["PostgresqlSource", "SqliteSource"]

_VALUE_BYTES = 12  # a guess, for the driver's batches; they are cut to size afterwards
_FEWEST = 21  # columns that a record is taken to have at least
_IO = manager.AdbcStatusCode.IO


class _AdbcSource(Source):
    """A source with an ADBC driver: one connection, opened when first needed."""

    _connection: Any = None

    @abstractmethod
    def _connect(self) -> Any:
        """Open a connection."""

    def _open(self) -> Any:
        if self._connection is None:
            try:
                self._connection = self._connect()
            except manager.Error as error:
                raise away(self.name, error) from None
        return self._connection

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            connection.close()

    _sign_of_life = "SELECT 1"

    def check(self) -> None:
        """Ask for one row."""
        with self._cursor() as cursor:
            cursor.execute(self._sign_of_life)
            cursor.fetchall()

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        """A cursor whose failures become errors of ours; after one the connection is let go."""
        try:
            with self._open().cursor() as cursor:
                yield cursor
        except manager.Error as error:
            self.close()
            if error.status_code == _IO and not error.sqlstate:
                raise away(self.name, error) from None
            raise refused(self.name, error, error.sqlstate) from None
        except (pa.ArrowException, OSError) as error:  # raised by the stream, with the driver's text inside
            self.close()
            raise self._broken(error) from None

    def _broken(self, error: BaseException) -> Exception:
        """What became of a stream that broke."""
        return away(self.name, error)


def _at_least_one(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    empty = True
    for batch in reader:
        if batch.num_rows:
            empty = False
            yield batch
    if empty:
        yield empty_batch(reader.schema)


class PostgresqlSource(_AdbcSource):
    """PostgreSQL: COPY in binary, from one REPEATABLE READ snapshot.

    COPY takes no bound parameters and, bound, the driver would hold the whole result in memory. So a parameter is
    bound into a setting of the transaction (``set_config``), and the query reads it from there.
    """

    dialect = "postgres"

    def __init__(self, settings: Any, url: str) -> None:
        super().__init__(settings)
        self._url = url

    def _connect(self) -> Any:
        connection = adbc_driver_postgresql.dbapi.connect(self._url)
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return connection

    def _stream(
        self, query: Query, parameters: Parameters, columns: Columns | None, batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        with self._cursor() as cursor:
            text = self._bound(cursor, query, parameters)
            hint = batch_rows * _VALUE_BYTES * max(_FEWEST, len(columns or ()))
            cursor.adbc_statement.set_options(**{"adbc.postgresql.batch_size_hint_bytes": str(hint)})
            cursor.execute(text)
            reader = cursor.fetch_record_batch()
            require_names(reader.schema.names, columns or {}, self.name)
            yield from _at_least_one(reader)

    def _bound(self, cursor: Any, query: Query, parameters: Parameters) -> str:
        """Bind the parameters into settings of the transaction; the text that reads them there."""
        for name in query.names:
            cursor.execute("SELECT set_config($1, $2, true)", (f"fukuhon.{name}", str(parameters[name])))
            cursor.fetchall()
        return query.written(lambda name: _setting(name, parameters[name]))

    def _kinds(self, query: Query, parameters: Parameters) -> dict[str, str]:
        """PostgreSQL knows the columns of a query without running it."""
        with self._cursor() as cursor:
            schema = cursor.adbc_execute_schema(self._bound(cursor, query, parameters))
        return {field.name: kind_of(field.type) for field in schema}

    def _broken(self, error: BaseException) -> Exception:
        """The stream carries no SQLSTATE: what a statement did wrong begins with ERROR."""
        text = str(error)
        if "ERROR:" in text and not re.search(r"canceling|terminating|connection", text):
            return refused(self.name, error, "22")
        return away(self.name, error)


def _setting(name: str, value: date | str | int) -> str:
    kind = "date" if isinstance(value, date) else "bigint" if isinstance(value, int) else "text"
    return f"CAST(current_setting('fukuhon.{name}') AS {kind})"


class SqliteSource(_AdbcSource):
    """SQLite, opened read-only.

    SQLite has no types of columns but of values, and its driver guesses from the first rows. Where the columns are
    declared, a first row of ours settles the guess, and a value in a text column that is no text is marked by SQLite
    itself.
    """

    dialect = "sqlite"
    _sign_of_life = "SELECT COUNT(*) FROM sqlite_master"  # a mere SELECT 1 would not look into the file
    _MARK = "\x02\x02"  # no text of an officer's system begins so

    def __init__(self, settings: Any, path: Path) -> None:
        super().__init__(settings)
        self._path = path

    def _connect(self) -> Any:
        if not self._path.is_file():
            raise RetriableError("ORIGINALS-001", source=self.name, why="ファイルがない")
        return adbc_driver_sqlite.dbapi.connect(f"file:{quote(str(self._path))}?mode=ro")

    def _stream(
        self, query: Query, parameters: Parameters, columns: Columns | None, batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        numbers = {name: position for position, name in enumerate(query.names, start=1)}
        text = query.written(lambda name: f"?{numbers[name]}")
        values = tuple(_iso(parameters[name]) for name in query.names)
        with self._cursor() as cursor:
            if columns is None:
                yield from self._run(cursor, text, values, batch_rows)
                return
            cursor.execute(f"SELECT * FROM (\n{text}) LIMIT 0", values or None)  # noqa: S608 - the site's own query
            # SQLite tells two columns of one name apart by a number behind the second.
            names = [re.sub(r":\d+$", "", column[0]) for column in cursor.description]
            require_names(names, columns, self.name)
            first = True
            try:
                for batch in self._run(cursor, self._declared(text, columns), values, batch_rows):
                    self._require_text(batch, columns)
                    yield batch.slice(1) if first else batch
                    first = False
            except OSError as error:
                raise self._mixed(error, columns) from None

    @staticmethod
    def _run(cursor: Any, text: str, values: tuple[object, ...], batch_rows: int) -> Iterator[pa.RecordBatch]:
        cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(batch_rows)})
        cursor.execute(text, values or None)
        reader = cursor.fetch_record_batch()
        yield from _at_least_one(reader)

    def _declared(self, text: str, columns: Columns) -> str:
        """The query behind a row of ours; text columns with numbers in them marked."""
        seeds, parts = [], []
        for name, kind in columns.items():
            quoted = '"' + name.replace('"', '""') + '"'
            if kind == "text":
                seeds.append(f"'' AS {quoted}")
                marked = f"char(2) || char(2) || typeof({quoted})"
                parts.append(f"CASE typeof({quoted}) WHEN 'text' THEN {quoted} WHEN 'null' THEN NULL ELSE {marked} END")
            else:
                seeds.append(f"{_SEED[kind]} AS {quoted}")
                parts.append(quoted)
        return f"SELECT {', '.join(seeds)} UNION ALL SELECT {', '.join(parts)} FROM (\n{text})"  # noqa: S608

    def _require_text(self, batch: pa.RecordBatch, columns: Columns) -> None:
        for name, kind in columns.items():
            if kind != "text":
                continue
            marked = pc.starts_with(batch.column(name), self._MARK)
            if pc.any(marked).as_py():
                arrived = batch.column(name).filter(marked)[0].as_py().removeprefix(self._MARK)
                raise mismatch(name, "text", {"blob": "binary"}.get(arrived, arrived), self.name)

    def _mixed(self, error: OSError, columns: Columns) -> Exception:
        """The driver guessed a number and met a text: the column it counts, by name."""
        match = re.search(r"Type mismatch in column (\d+)", str(error))
        if match is None:
            return away(self.name, error)
        name, kind = list(columns.items())[int(match[1])]
        return mismatch(name, kind, "text", self.name)

    def _kinds(self, query: Query, parameters: Parameters) -> dict[str, str]:
        """Values have types here, columns have none: one without values among the first rows is unknown."""
        first = next(iter(self._stream(query, parameters, None, 1000)))
        return {
            name: "unknown" if values.null_count == len(values) else kind_of(values.type)
            for name, values in zip(first.schema.names, first.columns, strict=True)
        }


_SEED = {"integer": "0", "decimal": "0.0", "date": "''", "boolean": "0"}


def _iso(value: date | str | int) -> str | int:
    return value.isoformat() if isinstance(value, date) else value
