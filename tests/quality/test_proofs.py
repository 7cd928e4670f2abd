"""A proof by a look at a whole column never says more than the expression that defines the check."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fukuhon.layouts import BaseCheck
from fukuhon.quality import Kind, Origin, Rule, Severity, Verdict
from fukuhon.quality.base import failure_of
from fukuhon.quality.engine import connect
from fukuhon.quality.proofs import Look, holds, holds_for_each

Judge = Callable[..., Verdict]
# Mostly what passes, so that proofs are found; and what lies just beside it.
TEXT = st.one_of(
    st.integers(-1200, 1200).map(str),
    st.from_regex(r"\A[0-9]{1,4}\Z"),
    st.sampled_from(["1", "2", "9", "0"]),
    st.text(alphabet=st.sampled_from(list("0129-./:Aa ~１ア髙\n")), max_size=4),
)
ALIKE = st.sampled_from(
    [
        st.integers(0, 999).map(str), st.integers(-99, 99).map(str), st.sampled_from(["1", "2"]), st.just("0012"), TEXT,
        st.dates().map(str),
        st.sampled_from(["2017-02-28", "2017-02-29", "2016-02-29", "2017-00-00", "2017-04-00", "0000-01-01", "2017-4-1",
                         "0001-01-01", "9999-12-31", "2017-04-31", "2017/04/01", "20170401", "2017-04-1 ", "+017-04-01",
                         "2017-04-01T", "２017-04-01"]),
        st.text(alphabet=st.sampled_from(list("髙高𠮷ア゛カ゚ｱか～〜\x7f\ue000\ufffd\U000e0100 a")), max_size=4),
    ]
)  # fmt: skip
COLUMN = ALIKE.flatmap(lambda values: st.lists(st.one_of(st.none(), values, values, values), max_size=9))
CHECKS = (
    ("required", {}),
    *(("pattern", {"pattern": form}) for form in ("[0-9]{4}", "[0-9]{1,3}", "0|[1-9][0-9]{0,2}", "0|-?[1-9][0-9]{0,2}",
                                                  "0|[1-9]", "[ -~]*", "[ァ-ヺ]*")),
    *(("code", {"values": values}) for values in (("1", "2"), ("1", "12"), ("髙", "1"))),
    *(("length", {"shortest": low, "longest": high}) for low, high in ((0, 3), (1, 4), (2, 4))),
    *(("characters", {"set": name, "pattern": pattern}) for name, pattern in (("ascii", "[ -~]*"), ("jisx0213", None),
                                                                              ("kana", "[ァ-ヺ・ー　]*"))),
    *(("date", {"unknown": unknown}) for unknown in (False, True)),
    *(("range", {"minimum": low, "maximum": high}) for low, high in ((0, None), (None, 99), (-5, 500))),
)  # fmt: skip


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """One connection for all examples."""
    return connect(Path(tmp_path_factory.mktemp("spill")))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=COLUMN, check=st.sampled_from(CHECKS), empty=st.booleans(), cut=st.integers(0, 3))
def test_what_is_proved_does_not_fail(
    connection: duckdb.DuckDBPyConnection,
    values: list[str | None],
    check: tuple[str, dict[str, object]],
    cut: int,
    *,
    empty: bool,
) -> None:
    """Whatever the values, and where in its memory the column begins."""
    made = BaseCheck("c", "I0101", check[0], "w", check[1], empty_passes=empty)  # type: ignore[arg-type]
    column = pa.array(values, pa.string()).slice(cut)
    if len(column) and (holds(made, Look(column)) or holds_for_each(made, Look(column))):
        connection.register("batch", pa.table({"I0101": column}))
        query = f"SELECT count(*) FILTER (WHERE {failure_of(made)}) FROM batch"  # our own expression
        assert connection.sql(query).fetchall() == [(0,)]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=COLUMN, cut=st.integers(0, 3))
def test_numbers_that_are_proved_are_those_of_the_cast(
    connection: duckdb.DuckDBPyConnection, values: list[str | None], cut: int
) -> None:
    """Rules that reckon see the same number whether it is cast by the rule or once for all."""
    column = pa.array(values, pa.string()).slice(cut)
    if len(column) and Look(column).int64:
        connection.register("batch", pa.table({"t": column}))
        cast = connection.sql("SELECT TRY_CAST(t AS BIGINT) FROM batch").fetchall()
        assert column.cast(pa.int64()).to_pylist() == [number for (number,) in cast]


@pytest.mark.parametrize(
    ("kind", "facts", "values"),
    [
        ("required", {}, ["a", "b"]),
        ("pattern", {"pattern": "[0-9]{4}"}, ["0012", None, "2017"]),
        ("pattern", {"pattern": "0|[1-9][0-9]{0,2}"}, ["0", "120", None]),
        ("pattern", {"pattern": "0|-?[1-9][0-9]{0,2}"}, ["0", "-12", "120", None]),
        ("code", {"values": ("1", "3")}, ["3", None, "1"]),
        ("length", {"shortest": 0, "longest": 40}, ["", "髙橋"]),
        ("characters", {"set": "jisx0213", "pattern": None}, ["A&B", None]),
        ("date", {"unknown": False}, ["2016-02-29", None, "0001-01-01", "9999-12-31"]),
        ("range", {"minimum": -5, "maximum": None}, ["-5", None, "12"]),
    ],
)
def test_a_clean_column_is_proved(kind: str, facts: dict[str, object], values: list[str | None]) -> None:
    """Else nothing would be gained, and nobody would notice."""
    assert holds(BaseCheck("c", "I0101", kind, "w", facts), Look(pa.array(values)))  # type: ignore[arg-type]


def test_characters_are_proved_by_reading_them() -> None:
    """The kanji of clean names, without the expression, of which the compiling alone takes milliseconds."""
    check = BaseCheck("c", "I0101", "characters", "w", {"set": "jisx0213", "pattern": None})
    assert holds_for_each(check, Look(pa.array(["見本　花子", None, "𠮟"])))
    assert not holds_for_each(check, Look(pa.array(["見本　花子", "\ufffd"])))


def test_each_code_point_is_read_as_the_expression_reads_it(connection: duckdb.DuckDBPyConnection) -> None:
    """All of the planes that JIS X 0213 lies in, and beyond."""
    check = BaseCheck("c", "I0101", "characters", "w", {"set": "jisx0213", "pattern": None})
    signs = [chr(code) for code in (*range(1, 0x1000), *range(0x1000, 0x110000, 7)) if not 0xD800 <= code < 0xE000]
    connection.register("batch", pa.table({"I0101": signs}))
    fails = connection.sql(f"SELECT {failure_of(check)} FROM batch").fetchall()
    assert [not holds_for_each(check, Look(pa.array([sign]))) for sign in signs] == [failed for (failed,) in fails]


def test_the_rest_of_the_columns_is_judged_value_by_value(make: SimpleNamespace, judged: Judge) -> None:
    """One wrong value among many equal ones: its records fail, and only they."""
    check = BaseCheck("form", "I0101", "pattern", "w", {"pattern": "[0-9]{2}"})
    rule = Rule("form", Kind.ROW, Severity.QUARANTINE, Origin.LAYOUT, "w", "g", ("I0101",), failure_of(check),
                check=check)  # fmt: skip
    table = make.batch(I0101=["12", "1x", None, "12", "1x"], scope=[None, None, None, None, "out"])
    assert make.reasons(judged(table, rule)) == {2: ["form"]}
