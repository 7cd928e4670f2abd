from __future__ import annotations

import json
from typing import Any

from fukuhon.reconciliation import Comparison, bound_of, sum_up
from fukuhon.reconciliation.comparing import FINDINGS

HELD = {("TK1", "A"): 1000, ("TK1", "B"): 50, ("TK2", ""): 200}


def comparison(at: Any, dataset: Any, strata: Any, **counts: Any) -> Comparison:
    """One request's outcome."""
    wrong = sum(wrong for _, wrong in strata.values())
    total = sum(records for records, _ in strata.values())
    given = {"differs": wrong, "unexpected": 0, "in_flight": 0, "missing": 0, "elsewhere": 0} | counts
    return Comparison(
        number="0809",
        dataset=dataset,
        key_hash="k",
        minute=at("2017-04-12 22:05"),
        returned=total,
        matches=total - wrong,
        strata=strata,
        findings=FINDINGS.empty_table(),
        **given,
    )


def test_nothing_wrong_states_a_bound(at: Any) -> None:
    """By stratum and for all, of what is held; counted by records and by requests."""
    done = [comparison(at, "TK1", {"A": (30, 0), "B": (10, 0)}), comparison(at, "TK1", {"A": (20, 0)})]
    outcome = sum_up(done, HELD)
    assert (outcome.requests, outcome.records, outcome.matches, outcome.mismatches) == (2, 60, 60, 0)
    assert outcome.bound == bound_of(60, 0, 1250)
    assert outcome.bound_by_request == bound_of(2, 0, 1250)
    bounds = {(one.dataset, one.variation): one.bound for one in outcome.strata}
    assert bounds == {("TK1", "A"): bound_of(50, 0, 1000), ("TK1", "B"): bound_of(10, 0, 50), ("TK2", ""): 10_000}


def test_wrong_records_widen_it(at: Any) -> None:
    """One of sixty."""
    outcome = sum_up([comparison(at, "TK1", {"A": (60, 1)})], HELD)
    assert outcome.mismatches == 1
    assert outcome.bound == bound_of(60, 1, 1250) > bound_of(60, 0, 1250)


def test_empty_minutes_buy_nothing(at: Any) -> None:
    """They are counted, and add nothing to the bound."""
    outcome = sum_up([comparison(at, "TK1", {}), comparison(at, "TK1", {"A": (5, 0)}, missing=2, in_flight=1)], HELD)
    assert (outcome.empty, outcome.missing, outcome.in_flight) == (1, 2, 1)
    assert outcome.bound_by_request == bound_of(1, 0, 1250)
    assert sum_up([], HELD).bound == 10_000


def test_records_nobody_knew_of_are_counted(at: Any) -> None:
    """An unexpected record of a variation that nothing is held of."""
    outcome = sum_up([comparison(at, "TK3", {"": (2, 2)})], HELD)
    assert next(one for one in outcome.strata if one.dataset == "TK3").wrong == 2
    assert json.loads(json.dumps(outcome.as_json()))["mismatches"] == 2
