"""The connection in which rules run, and whether each rule fits the columns' types before any record is there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from fukuhon.originals import ARROW_TYPES
from fukuhon.rules.allowed import problems_of
from fukuhon.rules.functions import register_functions
from fukuhon.rules.plan import outputs, with_calls
from fukuhon.site.documents import Problem

if TYPE_CHECKING:
    from fukuhon.rules.book import RuleBook

__all__ = ["connect", "source_schema", "type_problems"]

_ANY_DAY = date(2017, 4, 1)


def connect(threads: int) -> duckdb.DuckDBPyConnection:
    """A connection that reaches nothing but what is handed to it."""
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET threads = {threads:d}")
    register_functions(connection)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET lock_configuration = true")
    return connection


def source_schema(book: RuleBook) -> pa.Schema:
    """What an extract for this book looks like."""
    return pa.schema([("row_no", pa.int64()), *((name, ARROW_TYPES[kind]) for name, kind in book.columns.items())])


def type_problems(book: RuleBook) -> Iterable[Problem]:
    """Rules that DuckDB cannot bind to the columns, by place; it sees the types only, no record is there."""
    if any(problem for _, _, sql in book.expressions() for problem in problems_of(sql, book.columns)):
        return
    places = {rule: place for place, rule, _ in book.expressions()}
    connection = connect(1)
    try:
        columns = outputs(book, None, _ANY_DAY)
        connection.register("batch", with_calls(source_schema(book).empty_table(), columns))
        for output in columns:
            for rule, sql in output.rules:
                try:
                    connection.sql(f"SELECT CAST({sql} AS {_kind(output.column)}) FROM batch")  # noqa: S608 - checked
                except duckdb.Error as error:
                    yield Problem(places[rule], f"列の型に合いません：{_first_line(error)}")
    finally:
        connection.close()


def _kind(column: str) -> str:
    if column in {"scope", "withhold"}:
        return "BOOLEAN"
    return "DATE" if column.startswith("publication_") else "VARCHAR"


def _first_line(error: duckdb.Error) -> str:
    return str(error).strip().splitlines()[0][:160]
