"""Which SQL a rule may be: expressions over the source's columns and the day of the data.

What is not on the list is refused: files, network, settings, the clock, random numbers, other rows. What was checked
is what runs, for the text that runs is written anew from the tree that was checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache

import sqlglot
from sqlglot import exp

from fukuhon.rules.functions import COLUMN_FUNCTIONS, FUNCTIONS

__all__ = ["DAY", "call_name", "calls_of", "column_of", "columns_of", "parse", "problems_of", "written"]

DAY = "as_of"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LONGEST_CHAIN = 8  # of ||: DuckDB joins a long chain in quadratic time

_NODES = _words("""
    Column Identifier Literal Boolean Null Paren Neg Not And Or Is In Between Like ILike Escape Case If Interval Var
    EQ NEQ GT GTE LT LTE NullSafeEQ NullSafeNEQ Add Sub Mul Div IntDiv Mod DPipe Cast TryCast DataType DataTypeParam
    Coalesce Nullif Concat ConcatWs Substring Left Right Pad Trim Upper Lower Replace Length StrPosition StartsWith
    EndsWith Contains Reverse Repeat Translate RegexpLike RegexpFullMatch RegexpExtract RegexpReplace Abs Round Floor
    Ceil Sign Greatest Least Year Month Day Extract DateDiff DateAdd DateSub DateTrunc TimestampTrunc LastDay
    DateFromParts TimeToStr StrToTime Anonymous
""")
_CALLED_BY_NAME = FUNCTIONS | {"date_part", "date_sub", "try_strptime"}
_TYPES = _words("TEXT VARCHAR CHAR TINYINT SMALLINT INT BIGINT INT128 DECIMAL DOUBLE DATE BOOLEAN")


@lru_cache(maxsize=4096)
def parse(sql: str) -> exp.Expr | None:
    """The tree of one expression, not to be changed; None where it is none."""
    try:
        trees = sqlglot.parse(sql, dialect="duckdb")
    except (sqlglot.errors.SqlglotError, RecursionError):
        return None
    return trees[0] if len(trees) == 1 else None


def problems_of(sql: str, columns: Collection[str]) -> Iterable[str]:
    """What is wrong with an expression, in Japanese; nothing where it is allowed."""
    tree = parse(sql)
    if tree is None:
        yield "一つのSQLの式として読めません"
        return
    for node in tree.walk():
        problem = _problem(node)
        if problem is not None:
            yield problem
            return
    for name in sorted(columns_of(tree) - set(columns) - {DAY}):
        yield f"columns にない列です：{name}"
    if _chain(tree) > _LONGEST_CHAIN:
        yield "|| が長く続いています。concat を使ってください（NULLは無視されます）"


def columns_of(tree: exp.Expr) -> set[str]:
    """The columns that an expression reads, the day of the data (``as_of``) included."""
    return {column.name for column in tree.find_all(exp.Column)}


def column_of(sql: str) -> str | None:
    """The column that the expression is, with nothing done to it; None where it is anything else."""
    tree = parse(sql)
    return tree.name if isinstance(tree, exp.Column) else None


@lru_cache(maxsize=4096)
def calls_of(sql: str) -> frozenset[tuple[str, str]]:
    """Functions over columns (shrink …) that the expression calls with a column as it is: name and column."""
    tree = parse(sql)
    return frozenset(call for node in (tree.walk() if tree is not None else ()) if (call := _call(node)) is not None)


def call_name(function: str, column: str) -> str:
    """The name under which the column of such a call is handed to DuckDB."""
    return f"{function}({column})"


def _call(node: exp.Expr) -> tuple[str, str] | None:
    """Whether a node is such a call."""
    if isinstance(node, exp.Anonymous) and node.name.lower() in COLUMN_FUNCTIONS and len(node.expressions) == 1:
        column = node.expressions[0]
        if isinstance(column, exp.Column) and column.name != DAY:
            return node.name.lower(), column.name
    return None


@lru_cache(maxsize=4096)
def written(sql: str, as_of: date) -> str:
    """An allowed expression as DuckDB runs it: the day of the data in its place, and a column for each of its calls.

    Raises ValueError where it is none.
    """
    tree = parse(sql)
    if tree is None:
        raise ValueError("not one expression")
    day = exp.cast(exp.Literal.string(as_of.isoformat()), exp.DType.DATE)

    def replaced(node: exp.Expr) -> exp.Expr:
        call = _call(node)
        if call is not None:
            return exp.column(exp.to_identifier(call_name(*call), quoted=True))
        return day.copy() if isinstance(node, exp.Column) and node.name == DAY else node

    return tree.transform(replaced).sql(dialect="duckdb")


def _problem(node: exp.Expr) -> str | None:
    kind = type(node).__name__
    if isinstance(node, exp.Anonymous) and node.name.lower() not in _CALLED_BY_NAME:
        return f"使えない関数です：{node.name.lower()}"
    if kind not in _NODES:
        return f"使えない書き方です：{node.sql(dialect='duckdb')[:40]}"
    if isinstance(node, exp.DataType) and node.this.name not in _TYPES:
        return f"使えない型です：{node.sql(dialect='duckdb')[:40]}"
    if isinstance(node, exp.Column) and node.parts[:-1]:
        return f"列は名前だけで書いてください：{node.sql(dialect='duckdb')[:40]}"
    return None


def _chain(tree: exp.Expr) -> int:
    """The longest run of ``||``."""

    def length(node: exp.Expr | None) -> int:
        return length(node.left) + length(node.right) + 1 if isinstance(node, exp.DPipe) else 0

    return max((length(node) for node in tree.find_all(exp.DPipe)), default=0)
