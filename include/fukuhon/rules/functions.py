"""The functions of ours that rules may call, for a DuckDB connection.

What is arithmetic is a macro. What needs tables of characters is a function over columns: it looks at each distinct
value of a vector once, and remembers days, of which a city has fewer than it has people.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
from duckdb.func import PythonUDFType

from fukuhon.rules.eras import ERAS, wire_date
from fukuhon.rules.text import jisx0213_pattern, kana, shrink, to_hiragana, to_katakana, to_narrow, to_wide

if TYPE_CHECKING:
    from datetime import date

__all__ = ["COLUMN_FUNCTIONS", "FUNCTIONS", "apply", "register_functions"]

_MOST_REMEMBERED = 200_000


class _Days(dict[str, str]):
    """What was read of a text, remembered; a blank is read as one."""

    def __missing__(self, text: str) -> str:
        if len(self) > _MOST_REMEMBERED:
            self.clear()
        self[text] = read = wire_date(text) or ""
        return read


_DAYS = _Days()

_BY_VALUE: dict[str, Callable[[str], str]] = {
    "to_wide": to_wide,
    "to_narrow": to_narrow,
    "to_katakana": to_katakana,
    "to_hiragana": to_hiragana,
    "kana": kana,
    "shrink": shrink,
    "wareki_date": _DAYS.__getitem__,
}


def apply(name: str, values: pa.Array) -> pa.Array:
    """The function ``name`` over a column, each distinct value once; a wareki_date without a date is null."""
    encoded = values.dictionary_encode()
    changed: list[str | None] = [_BY_VALUE[name](value) for value in encoded.dictionary.to_pylist()]
    if name == "wareki_date":
        changed = [day or None for day in changed]
    return pa.array(changed, pa.string()).take(encoded.indices)


def _for_duckdb(name: str) -> Callable[[pa.ChunkedArray], pa.Array]:
    """The same for a vector of DuckDB, which takes no null back: a blank stays one."""

    def over(values: pa.ChunkedArray) -> pa.Array:
        whole = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], pa.string())
        return apply(name, whole).fill_null("")

    return over


def _by_era(value: Callable[[int], str], fallback: str = "NULL") -> str:
    """A CASE over the eras, latest first, of the DATE ``d``; ``value`` makes the expression of the era's number."""
    rows = (f"WHEN d >= {_date(era.first)} THEN {value(number)}" for number, era in reversed(list(enumerate(ERAS))))
    return f"CASE {' '.join(rows)} ELSE {fallback} END"


def _date(day: date) -> str:
    return f"DATE '{day.isoformat()}'"


def _year_in(number: int) -> str:
    return f"year(d) - {ERAS[number].first.year - 1}"


def _to_wareki(number: int) -> str:
    year = f"CASE WHEN year(d) = {ERAS[number].first.year} THEN '元' ELSE CAST({_year_in(number)} AS VARCHAR) END"
    return f"concat('{ERAS[number].name}', {year}, '年', month(d), '月', day(d), '日')"


_KNOWN = "regexp_full_match(t, '[0-9]{4}-[0-9]{2}-[0-9]{2}') AND left(t, 4) <> '0000'"
_MACROS = {
    "in_jisx0213(t)": "regexp_matches(t, '{pattern}')",
    "shrink(t)": "CASE WHEN in_jisx0213(t) THEN t ELSE _shrink(t) END",
    "wareki_date(t)": "nullif(_wareki_date(t), '')",
    "to_wareki(d)": _by_era(_to_wareki),
    "era_code(d)": _by_era(lambda number: f"'{ERAS[number].code}'"),
    "era_year(d)": _by_era(_year_in),
    "known_date(t)": f"CASE WHEN {_KNOWN} THEN TRY_CAST(t AS DATE) END",
    "first_day(t)": f"CASE WHEN {_KNOWN} THEN TRY_CAST(replace(t, '-00', '-01') AS DATE) END",
    "last_possible_day(t)": f"""CASE WHEN {_KNOWN} THEN CASE
        WHEN ends_with(t, '-00-00') THEN TRY_CAST(concat(left(t, 4), '-12-31') AS DATE)
        WHEN ends_with(t, '-00') THEN last_day(TRY_CAST(concat(left(t, 8), '01') AS DATE))
        ELSE TRY_CAST(t AS DATE) END END""",
    "age_on(b, d)": """year(d + INTERVAL 1 DAY) - year(b) - CASE
        WHEN month(d + INTERVAL 1 DAY) * 100 + day(d + INTERVAL 1 DAY) < month(b) * 100 + day(b) THEN 1 ELSE 0 END""",
    "fiscal_year(d)": "year(d) - CASE WHEN month(d) < 4 THEN 1 ELSE 0 END",
}

COLUMN_FUNCTIONS = frozenset(_BY_VALUE)
FUNCTIONS = frozenset(head.partition("(")[0] for head in _MACROS) | COLUMN_FUNCTIONS


def register_functions(connection: duckdb.DuckDBPyConnection) -> None:
    """Make all functions of ours known to a connection."""
    macros = {head.partition("(")[0] for head in _MACROS}
    for name in _BY_VALUE:
        known_as = f"_{name}" if name in macros else name
        connection.create_function(known_as, _for_duckdb(name), ["VARCHAR"], "VARCHAR", type=PythonUDFType.ARROW)
    for head, body in _MACROS.items():
        connection.execute(f"CREATE MACRO {head} AS {body.replace('{pattern}', jisx0213_pattern())}")
