"""From a rule book to the one query that maps a batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa

from fukuhon.errors import ConfigurationError
from fukuhon.rules.allowed import call_name, calls_of, column_of, written
from fukuhon.rules.functions import apply

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fukuhon.layouts import DatasetLayout
    from fukuhon.rules.book import Condition, RuleBook

__all__ = ["FRAME", "Output", "outputs", "query", "with_calls"]

FRAME = (
    "scope",
    "withhold",
    "variation",
    "addressee",
    "record_key",
    "record_version",
    "publication_from",
    "publication_to",
)


@dataclass(frozen=True, slots=True)
class Output:
    """One column of the mapped batch and its SQL, and the rules in it, for finding the one that fails.

    ``copies`` names the column, or the call of one, of which the output is nothing but a cast.
    """

    column: str
    sql: str
    rules: tuple[tuple[str, str], ...]
    calls: frozenset[tuple[str, str]] = frozenset()
    copies: str | None = None


def outputs(book: RuleBook, layout: DatasetLayout | None, as_of: date) -> list[Output]:
    """The columns between ``row_no`` and ``src_…``, in their order.

    Raises ConfigurationError: RULES-002 (the layout has items without a rule), RULES-003 (rules for items that it
    lacks), RULES-004 (another dataset's layout).
    """
    keys, publication = book.keys, book.publication
    return [
        _first_true("scope", book.scope, as_of),
        _first_true("withhold", book.withhold, as_of),
        _text("variation", book.variation, as_of),
        _text("addressee", keys.addressee, as_of),
        _text("record_key", keys.record_key, as_of),
        _text("record_version", keys.record_version, as_of),
        _typed("publication_from", publication.start, "DATE", as_of),
        _typed("publication_to", publication.end, "DATE", as_of),
        *(_text(code, book.items[code].sql, as_of) for code in _codes(book, layout)),
    ]


def query(columns: Iterable[Output], relation: str) -> str:
    """The SELECT over ``relation``, with ``row_no`` before the outputs."""
    parts = ",\n  ".join(f'{output.sql} AS "{output.column}"' for output in columns)
    return f"SELECT row_no,\n  {parts}\nFROM {relation}"


def with_calls(source: pa.Table, columns: Iterable[Output]) -> pa.Table:
    """The source's table with one more column for each call that the outputs make.

    DuckDB would call such a function once for 2,048 rows; here it is called once for the whole batch.
    """
    for function, column in sorted({call for output in columns for call in output.calls}):
        values = [apply(function, chunk) for chunk in source[column].chunks]
        source = source.append_column(call_name(function, column), pa.chunked_array(values, pa.string()))
    return source


def _codes(book: RuleBook, layout: DatasetLayout | None) -> list[str]:
    if layout is None:
        return list(book.items)
    if layout.code != book.dataset:
        raise ConfigurationError("RULES-004", dataset=book.dataset, other=layout.code)
    ours = {code for code, rule in book.items.items() if not rule.layouts or layout.version in rule.layouts}
    missing = [f"{item.code} {item.name}" for item in layout.items if item.code not in ours]
    if missing:
        raise ConfigurationError("RULES-002", dataset=book.dataset, version=layout.version, items="、".join(missing))
    surplus = sorted(ours - set(layout.item_codes))
    if surplus:
        raise ConfigurationError("RULES-003", dataset=book.dataset, version=layout.version, items="、".join(surplus))
    return list(layout.item_codes)


def _first_true(column: str, conditions: tuple[Condition, ...], as_of: date) -> Output:
    """The id of the first condition that holds."""
    rules = tuple((condition.id, written(condition.when, as_of)) for condition in conditions)
    if not rules:
        return Output(column, "CAST(NULL AS VARCHAR)", ())
    cases = " ".join(f"WHEN {sql} THEN '{rule}'" for rule, sql in rules)
    calls = frozenset(call for condition in conditions for call in calls_of(condition.when))
    return Output(column, f"CASE {cases} END", rules, calls)


def _text(column: str, sql: str | None, as_of: date) -> Output:
    return _typed(column, sql, "VARCHAR", as_of)


def _typed(column: str, sql: str | None, kind: str, as_of: date) -> Output:
    if sql is None:
        return Output(column, f"CAST(NULL AS {kind})", ())
    plain = written(sql, as_of)
    cast = f"CAST({plain} AS {kind})"
    return Output(column, cast, ((column, cast),), frozenset(calls_of(sql)), column_of(plain))
