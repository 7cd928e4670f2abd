"""No value of a person in anything that a judgement produces: planted marks are looked for everywhere."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from fukuhon.errors import DataError
from fukuhon.quality import Verdict
from fukuhon.reports import (
    DatasetFacts,
    QualityFacts,
    RunFacts,
    evidence_of,
    quality_report,
    rules_of,
)

Judge = Callable[..., Verdict]
MARKS = ("918273645000001", "秘匿太郎", "ZX-SECRET-KEY", "87654321987")


@pytest.fixture
def dirty(make: SimpleNamespace) -> SimpleNamespace:
    """Records full of marks, and rules of every kind that they fail."""
    table = make.batch(
        addressee=[MARKS[0], MARKS[0], "000000000000003"],
        record_key=[MARKS[2], MARKS[2], "2016"],
        I0101=[MARKS[1], MARKS[1], "1"],
        I0102=[MARKS[3], MARKS[3], "2"],
        src_kana=[MARKS[1], MARKS[1], "ア"],
    )
    rules = (
        make.row("row", "length(I0101) = 1"),
        make.row("number", "number_of(I0102) < 10 AND src_kana <> I0101"),
        make.unique("unique", ["addressee", "record_key"]),
        make.baseline("baseline", ["record_key"], "base_addressee = addressee"),
        make.table("table", "I0101", {"1": "一"}, limits=(("一", (0.9, 1.0)),)),
    )
    accepted = table.select(["addressee", "record_key"])
    return SimpleNamespace(table=table, rules=rules, accepted=accepted)


def said(error: BaseException | None) -> Iterator[str]:
    """Everything an error could show, its causes and contexts included."""
    while error is not None:
        yield "".join(traceback.format_exception(error))
        yield repr(error)
        yield str(vars(error))
        error = error.__cause__ or error.__context__


def clean(text: str) -> bool:
    """Whether no mark stands in a text."""
    return not any(mark in text for mark in MARKS)


def test_no_value_leaves_a_judgement(
    dirty: SimpleNamespace, judged: Judge, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Verdict, results, quarantine, logs, output, reports: searched whole."""
    with caplog.at_level(logging.DEBUG):
        verdict = judged(dirty.table, *dirty.rules, accepted=dirty.accepted)
    assert all(not outcome.success for outcome in verdict.outcomes), "every rule must have met the marks"
    assert clean(repr(verdict) + json.dumps(verdict.gx) + repr(verdict.counts) + repr(verdict.outcomes))
    assert clean(caplog.text)
    assert clean("".join(capfd.readouterr()))
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(mark.encode() in content for mark in MARKS), path.name


@pytest.mark.parametrize("outside", [False, True])
def test_no_value_reaches_the_report(dirty: SimpleNamespace, judged: Judge, run_facts: RunFacts, outside: bool) -> None:  # noqa: FBT001
    """Facts are made of the verdict: the page has nothing else to show."""
    verdict = judged(dirty.table, *dirty.rules, accepted=dirty.accepted)
    counts = {
        "read": 3,
        "out_of_scope": 0,
        "in_scope": 3,
        "unchanged": 0,
        "to_register": 1,
        "quarantined": 2,
        "withheld": 0,
    }
    dataset = DatasetFacts(verdict.dataset, "課税", {"特別徴収": counts})
    facts = QualityFacts(run_facts, (dataset,), rules_of(verdict), (evidence_of(verdict),))
    assert clean(quality_report(facts, outside=outside))


@pytest.mark.parametrize(
    "condition", ["CAST(I0101 AS BIGINT) > 0", "CAST(I0101 AS DATE) > as_of", "CAST(I0102 AS TINYINT) > 0"]
)
def test_an_error_of_a_rule_names_the_rule_and_nothing_of_the_record(
    make: SimpleNamespace, judged: Judge, dirty: SimpleNamespace, condition: str, caplog: pytest.LogCaptureFixture
) -> None:
    """DuckDB quotes the value that it could not cast; that must not come through, not even as a cause."""
    rules = (make.row("fine", "I0101 IS NOT NULL"), make.row("guilty", condition))
    with pytest.raises(DataError) as caught:
        judged(dirty.table, *rules)
    assert caught.value.code == "QUALITY-005"
    assert caught.value.facts == {"rule": "guilty"}
    assert all(clean(text) for text in said(caught.value))
    assert clean(caplog.text)


def test_an_error_of_a_baseline_rule_names_the_rule(
    make: SimpleNamespace, judged: Judge, dirty: SimpleNamespace
) -> None:
    """The same where the earlier records are joined."""
    rule = make.baseline("guilty", ["record_key"], "CAST(base_addressee AS TINYINT) > 0")
    with pytest.raises(DataError) as caught:
        judged(dirty.table, rule, accepted=dirty.accepted)
    assert caught.value.facts == {"rule": "guilty"}
    assert all(clean(text) for text in said(caught.value))
