from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from types import SimpleNamespace

import pyarrow as pa
import pytest
from great_expectations.expectations import registry

from fukuhon.errors import FatalError
from fukuhon.quality import Verdict
from fukuhon.quality import gx as ours

Judge = Callable[..., Verdict]


def test_declared_loaded_and_run_are_the_same(make: SimpleNamespace, judged: Judge) -> None:
    """The evidence of a judgement: nothing was left out."""
    rules = [make.row(f"r{number}", "I0101 IS NOT NULL") for number in range(5)]
    evidence = judged(make.batch(I0101=["1"]), *rules, make.unique("u", ["record_key"])).evidence
    assert (evidence.declared, evidence.loaded, evidence.run) == (6, 6, 6)
    assert evidence.complete


def test_an_expectation_whose_class_is_unknown_is_not_dropped_in_silence(
    make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Great Expectations logs and goes on; we stop and name the rule."""
    monkeypatch.delitem(registry._registered_expectations, "expect_unique_rule_to_hold")
    with pytest.raises(FatalError) as caught:
        ours.GxSuite([make.row("r", "I0101 IS NOT NULL"), make.unique("u", ["record_key"])])
    assert caught.value.code == "QUALITY-010"
    assert caught.value.facts["missing"] == "u"


def test_a_rule_that_falls_out_of_the_suite_is_noticed(make: SimpleNamespace) -> None:
    """Whatever removes it: a mask that no expectation judged is a failure."""
    suite = ours.GxSuite([make.row("r", "I0101 IS NOT NULL"), make.row("s", "I0101 IS NOT NULL")])
    suite._suite.expectations.pop()
    with pytest.raises(FatalError, match=r"QUALITY-010.*s$"):
        suite.run(pa.table({"r": [False], "s": [False]}))


def test_a_rule_that_meets_no_result_ends_the_judgement(
    make: SimpleNamespace, judged: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same seen from above: nothing is judged with a rule missing."""
    honest = ours.GxSuite.run

    def forgetful(suite: ours.GxSuite, masks: pa.Table) -> dict[str, ours.RuleResult]:
        return {rule: result for rule, result in honest(suite, masks).items() if rule != "s"}

    monkeypatch.setattr(ours.GxSuite, "run", forgetful)
    with pytest.raises(FatalError, match="QUALITY-010"):
        judged(make.batch(I0101=["1"]), make.row("r", "I0101 IS NOT NULL"), make.row("s", "I0101 IS NOT NULL"))


def test_a_metric_that_fails_is_not_a_success(make: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations catches exceptions and returns a result without counts: that is no verdict."""
    suite = ours.GxSuite([make.row("r", "I0101 IS NOT NULL")])
    with pytest.raises(FatalError, match="QUALITY-011"):
        suite.run(pa.table({"r": pa.array(["no mask"])}))


def test_counts_that_disagree_end_the_judgement(
    make: SimpleNamespace, judged: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Masks and verdict must tell the same number."""
    honest = ours.GxSuite.run

    def wrong(suite: ours.GxSuite, masks: pa.Table) -> dict[str, ours.RuleResult]:
        return {name: ours.RuleResult(name, False, found.elements, found.unexpected + 1)
                for name, found in honest(suite, masks).items()}  # fmt: skip

    monkeypatch.setattr(ours.GxSuite, "run", wrong)
    with pytest.raises(FatalError, match="QUALITY-012"):
        judged(make.batch(I0101=["1"]), make.row("r", "I0101 IS NOT NULL"))


def test_it_is_silent(make: SimpleNamespace, judged: Judge, caplog: pytest.LogCaptureFixture,
                      capfd: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    """No log line, no progress bar."""
    with caplog.at_level(logging.DEBUG):
        judged(make.batch(I0101=["1", None]), make.row("r", "I0101 IS NOT NULL"))
    assert [record for record in caplog.records if record.name.startswith("great_expectations")] == []
    assert capfd.readouterr() == ("", "")


def test_batches_of_masks_add_up(make: SimpleNamespace, judged: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long extract is validated in pieces; the verdict is over all of them."""
    monkeypatch.setattr("fukuhon.quality.judging._SEGMENT_ROWS", 2)
    monkeypatch.setattr("fukuhon.quality.engine.CHUNK_ROWS", 2)
    table = make.batch(I0101=["1", None, None, "4", None], record_key=["A", "B", "C", "D", "A"])
    verdict = judged(table, make.row("r", "I0101 IS NOT NULL"), make.unique("u", ["record_key"]))
    assert verdict.evidence.batches == 6
    assert [(outcome.result.elements, outcome.failed) for outcome in verdict.outcomes] == [(5, 3), (5, 2)]
    assert make.reasons(verdict) == {1: ["u"], 2: ["r"], 3: ["r"], 5: ["r", "u"]}


def test_masks_are_let_go_without_a_collection(make: SimpleNamespace) -> None:
    """A validator and its data refer to each other; a city's masks must not wait for the collector."""
    suite = ours.GxSuite([make.row("r", "I0101 IS NOT NULL")])
    suite.run(pa.table({"r": [False]}))
    before = pa.total_allocated_bytes()
    gc.disable()
    try:
        for _ in range(3):
            suite.run(pa.table({"r": pa.repeat(pa.scalar(value=False), 1_000_000)}))
        assert pa.total_allocated_bytes() - before < 100_000
    finally:
        gc.enable()
