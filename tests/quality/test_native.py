"""Masks against Great Expectations' own expectations on the same columns: the proof that one stands for the other."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import great_expectations as gx
import pandas as pd
import pyarrow as pa
import pytest
from great_expectations.core.batch import Batch
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.validator.validator import Validator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fukuhon.layouts import BaseCheck
from fukuhon.quality import Kind, Origin, Rule, Severity
from fukuhon.quality import gx as ours
from fukuhon.quality.base import failure_of
from fukuhon.quality.engine import connect
from fukuhon.quality.masks import Masker
from fukuhon.quality.whole import Whole

gx_expectations = gx.expectations
DAY = date(2017, 5, 8)
# Digits of both widths, a newline at the end (which `$` forgives), marks that combine, outside the basic plane, quotes.
TEXT = st.text(alphabet=st.sampled_from(list("012１AZaア゛\n '\"%_\\-𠮷が")), max_size=6)
COLUMN = st.lists(st.one_of(st.none(), TEXT), min_size=1, max_size=12)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> object:
    """One connection for all examples."""
    return connect(Path(tmp_path_factory.mktemp("spill")))


def base(kind: str, **parameters: object) -> Rule:
    """A rule on I0101 made from a base check of the layout."""
    check = BaseCheck("r", "I0101", kind, "w", parameters)  # type: ignore[arg-type]
    return Rule("r", Kind.ROW, Severity.WARN, Origin.LAYOUT, "w", "g", ("I0101",), failure=failure_of(check))


def mask(connection: object, make: SimpleNamespace, values: list[str | None], rule: Rule) -> list[int]:
    """Positions that fail by our mask."""
    table = make.batch(I0101=pa.array(values, pa.string()))
    chunk = Masker(connection, [rule], None, DAY).judge(table)  # type: ignore[arg-type]
    failing = dict(zip(chunk.row_no.tolist(), chunk.masks["r"].to_pylist(), strict=True))
    return [row - 1 for row, failed in sorted(failing.items()) if failed]


def native(column: pd.Series, expectation: str, **kwargs: object) -> list[int]:
    """Positions that fail by Great Expectations' own expectation."""
    validator = Validator(
        execution_engine=PandasExecutionEngine(),
        data_context=ours._context(),
        batches=[Batch(data=pd.DataFrame({"I0101": column}))],
    )
    made = getattr(gx_expectations, expectation)(column="I0101", **kwargs)
    (outcome,) = validator.graph_validate(
        configurations=[made.configuration], runtime_configuration={"result_format": {"result_format": "COMPLETE"}}
    )
    assert not outcome.exception_info["raised_exception"], outcome.exception_info
    return sorted(outcome.result.get("unexpected_index_list") or [])


@QUICK
@given(values=COLUMN)
def test_not_null(connection: object, make: SimpleNamespace, values: list[str | None]) -> None:
    """Present: expect_column_values_to_not_be_null."""
    rule = make.row("r", "I0101 IS NOT NULL")
    assert mask(connection, make, values, rule) == native(
        pd.Series(values, dtype=object), "ExpectColumnValuesToNotBeNull"
    )


@QUICK
@given(values=COLUMN)
def test_required_is_not_null_with_the_empty_text_as_nothing(
    connection: object, make: SimpleNamespace, values: list[str | None]
) -> None:
    """The layout's ``required``: an empty element is no content either."""
    column = pd.Series([value or None for value in values], dtype=object)
    assert mask(connection, make, values, base("required")) == native(column, "ExpectColumnValuesToNotBeNull")


@QUICK
@given(values=COLUMN, codes=st.lists(TEXT, min_size=1, max_size=4, unique=True))
def test_in_set(connection: object, make: SimpleNamespace, values: list[str | None], codes: list[str]) -> None:
    """A code list: expect_column_values_to_be_in_set."""
    expected = native(pd.Series(values, dtype=object), "ExpectColumnValuesToBeInSet", value_set=codes)
    assert mask(connection, make, values, base("code", values=tuple(codes))) == expected


@QUICK
@given(values=COLUMN, pattern=st.sampled_from(["[0-9]{2}", "[0-9]{1,3}", "0|-?[1-9][0-9]{0,2}", "[ -~]*", "[ァ-ヺ]+"]))
def test_regex(connection: object, make: SimpleNamespace, values: list[str | None], pattern: str) -> None:
    """A form of the whole value: expect_column_values_to_match_regex, closed at both ends."""
    expected = native(pd.Series(values, dtype=object), "ExpectColumnValuesToMatchRegex", regex=rf"\A(?:{pattern})\Z")
    assert mask(connection, make, values, base("pattern", pattern=pattern)) == expected


@QUICK
@given(values=COLUMN, bounds=st.tuples(st.integers(0, 6), st.integers(0, 6)).map(sorted))
def test_length(connection: object, make: SimpleNamespace, values: list[str | None], bounds: list[int]) -> None:
    """Characters, not bytes: expect_column_value_lengths_to_be_between."""
    low, high = bounds
    expected = native(
        pd.Series(values, dtype=object), "ExpectColumnValueLengthsToBeBetween", min_value=low, max_value=high
    )
    assert mask(connection, make, values, base("length", shortest=low, longest=high)) == expected


@QUICK
@given(
    numbers=st.lists(st.one_of(st.none(), st.integers(-(2**62), 2**62), st.integers(-5, 5)), min_size=1, max_size=12),
    bounds=st.tuples(st.integers(-5, 5), st.integers(-5, 5)).map(sorted),
)
def test_between(connection: object, make: SimpleNamespace, numbers: list[int | None], bounds: list[int]) -> None:
    """A range of numbers: expect_column_values_to_be_between; values travel as text, native sees numbers."""
    low, high = bounds
    values = [None if number is None else str(number) for number in numbers]
    expected = native(pd.Series(numbers, dtype="Int64"), "ExpectColumnValuesToBeBetween", min_value=low, max_value=high)
    assert mask(connection, make, values, base("range", minimum=low, maximum=high)) == expected


@QUICK
@given(values=COLUMN, pieces=st.integers(1, 4))
def test_unique(tmp_path: Path, make: SimpleNamespace, values: list[str | None], pieces: int) -> None:
    """A key over the whole, however it is cut: expect_column_values_to_be_unique."""
    rule = make.unique("r", ["record_key"])
    table = make.batch(record_key=pa.array(values, pa.string()))
    size = -(-len(values) // pieces)
    with connect(tmp_path) as fresh:
        whole = Whole(fresh, [rule], None, tmp_path, DAY)
        masker = Masker(fresh, [rule], None, DAY)
        for start in range(0, len(values), size):
            whole.add(masker.judge(table.slice(start, size)).facts)
        whole.close()
        found = [row - 1 for row in whole.failing(rule).tolist()]
    assert found == native(pd.Series(values, dtype=object), "ExpectColumnValuesToBeUnique")


DATES = st.one_of(
    st.dates().map(str),
    st.builds("{:04d}-{:02d}-{:02d}".format, st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32)),
    TEXT,
    st.sampled_from(
        ["infinity", "epoch", "2017-4-1", " 2017-04-01", "2017-04-01 ", "2017-04-01 00:00:00", "10000-01-01"]
    ),
)


def _is_day(value: str) -> bool:
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


@settings(QUICK, max_examples=100)
@given(values=st.lists(DATES, min_size=1, max_size=12))
def test_dates_are_days_of_the_calendar(connection: object, make: SimpleNamespace, values: list[str]) -> None:
    """Great Expectations has no strict native; Python's calendar is the judge."""
    expected = [place for place, value in enumerate(values) if not _is_day(value)]
    assert mask(connection, make, list(values), base("date", unknown=False)) == expected


def test_unknown_parts_of_a_date_are_zeros(connection: object, make: SimpleNamespace) -> None:
    """不詳: a day, then a month, then a year, and only where the layout allows it."""
    values: list[str | None] = [
        "1950-05-00",
        "1950-00-00",
        "0000-00-00",
        "1950-00-05",
        "1950-13-00",
        "1950-02-30",
        None,
    ]
    assert mask(connection, make, values, base("date", unknown=True)) == [3, 4, 5]
    assert mask(connection, make, values, base("date", unknown=False)) == [0, 1, 2, 3, 4, 5]
