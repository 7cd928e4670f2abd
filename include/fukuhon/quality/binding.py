"""Whether each rule fits the columns' types, before any record is there."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from fukuhon.originals import REGISTER_SCHEMA
from fukuhon.quality.engine import connect
from fukuhon.rules import mapped_schema
from fukuhon.rules.allowed import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    with TemporaryDirectory() as spill, connect(Path(spill), threads=1) as connection:
        connection.register("columns", schema.empty_table())
        return [rule.id for rule in rules if any(not _binds(connection, sql) for sql in _expressions(rule))]


def _expressions(rule: Rule) -> Iterator[str]:
    if rule.failure is not None:
        yield rule.failure
    if rule.when is not None:
        yield f"({rule.when}) IS TRUE"
    if rule.table is not None:
        yield rule.table.by


def _binds(connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
    try:
        connection.sql(f"SELECT {sql} FROM columns").fetchall()  # noqa: S608  # allow-listed
    except duckdb.Error:
        return False
    return True
