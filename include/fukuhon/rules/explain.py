"""One record, rule by rule: what each rule read, and what it said.

The values are a person's. They are for the eyes of the operator who looks into this one record, and for nothing else:
no log, no report, no JSON. Whoever calls this shows them on a terminal and keeps nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from fukuhon.errors import DataError
from fukuhon.rules.allowed import DAY, columns_of, parse
from fukuhon.rules.binding import connect
from fukuhon.rules.plan import outputs, with_calls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fukuhon.layouts import DatasetLayout
    from fukuhon.rules.book import RuleBook

__all__ = ["Step", "explain"]


@dataclass(frozen=True, slots=True)
class Step:
    """One rule on one record. ``part``: scope, withhold, keys, variation, publication or items.

    ``read`` are the columns that it reads with their values; ``result`` is TRUE, FALSE or None of a condition, the
    value in wire form of the others. ``applied``: whether it decided (of conditions the first that is TRUE).
    """

    part: str
    rule: str
    name: str
    wording: str
    sql: str
    read: tuple[tuple[str, object], ...] = field(repr=False)
    result: object = field(repr=False)
    applied: bool = True


def explain(book: RuleBook, layout: DatasetLayout, as_of: date, record: pa.RecordBatch) -> list[Step]:
    """Each rule that touches the one row of ``record`` (of an extract with the book's columns), in order.

    Raises DataError RULES-005 where a rule cannot be computed for this record, and as :func:`outputs`.
    """
    made = outputs(book, layout, as_of)
    texts = {(output.column, rule): sql for output in made for rule, sql in output.rules}
    table = with_calls(pa.Table.from_batches([record.slice(0, 1)]), made)
    row = record.slice(0, 1).to_pylist()[0]
    connection = connect(1)
    try:
        connection.register("batch", table)
        return list(_steps(book, layout, (connection, texts), row | {DAY: as_of}))
    finally:
        connection.close()


def _steps(
    book: RuleBook,
    layout: DatasetLayout,
    engine: tuple[duckdb.DuckDBPyConnection, dict[tuple[str, str], str]],
    row: dict[str, object],
) -> Iterator[Step]:
    connection, texts = engine
    names, decided = {item.code: item.name for item in layout.items}, set[str]()
    reasons = book.reasons()
    for place, rule, sql in book.expressions():
        part = str(place[0])
        text = texts.get((part if part in {"scope", "withhold"} else rule, rule))
        if text is None:
            continue  # a rule for another version of the layout
        result = _value(connection, book, rule, text)
        applied = part not in {"scope", "withhold"} or (result is True and part not in decided)
        if applied:
            decided.add(part)
        known = reasons.get(rule) if part in {"scope", "withhold"} else book.items.get(rule)
        wording = known.wording if known is not None else ""
        name = reasons[rule].reason if part in {"scope", "withhold"} else names.get(rule, _NAMES.get(rule, rule))
        yield Step(part, rule, name, wording, sql, _read(sql, row), result, applied)


_NAMES = {
    "addressee": "宛名番号",
    "record_key": "記録のキー",
    "record_version": "記録の版",
    "variation": "業務区分",
    "publication_from": "公開開始日",
    "publication_to": "公開終了日",
}


def _read(sql: str, row: dict[str, object]) -> tuple[tuple[str, object], ...]:
    tree = parse(sql)
    return tuple((name, row.get(name)) for name in sorted(columns_of(tree))) if tree is not None else ()


def _value(connection: duckdb.DuckDBPyConnection, book: RuleBook, rule: str, sql: str) -> object:
    try:
        found = connection.sql(f"SELECT {sql} FROM batch").fetchall()  # noqa: S608 - checked expressions
    except duckdb.Error:
        found = None  # what it says quotes the value
    if found is None:
        raise DataError("RULES-005", dataset=book.dataset, rule=rule)
    value: object = found[0][0]
    return value
