"""The connection in which rules run, and whether each rule fits the columns' types before any record is there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from fukuhon.originals import ARROW_TYPES
from fukuhon.rules.allowed import problems_of, written
from fukuhon.rules.functions import register_functions
from fukuhon.rules.plan import outputs, with_calls
from fukuhon.site.documents import Place, Problem

if TYPE_CHECKING:
    from fukuhon.rules.book import RuleBook

__all__ = ["connect", "source_schema", "type_problems", "types_only"]

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


def types_only() -> duckdb.DuckDBPyConnection:
    """A connection for empty tables, to see whether expressions fit their types. To be closed as any other.

    All of a process share one database, since making it known to our functions costs more than the question.
    """
    return _database(os.getpid()).cursor()


@lru_cache(maxsize=1)
def _database(process: int) -> duckdb.DuckDBPyConnection:
    """A database of this process: one that was forked does not share its parent's."""
    assert process == os.getpid()
    return connect(1)


def source_schema(book: RuleBook) -> pa.Schema:
    """What an extract for this book looks like."""
    return pa.schema([("row_no", pa.int64()), *((name, ARROW_TYPES[kind]) for name, kind in book.columns.items())])


def type_problems(book: RuleBook) -> Iterable[Problem]:
    """Rules that DuckDB cannot bind to the columns, or whose result is no condition or no date; told by place.

    Only types are looked at; no record is there.
    """
    rules = [(place, sql) for place, _, sql in book.expressions()]
    if any(problem for _, sql in rules for problem in problems_of(sql, book.columns)):
        return
    connection = types_only()
    try:
        connection.register("batch", with_calls(source_schema(book).empty_table(), outputs(book, None, _ANY_DAY)))
        try:
            kinds: list[str | Problem] = [*_kinds(connection, [sql for _, sql in rules])]
        except duckdb.Error:
            kinds = [_bound_alone(connection, place, sql) for place, sql in rules]
    finally:
        connection.close()
    for (place, _), kind in zip(rules, kinds, strict=True):
        wanted = _WANTED.get(str(place[0]))
        if isinstance(kind, Problem):
            yield kind
        elif wanted is not None and kind not in {*wanted[0], _NULL}:
            yield Problem(place, f"{wanted[1]}になりません（{kind}）")


def _kinds(connection: duckdb.DuckDBPyConnection, expressions: list[str]) -> list[str]:
    """The types of expressions; raises duckdb.Error where one does not fit the columns."""
    parts = ", ".join(f"{written(sql, _ANY_DAY)} AS x{number}" for number, sql in enumerate(expressions))
    return [str(kind) for kind in connection.sql(f"SELECT {parts} FROM batch").types]  # noqa: S608 - checked


def _bound_alone(connection: duckdb.DuckDBPyConnection, place: Place, sql: str) -> str | Problem:
    try:
        return _kinds(connection, [sql])[0]
    except duckdb.Error as error:
        return Problem(place, f"列の型に合いません：{str(error).strip().splitlines()[0][:160]}")


_NULL = '"NULL"'
_WANTED = {
    "scope": (("BOOLEAN",), "条件（真偽）"),
    "withhold": (("BOOLEAN",), "条件（真偽）"),
    "publication": (("DATE", "TIMESTAMP"), "日付"),
}
