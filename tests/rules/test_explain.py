"""One record is explained rule by rule, and no value of it is in what is printed by accident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from fukuhon.errors import DataError
from fukuhon.layouts import DatasetLayout
from fukuhon.rules import RuleBook
from fukuhon.rules.binding import source_schema
from fukuhon.rules.explain import explain

ROW = {
    "row_no": 4,
    "no": "000000000000017",
    "key": "0001",
    "amount": 100,
    "parts": 2,
    "day": date(2015, 4, 1),
    "remark": "髙",
    "dv": "1",
}


def record(book: RuleBook, **changes: object) -> pa.RecordBatch:
    """One row of an extract."""
    return pa.RecordBatch.from_pylist([ROW | changes], source_schema(book))


def test_each_rule_says_what_it_read_and_what_came_of_it(book_file: Callable[..., Path], layout: DatasetLayout) -> None:
    """Conditions with the one that decided, then keys, days and items in wire form."""
    book = RuleBook.load(book_file())
    steps = {step.rule: step for step in explain(book, layout, date(2017, 4, 10), record(book))}
    assert [step.part for step in steps.values()] == [
        *["scope"] * 2, "withhold", *["keys"] * 2, "variation", "publication", *["items"] * 4
    ]  # fmt: skip
    assert (steps["SC-OLD"].result, steps["SC-OLD"].applied) == (True, True)
    assert (steps["SC-LATER"].result, steps["SC-LATER"].applied) == (False, False)
    assert dict(steps["SC-LATER"].read) == {"as_of": date(2017, 4, 10), "day": date(2015, 4, 1)}
    assert (steps["I0003"].result, steps["I0003"].wording) == ("高", "摘要")
    assert steps["I0004"].result == "50"
    assert not any(value in repr(steps) for value in ("000000000000017", "髙", "高"))


def test_a_rule_that_cannot_be_computed_is_named_without_the_value(
    book_file: Callable[..., Path], layout: DatasetLayout
) -> None:
    """The rule's id, and nothing that DuckDB says."""
    book = RuleBook.load(book_file(("amount // parts", "CAST(remark AS INTEGER) + amount")))
    with pytest.raises(DataError, match="RULES-005") as raised:
        explain(book, layout, date(2017, 4, 10), record(book))
    assert "髙" not in str(raised.value)
