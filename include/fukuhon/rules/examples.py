"""A rule book's own examples, run: row in, record out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from fukuhon.rules.binding import connect, source_schema
from fukuhon.rules.plan import outputs, query, with_calls

if TYPE_CHECKING:
    from fukuhon.layouts import DatasetLayout
    from fukuhon.rules.book import Example, RuleBook

__all__ = ["ExampleFailure", "check_examples"]


@dataclass(frozen=True, slots=True)
class ExampleFailure:
    """An example that came out otherwise. Examples are made up: their values may be shown."""

    example: str
    column: str
    expected: object
    got: object

    @property
    def wording(self) -> str:
        """In Japanese."""
        return f"{self.example}：{self.column} は {_told(self.expected)} のはずが {_told(self.got)}"


def check_examples(book: RuleBook, layout: DatasetLayout | None = None) -> list[ExampleFailure]:
    """Run the examples of ``book``; raises ConfigurationError as :func:`outputs`."""
    connection = connect(1)
    try:
        failures: list[ExampleFailure] = []
        for example in book.examples:
            failures += _failures(connection, book, layout, example)
        return failures
    finally:
        connection.close()


def _failures(
    connection: duckdb.DuckDBPyConnection, book: RuleBook, layout: DatasetLayout | None, example: Example
) -> list[ExampleFailure]:
    try:
        columns = outputs(book, layout, example.as_of)
        connection.register("batch", with_calls(_table(book, example), columns))
        found = connection.sql(query(columns, "batch")).to_arrow_table().to_pylist()[0]
    except (duckdb.Error, pa.ArrowException, ValueError, TypeError) as error:
        return [ExampleFailure(example.name, "（計算）", "計算できる", type(error).__name__)]
    wrong = {
        column: expected
        for column, expected in example.expect.items()
        if column in found and _plain(found[column]) != _plain(expected)
    }
    return [ExampleFailure(example.name, column, expected, found[column]) for column, expected in wrong.items()]


def _table(book: RuleBook, example: Example) -> pa.Table:
    schema = source_schema(book)
    row = {field.name: _fitting(example.row.get(field.name), field.type) for field in schema}
    return pa.Table.from_pylist([row | {"row_no": 1}], schema=schema)


def _fitting(value: object, kind: pa.DataType) -> object:
    if pa.types.is_date(kind) and isinstance(value, str):
        return date.fromisoformat(value)
    if pa.types.is_decimal(kind) and isinstance(value, int | float):
        return pa.scalar(str(value)).cast(kind).as_py()
    return value


def _plain(value: object) -> object:
    """What is compared: dates and numbers as they stand in wire form."""
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, int) else value


def _told(value: object) -> str:
    return "（無し）" if value is None else str(_plain(value))
