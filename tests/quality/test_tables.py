from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from fukuhon.quality import ClassCount, Verdict

Judge = Callable[..., Verdict]
CLASSES = {"1": "課税", "2": "非課税"}


def counts(taxed: int, free: int, rule: str = "t") -> list[ClassCount]:
    """The last accepted run's counts."""
    return [ClassCount(rule, "課税", taxed, taxed + free), ClassCount(rule, "非課税", free, taxed + free)]


def column(taxed: int, free: int, other: int = 0) -> list[str]:
    """Values of the class."""
    return ["1"] * taxed + ["2"] * free + ["9"] * other


def test_a_distribution_that_moved_stops(make: SimpleNamespace, judged: Judge) -> None:
    """The incident of the shared bug: half of the taxed have become free."""
    rule = make.table("t", "I0102", CLASSES, change=(0.9, 1.1))
    verdict = judged(make.batch(I0102=column(30, 70)), rule, class_counts=counts(60, 40))
    assert verdict.stops == ("t",)
    assert [(c.now.label, c.failed) for c in verdict.outcomes[0].classes] == [("課税", True), ("非課税", True)]
    assert judged(make.batch(I0102=column(58, 42)), rule, class_counts=counts(60, 40)).passed


def test_the_range_includes_its_ends(make: SimpleNamespace, judged: Judge) -> None:
    """Ten per cent more is still allowed, one record more is not."""
    rule = make.table("t", "I0102", {"1": "課税"}, measure="count", change=(0.9, 1.1))
    before = [ClassCount("t", "課税", 100, 100)]
    assert judged(make.batch(I0102=column(110, 0)), rule, class_counts=before).passed
    assert not judged(make.batch(I0102=column(111, 0)), rule, class_counts=before).passed
    assert judged(make.batch(I0102=column(90, 0)), rule, class_counts=before).passed
    assert not judged(make.batch(I0102=column(89, 0)), rule, class_counts=before).passed


def test_slack_forgives_a_few_records(make: SimpleNamespace, judged: Judge) -> None:
    """A class of three may become five."""
    rule = make.table("t", "I0102", CLASSES, measure="count", change=(0.9, 1.1), slack=2)
    assert judged(make.batch(I0102=column(50, 5)), rule, class_counts=counts(50, 3)).passed
    assert not judged(make.batch(I0102=column(50, 6)), rule, class_counts=counts(50, 3)).passed


def test_a_class_that_vanished_is_seen(make: SimpleNamespace, judged: Judge) -> None:
    """The incident of the setting left out: a variation that was there is not there any more."""
    rule = make.table("v", "variation", {}, measure="count", change=(0.9, 1.1))
    before = [ClassCount("v", "住民", 2, 3), ClassCount("v", "住登外", 1, 3)]
    verdict = judged(make.batch(I0102=["1", "1"], variation=["住民", "住民"]), rule, class_counts=before)
    assert [(c.now.label, c.now.count, c.failed) for c in verdict.outcomes[0].classes] == [
        ("住民", 2, False),
        ("住登外", 0, True),
    ]


def test_a_class_that_is_new_is_seen(make: SimpleNamespace, judged: Judge) -> None:
    """What is not listed is counted together, without its value."""
    rule = make.table("t", "I0102", CLASSES, measure="count", change=(0.9, 1.1))
    verdict = judged(make.batch(I0102=column(60, 40, 5)), rule, class_counts=counts(60, 40))
    assert verdict.outcomes[0].classes[-1].now == ClassCount("t", "その他", 5, 105)
    assert not verdict.passed


@pytest.mark.parametrize(("free", "passed"), [(40, True), (51, False)])
def test_fixed_limits_need_no_earlier_run(make: SimpleNamespace, judged: Judge, free: int, passed: bool) -> None:  # noqa: FBT001
    """A share that must lie within stated limits whatever came before."""
    rule = make.table("t", "I0102", CLASSES, limits=(("非課税", (0.2, 0.5)),))
    verdict = judged(make.batch(I0102=column(100 - free, free)), rule)
    assert verdict.passed is passed
    assert verdict.outcomes[0].compared


def test_a_first_run_compares_nothing_and_leaves_its_counts(make: SimpleNamespace, judged: Judge) -> None:
    """The counts of this run are what the next one is compared with."""
    rule = make.table("t", "I0102", CLASSES, change=(0.9, 1.1))
    verdict = judged(make.batch(I0102=column(60, 40)), rule)
    assert verdict.passed
    assert verdict.outcomes[0].compared is False
    assert list(verdict.class_counts) == counts(60, 40)
    assert judged(make.batch(I0102=column(60, 40)), rule, class_counts=verdict.class_counts).passed


def test_a_table_rule_holds_no_record_back(make: SimpleNamespace, judged: Judge) -> None:
    """It is about the whole; nobody is to blame alone."""
    rule = make.table("t", "I0102", CLASSES, severity="warn", change=(0.9, 1.1))
    verdict = judged(make.batch(I0102=column(30, 70)), rule, class_counts=counts(60, 40))
    assert verdict.passed
    assert verdict.quarantined == {}
    assert verdict.outcomes[0].failed == 2
