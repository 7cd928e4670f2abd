"""Whether each rule fits the columns' types, before any record is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from fukuhon.originals import REGISTER_SCHEMA
from fukuhon.rules import mapped_schema
from fukuhon.rules.allowed import DAY
from fukuhon.rules.binding import types_only

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fukuhon.layouts import DatasetLayout
    from fukuhon.quality.model import Rule
    from fukuhon.rules import RuleBook

__all__ = ["BASELINE", "unbound"]

# An earlier accepted record's columns, as `baseline` rules see them.
BASELINE = {
    "base_addressee": pa.string(),
    "base_record_key": pa.string(),
    "base_record_version": pa.string(),
    "base_variation": pa.string(),
    "base_publication_to": pa.date32(),
}


def unbound(rules: Iterable[Rule], layout: DatasetLayout, book: RuleBook) -> list[str]:
    """Ids of the rules that DuckDB cannot bind to the columns; it sees types only."""
    schema = pa.schema(
        [
            *mapped_schema(book, layout),
            *((f"reg_{field.name}", field.type) for field in REGISTER_SCHEMA),
            *BASELINE.items(),
            (DAY, pa.date32()),
        ]
    )
    with types_only() as connection:
        connection.register("columns", schema.empty_table())
        found = [(rule.id, sql) for rule in rules for sql in _expressions(rule)]
        if not found or _bind(connection, [sql for _, sql in found]):
            return []
        return list(dict.fromkeys(name for name, sql in found if not _bind(connection, [sql])))


def _expressions(rule: Rule) -> Iterator[str]:
    if rule.failure is not None:
        yield rule.failure
    if rule.when is not None:
        yield f"({rule.when}) IS TRUE"
    if rule.table is not None:
        yield rule.table.by


def _bind(connection: duckdb.DuckDBPyConnection, expressions: Sequence[str]) -> bool:
    """Whether all of them fit: asked at once, since a question costs more than an expression."""
    columns = ", ".join(f"{sql} AS x{number}" for number, sql in enumerate(expressions))
    try:
        connection.sql(f"SELECT {columns} FROM columns").fetchall()  # noqa: S608  # allow-listed
    except duckdb.Error:
        return False
    return True
