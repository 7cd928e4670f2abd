from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.rules.eras import wire_date
from fukuhon.rules.functions import COLUMN_FUNCTIONS, FUNCTIONS, apply, register_functions


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    """A connection that knows the functions."""
    made = duckdb.connect(":memory:")
    register_functions(made)
    return made


def value(connection: duckdb.DuckDBPyConnection, sql: str, *parameters: object) -> object:
    """One value."""
    found: object = connection.execute(f"SELECT {sql}", list(parameters)).fetchall()[0][0]
    return found


@pytest.mark.parametrize(
    ("sql", "result"),
    [
        ("shrink('髙橋')", "高橋"),
        ("shrink(NULL)", None),
        ("in_jisx0213('髙')", False),
        ("wareki_date('平成29年4月1日')", "2017-04-01"),
        ("wareki_date('  ')", None),
        ("wareki_date(NULL)", None),
        ("to_wareki(DATE '2019-05-01')", "令和元年5月1日"),
        ("to_wareki(DATE '1989-01-07')", "昭和64年1月7日"),
        ("to_wareki(DATE '1867-01-01')", None),
        ("era_code(DATE '2019-04-30')", "4"),
        ("era_year(DATE '2019-04-30')", 31),
        ("known_date('2017-04-01')", date(2017, 4, 1)),
        ("known_date('2017-04-00')", None),
        ("known_date('2017-4-1')", None),
        ("first_day('1950-00-00')", date(1950, 1, 1)),
        ("first_day('0000-00-00')", None),
        ("last_possible_day('1950-00-00')", date(1950, 12, 31)),
        ("last_possible_day('2016-02-00')", date(2016, 2, 29)),
        ("last_possible_day('2017-04-01')", date(2017, 4, 1)),
        ("last_possible_day('0000-00-00')", None),
        ("age_on(DATE '2000-04-01', DATE '2018-03-30')", 17),
        ("age_on(DATE '2000-04-01', DATE '2018-03-31')", 18),
        ("age_on(DATE '2000-02-29', DATE '2018-02-27')", 17),
        ("age_on(DATE '2000-02-29', DATE '2018-02-28')", 18),
        ("age_on(DATE '2000-02-29', DATE '2020-02-28')", 20),
        ("age_on(DATE '2000-01-01', DATE '2017-12-31')", 18),
        ("fiscal_year(DATE '2017-03-31')", 2016),
        ("fiscal_year(DATE '2017-04-01')", 2017),
        ("fiscal_year(NULL::DATE)", None),
        ("kana('やまだ')", "ヤマダ"),
        ("to_narrow(to_wide('ｶﾞA'))", "ｶﾞA"),
    ],
)
def test_each_function_at_its_edges(connection: duckdb.DuckDBPyConnection, sql: str, result: object) -> None:
    """What is unknown stays NULL."""
    assert value(connection, sql) == result


@given(day=st.dates(date(1868, 1, 25), date(2099, 12, 31)))
def test_what_is_written_in_wareki_is_read_back(connection: duckdb.DuckDBPyConnection, day: date) -> None:
    """SQL writes, Python reads: the two tables of eras are one."""
    assert wire_date(str(value(connection, "to_wareki(CAST(? AS DATE))", day))) == day.isoformat()


@given(birth=st.dates(date(1900, 1, 1), date(2020, 1, 1)), years=st.integers(0, 110))
def test_an_age_is_reached_on_the_eve_of_the_birthday(
    connection: duckdb.DuckDBPyConnection, birth: date, years: int
) -> None:
    """年齢計算ニ関スル法律 and 民法143条.

    With the end of the day before; at the end of February where there is no 29th.
    """
    try:
        birthday = birth.replace(year=birth.year + years)
    except ValueError:
        birthday = date(birth.year + years, 3, 1)
    eve = birthday - timedelta(days=1)
    assert value(connection, "age_on(CAST(? AS DATE), CAST(? AS DATE))", birth, eve) == years
    assert value(connection, "age_on(CAST(? AS DATE), CAST(? AS DATE))", birth, eve - timedelta(days=1)) == years - 1


@pytest.mark.parametrize("name", sorted(COLUMN_FUNCTIONS))
def test_a_column_at_once_is_the_same_as_value_by_value(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Rules may call a function either way; distinct values are looked at once."""
    values = pa.array(["髙橋", None, "", "ｶﾞ", "髙橋", "4290401", "平成元年1月7日", "あ", "\ue000"])
    connection.register("t", pa.table({"i": range(len(values)), "a": values}))
    by_duckdb = connection.sql(f"SELECT {name}(a) FROM t ORDER BY i").fetchall()
    assert apply(name, values).to_pylist() == [row[0] for row in by_duckdb]


def test_all_functions_are_documented() -> None:
    """docs/rules.md is what rule writers read."""
    text = (Path(__file__).parents[2] / "docs/rules.md").read_text(encoding="utf-8")
    assert [name for name in sorted(FUNCTIONS) if f"`{name}(" not in text] == []
