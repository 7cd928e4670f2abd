from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fukuhon.errors import RefusedError
from fukuhon.reconciliation import KeyRule, bound_of, key_hash, make_plan, read_plan, spans
from fukuhon.reconciliation.planning import Asked, Question, _quotas
from fukuhon.records import Holdings

KEY = bytes(range(32))
DATASET = "TK00000200000001"


@pytest.fixture
def question(city: Any, at: Any) -> Question:
    """Nine hundred people of two years, processed in one night."""
    city.accept(dict.fromkeys(range(1, 601), "a"), at("2017-04-12 22:05:00"), record_key="2016")
    city.accept(dict.fromkeys(range(1, 301), "a"), at("2017-04-12 22:08:00"), record_key="2017")
    with Holdings(city.accepted, at=at("2017-04-13 08:00")) as holdings:
        state = holdings.state()
    rules = {DATASET: KeyRule("TM00000000000002", unique_over_body=False)}
    return Question(state, spans(city.accepted), rules, budget=20, seed="992011-20170413", key=KEY)


def unique(question: Question) -> Question:
    """The same with keys that are unique over the body."""
    rules = {DATASET: KeyRule("TM00000000000002", unique_over_body=True)}
    numbers = [f"N{number:09d}" for number in range(len(question.state))]
    place = question.state.column_names.index("record_key")
    return replace(question, rules=rules, state=question.state.set_column(place, "record_key", [numbers]))


def test_a_plan_keeps_its_budget(question: Any) -> None:
    """Twenty requests, no two the same, none without key and minute."""
    plan = make_plan(unique(question))
    assert len(plan.requests) == 20 == plan.budget
    assert len({(one.key, one.minute) for one in plan.requests}) == 20
    assert all(one.minute.second == 0 and one.dataset == DATASET for one in plan.requests)
    assert sum(stratum.requests for stratum in plan.strata) == 20


def test_every_variation_has_its_share(question: Any) -> None:
    """One request for each at least, the rest by size."""
    plan = make_plan(unique(question))
    shares = {stratum.variation: stratum.requests for stratum in plan.strata}
    assert shares["特別徴収"] == pytest.approx(20 / 3, abs=1)
    assert Counter(one.variation for one in plan.requests) == shares
    few = make_plan(replace(unique(question), budget=2))
    assert {one.variation for one in few.requests} == {"普通徴収", "特別徴収"}
    assert len(make_plan(replace(unique(question), budget=1)).requests) == 1


def test_a_body_wide_key_is_one_record(question: Any) -> None:
    """So twenty requests look at twenty records, and say as much."""
    plan = make_plan(unique(question))
    assert all(one.expected == 1 for one in plan.requests)
    assert plan.bound == plan.bound_by_request == bound_of(20, 0, 900)


def test_a_persons_key_selects_everybody_of_its_minute(question: Any) -> None:
    """Key and minute: expected are all who have the key in that minute, of whatever variation."""
    plan = make_plan(question)
    held = Counter((one.key, one.minute) for one in plan.requests)
    assert max(held.values()) == 1
    assert {one.key for one in plan.requests} == {"2016", "2017"}
    assert sum(one.expected for one in plan.requests) == 900, "few cells: all of them fit into the budget"
    assert plan.bound == bound_of(900, 0, 900)
    assert plan.bound_by_request > plan.bound


def test_the_same_state_and_seed_give_the_same_plan(question: Any) -> None:
    """Whatever order the state comes in; another day draws others."""
    first = make_plan(unique(question))
    shuffled = replace(unique(question), state=unique(question).state.sort_by([("addressee", "descending")]))
    assert make_plan(shuffled).sha256 == first.sha256
    assert make_plan(replace(unique(question), seed="992011-20170414")).sha256 != first.sha256


def test_what_was_asked_is_not_asked_again(question: Any) -> None:
    """The next day's plan takes other keys or minutes, until there are none left."""
    asked: set[Asked] = set()
    cells = len(make_plan(question).requests)
    for _ in range((cells + 1) // 2):
        plan = make_plan(replace(question, budget=2, asked=frozenset(asked)))
        more = {(one.dataset, one.key_hash, one.minute) for one in plan.requests}
        assert more
        assert not more & asked
        asked |= more
    while len(asked) < cells:
        plan = make_plan(replace(question, budget=2, asked=frozenset(asked)))
        asked |= {(one.dataset, one.key_hash, one.minute) for one in plan.requests}
    with pytest.raises(RefusedError, match="RECONCILIATION-001"):
        make_plan(replace(question, asked=frozenset(asked)))


def test_nothing_held_nothing_asked(question: Any) -> None:
    """Before the first result there is nothing to compare."""
    with pytest.raises(RefusedError, match="RECONCILIATION-001"):
        make_plan(replace(question, state=question.state.slice(0, 0)))


def test_other_datasets_are_not_asked_for(question: Any) -> None:
    """Only those with a rule."""
    other = {"TK00000200000002": KeyRule("TM00000000000002", unique_over_body=True)}
    with pytest.raises(RefusedError, match="RECONCILIATION-001"):
        make_plan(replace(question, rules=other))


def test_an_approval_is_bound_to_every_request(question: Any) -> None:
    """The sha256 changes with any part of the plan; what was written is read back."""
    plan = make_plan(question)
    assert read_plan(plan.to_bytes()) == plan
    for changed in (replace(plan, requests=plan.requests[1:]), replace(plan, budget=21)):
        assert changed.sha256 != plan.sha256
    swapped = (replace(plan.requests[0], key="2015"), *plan.requests[1:])
    assert replace(plan, requests=swapped).sha256 != plan.sha256


@pytest.mark.parametrize("content", [b"", b"{}", b'{"requests": [{"key": "1"}]}', b"\xff"])
def test_what_is_no_plan_is_refused(content: Any) -> None:
    """Approved or not."""
    with pytest.raises(RefusedError, match="RECONCILIATION-002"):
        read_plan(content)


def test_keys_are_not_shown(question: Any) -> None:
    """A notice number is a person's: it stands in the plan's file, elsewhere as a keyed hash."""
    plan = make_plan(unique(question))
    assert plan.requests[0].key not in repr(plan)
    assert plan.requests[0].key_hash == key_hash(KEY, DATASET, plan.requests[0].key)
    assert key_hash(bytes(32), DATASET, "1") != key_hash(KEY, DATASET, "1") != key_hash(KEY, "TK", "1")


def test_a_version_is_asked_for_by_its_integer_part(question: Any) -> None:
    """SC_DBM_0701 takes no decimals."""
    place = question.state.column_names.index("record_version")
    versioned = question.state.set_column(place, "record_version", [["2.10"] * len(question.state)])
    assert {one.version for one in make_plan(replace(question, state=versioned)).requests} == {"2"}
    assert {one.version for one in make_plan(question).requests} == {None}


@settings(deadline=None, max_examples=30)
@given(sizes=st.lists(st.integers(1, 500), min_size=1, max_size=8), budget=st.integers(1, 40))
def test_quotas_spend_the_budget(sizes: Any, budget: Any) -> None:
    """No more than the budget, and something for every stratum as far as it goes."""
    held = {("TK", f"V{number}"): size for number, size in enumerate(sizes)}
    question = Question(pa.table({}), [], {}, budget, "seed", KEY)
    quotas = _quotas(held, question)
    assert sum(quotas.values()) == budget
    assert sum(quota > 0 for quota in quotas.values()) >= min(budget, len(sizes))
