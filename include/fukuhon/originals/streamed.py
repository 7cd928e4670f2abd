"""Databases without an ADBC driver: a server-side cursor of SQLAlchemy, its rows turned into Arrow a batch at a time.

This is the slow road (the driver makes Python values of every field); it is taken only where there is no other.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from fukuhon.originals.columns import ARROW_TYPES, Columns, mismatch, require_names
from fukuhon.originals.failures import away, refused
from fukuhon.originals.query import Parameters, Query
from fukuhon.originals.source import Source, empty_batch

__all__ = ["MysqlSource"]

# pymysql's numbers for "the server is not there (any more)".
_GONE = {1040, 1044, 1045, 1049, 1203, 1205, 2002, 2003, 2005, 2006, 2013, 2055}


class MysqlSource(Source):
    """MariaDB and MySQL, from one REPEATABLE READ snapshot, read only."""

    dialect = "mysql"

    def __init__(self, settings: Any, url: str) -> None:
        super().__init__(settings)
        address = sa.make_url(url)
        if address.drivername in {"mysql", "mariadb"}:
            address = address.set(drivername=f"{address.drivername}+pymysql")
        self._engine = sa.create_engine(address, poolclass=sa.NullPool, connect_args={"charset": "utf8mb4"})
        self._connection: sa.Connection | None = None

    def _open(self) -> sa.Connection:
        if self._connection is None:
            try:
                connection = self._engine.connect()
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                connection.exec_driver_sql("START TRANSACTION READ ONLY, WITH CONSISTENT SNAPSHOT")
            except sa.exc.DBAPIError as error:
                raise away(self.name, error.orig or error) from None
            self._connection = connection
        return self._connection

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def check(self) -> None:
        """Ask for one row."""
        try:
            self._open().exec_driver_sql("SELECT 1").all()
        except sa.exc.DBAPIError as error:
            raise self._failure(error) from None

    def _stream(
        self, query: Query, parameters: Parameters, columns: Columns | None, batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        text = query.written(lambda name: f"%({name})s", lambda rest: rest.replace("%", "%%"))
        values = {name: _iso(parameters[name]) for name in query.names}
        options = {"stream_results": True, "max_row_buffer": batch_rows, "yield_per": batch_rows}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", sa.exc.SAWarning)
                result = (
                    self._open()
                    .execution_options(**options)
                    .exec_driver_sql(text if values else text.replace("%%", "%"), values or None)
                )
            names = list(result.keys())
            require_names(names, columns or {}, self.name)
            empty = True
            for rows in result.partitions(batch_rows):
                empty = False
                yield self._batch(names, rows, columns)
            if empty:
                yield empty_batch(pa.schema([(name, pa.null()) for name in names]))
        except sa.exc.DBAPIError as error:
            raise self._failure(error) from None

    def _batch(self, names: list[str], rows: Any, columns: Columns | None) -> pa.RecordBatch:
        arrays = [
            self._array(name, values, columns) for name, values in zip(names, zip(*rows, strict=True), strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, names=names)

    def _array(self, name: str, values: tuple[object, ...], columns: Columns | None) -> pa.Array:
        """A column's values; what is declared text must be text, value by value (Arrow checks)."""
        wanted = (columns or {}).get(name)
        if wanted == "text":
            try:
                return pa.array(values, ARROW_TYPES["text"])
            except (pa.ArrowTypeError, pa.ArrowInvalid):
                other = next(value for value in values if value is not None and not isinstance(value, str))
                raise mismatch(name, "text", _KINDS.get(type(other).__name__, "unknown"), self.name) from None
        try:
            return pa.array(values)
        except pa.ArrowException:
            raise mismatch(name, wanted or "text", "unknown", self.name) from None

    def _failure(self, error: sa.exc.DBAPIError) -> Exception:
        self.close()
        origin = error.orig or error
        number = origin.args[0] if origin.args else None
        if number in _GONE:
            return away(self.name, origin)
        return refused(self.name, origin, None)


_KINDS = {
    "int": "integer",
    "Decimal": "decimal",
    "float": "real",
    "date": "date",
    "datetime": "timestamp",
    "bytes": "binary",
}


def _iso(value: date | str | int) -> str | int:
    return value.isoformat() if isinstance(value, date) else value
