"""SQL of rules: the registration rules' allow-list, and two helpers that read text.

What was checked is what runs: `written` gives back the text of the tree that `problem_of` has looked at. What is told
of a text is remembered, for a rule is asked again and again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from sqlglot import exp

from fukuhon.rules.allowed import DAY, parse, problems_of
from fukuhon.rules.allowed import columns_of as columns_of_tree

if TYPE_CHECKING:
    from datetime import date

    from fukuhon.quality.model import Rule

__all__ = [
    "NUMBER",
    "columns_of",
    "dated",
    "fails",
    "literal",
    "narrow_columns",
    "number_casts",
    "problem_of",
    "quoted",
    "read",
    "read_by",
    "with_numbers",
    "written",
]

NUMBER = "/number"
"""Ends the name of a column that is handed over as numbers beside the text of the same name."""

_TEXTS = 8192  # more than the rules of a site

# Text as a number or a date; NULL where it is none. They stand for a cast, and are one before anything is checked.
HELPERS = {"number_of": exp.DType.BIGINT, "date_of": exp.DType.DATE}


def read(sql: str) -> exp.Expr:
    """The tree of one expression, helpers put in. Raises ValueError where it is none."""
    tree = parse(sql)
    if tree is None:
        raise ValueError("not one expression")
    return tree.transform(_cast)


def _cast(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Anonymous) and node.name.lower() in HELPERS and len(node.expressions) == 1:
        inside = node.expressions[0].transform(_cast)
        return exp.TryCast(this=inside, to=exp.DataType.build(HELPERS[node.name.lower()]))
    return node


@lru_cache(maxsize=_TEXTS)
def problem_of(sql: str) -> str | None:
    """What is wrong with an expression, in Japanese; None where nothing is. Columns are not looked at."""
    try:
        tree = read(sql)
    except ValueError:
        return "一つのSQLの式として読めません"
    return next(iter(problems_of(tree.sql(dialect="duckdb"), columns_of_tree(tree))), None)


@lru_cache(maxsize=_TEXTS)
def written(sql: str) -> str:
    """The expression as DuckDB runs it. Raises ValueError where it is none."""
    return read(sql).sql(dialect="duckdb")


@lru_cache(maxsize=_TEXTS)
def columns_of(sql: str) -> frozenset[str]:
    """The columns that an expression reads; the day of the data (``as_of``) is none. Raises ValueError."""
    return frozenset(columns_of_tree(read(sql))) - {DAY}


def fails(condition: str, when: str | None, *, passes: bool) -> str:
    """SQL that is TRUE where a record fails and never NULL: a ``pass`` must be true, a ``fail`` must not be."""
    failure = f"(({written(condition)}) IS {'NOT ' if passes else ''}TRUE)"
    return failure if when is None else f"((({written(when)}) IS TRUE) AND {failure})"


def dated(relation: str, as_of: date) -> str:
    """``relation`` with the day of the data as one more column, which is how rules see it."""
    return f"(SELECT *, DATE '{as_of.isoformat()}' AS {DAY} FROM {relation})"  # noqa: S608  # our own names


def narrow_columns(rule: Rule) -> tuple[str, ...]:
    """Columns of the record that a ``unique`` or ``baseline`` rule needs when all records are there."""
    read_late = columns_of(rule.failure) if rule.failure else frozenset[str]()
    names = dict.fromkeys((*rule.key, *rule.owner, *rule.join, *sorted(read_late)))
    return tuple(name for name in names if not name.startswith("base_"))


@lru_cache(maxsize=_TEXTS)
def read_by(sql: str) -> frozenset[str]:
    """The columns that an expression reads, as it is written; the day of the data is none."""
    tree = parse(sql)
    assert tree is not None, "an expression of ours, or one that was checked"
    return frozenset(columns_of_tree(tree)) - {DAY}


@lru_cache(maxsize=_TEXTS)
def number_casts(sql: str) -> frozenset[str]:
    """The columns of which an expression makes numbers of 64 bits (``number_of``) as they are."""
    tree = parse(sql)
    assert tree is not None, "an expression of ours, or one that was checked"
    return frozenset(name for node in tree.find_all(exp.TryCast) if (name := _cast_column(node)) is not None)


def with_numbers(sql: str, columns: frozenset[str]) -> str:
    """The expression reading ``columns`` as numbers (:data:`NUMBER`) where it would make numbers of them."""
    if not number_casts(sql) & columns:
        return sql

    def replaced(node: exp.Expr) -> exp.Expr:
        name = _cast_column(node)
        return exp.column(exp.to_identifier(name + NUMBER, quoted=True)) if name in columns else node

    tree = parse(sql)
    assert tree is not None
    return tree.transform(replaced).sql(dialect="duckdb")


def _cast_column(node: exp.Expr) -> str | None:
    """The column of a ``TRY_CAST(column AS BIGINT)``; None of anything else."""
    if isinstance(node, exp.TryCast) and node.to.this is exp.DType.BIGINT and isinstance(node.this, exp.Column):
        return str(node.this.name)
    return None


def quoted(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """``text`` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"
