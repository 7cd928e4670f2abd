"""SQL of rules: read by sqlglot, checked against the allow-list, its columns known before it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

if TYPE_CHECKING:
    from datetime import date

    from fukuhon.quality.model import Rule

__all__ = ["columns_of", "dated", "fails", "literal", "narrow_columns", "problem_of", "quoted", "read"]

DAY = "as_of"


def read(sql: str) -> exp.Expr:
    """Parse one SQL expression. Raises sqlglot's ParseError; what may stand in it is the allow-list's matter."""
    return sqlglot.parse_one(sql, dialect="duckdb")


def problem_of(sql: str) -> str | None:
    """What is wrong with an expression, in Japanese; None where nothing is."""
    try:
        tree = read(sql)
    except sqlglot.errors.SqlglotError:
        return "SQLとして読めません"
    if any(isinstance(node, exp.Query | exp.Window | exp.AggFunc | exp.Star) for node in tree.walk()):
        return "使えないSQLです"
    return None


def columns_of(sql: str) -> frozenset[str]:
    """The columns that an expression reads; the day of the data (``as_of``) is none."""
    return frozenset(column.name for column in read(sql).find_all(exp.Column)) - {DAY}


def fails(condition: str, when: str | None, *, passes: bool) -> str:
    """SQL that is TRUE where a record fails and never NULL: a ``pass`` must be true, a ``fail`` must not be."""
    failure = f"(({condition}) IS NOT TRUE)" if passes else f"(({condition}) IS TRUE)"
    return failure if when is None else f"((({when}) IS TRUE) AND {failure})"


def dated(relation: str, as_of: date) -> str:
    """``relation`` with the day of the data as one more column, so that rules run as they were written."""
    return f"(SELECT *, DATE '{as_of.isoformat()}' AS {DAY} FROM {relation})"  # noqa: S608  # our own names


def narrow_columns(rule: Rule) -> tuple[str, ...]:
    """Columns of the record that a ``unique`` or ``baseline`` rule needs when all records are there."""
    read_late = columns_of(rule.failure) if rule.failure else frozenset[str]()
    names = dict.fromkeys((*rule.key, *rule.owner, *rule.join, *sorted(read_late)))
    return tuple(name for name in names if not name.startswith("base_"))


def quoted(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """``text`` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"
