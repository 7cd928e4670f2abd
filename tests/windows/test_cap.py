from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.clock import tokyo
from fukuhon.windows import DailyCap, Initial, Upload, daily_cap, initial_total

DAY = date(2017, 6, 1)
MORNING = tokyo(DAY, 9)
KINDS = st.sampled_from(["registration", "differential", "deletion", "correction", "resend", "pretest", "initial"])
UPLOADS = st.lists(
    st.builds(
        Upload, st.sampled_from([MORNING, tokyo(DAY, 23, 59), tokyo(date(2017, 6, 2))]), KINDS, st.integers(0, 99)
    )
)


@given(st.integers(0, 10_000), UPLOADS, st.integers(0, 200))
def test_day_never_exceeds_the_cap(total: int, counted: list[Upload], records: int) -> None:
    """If an upload is allowed, what counts on its day is at most 5% of the total, floor."""
    upload = Upload(tokyo(DAY, 12), "registration", records)
    decision = daily_cap(total, counted, upload)
    spent = DailyCap(total, counted).spent(DAY)
    assert decision.cap == total * 5 // 100
    assert decision.allowed == (spent + records <= decision.cap) or records == 0
    assert decision.remaining == max(decision.cap - spent, 0) - (records if decision.allowed else 0)


@given(UPLOADS)
def test_pretest_and_initial_use_nothing_of_it(counted: list[Upload]) -> None:
    """Only 差分, deletions, corrections and re-sends count."""
    cap = DailyCap(10_000, counted)
    others = [upload for upload in counted if upload.kind not in {"pretest", "initial"}]
    assert cap.remaining(DAY) == DailyCap(10_000, others).remaining(DAY)


@pytest.mark.parametrize("total", [None, 0])
def test_pretest_is_never_refused_by_the_cap(total: int | None) -> None:
    """It comes before 初期登録, when there is no total yet."""
    assert daily_cap(total, [], Upload(MORNING, "pretest", 5)).allowed


def test_day_is_that_of_tokyo() -> None:
    """15:00 UTC is the next day's midnight in Tokyo."""
    late = Upload(datetime(2017, 6, 1, 15, 0, tzinfo=UTC), "registration", 50)
    assert DailyCap(1_000, [late]).remaining(DAY) == 50
    assert DailyCap(1_000, [late]).remaining(date(2017, 6, 2)) == 0


@pytest.mark.parametrize(("percent", "cap"), [(5, 50), (Decimal("2.5"), 25), (0.1, 1), (100, 1_000)])
def test_percentage_is_a_setting_and_exact(percent: float | Decimal, cap: int) -> None:
    """0.1% of 1000 is 1, not 0.999…"""
    assert DailyCap(1_000, percent=percent).of_a_day == cap


def test_total_is_frozen_once_all_is_complete() -> None:
    """What is registered later does not raise the cap."""
    assert initial_total({"TM1": Initial(900, complete=True)}, frozen=1_000) == 1_000


def test_total_until_then_is_what_is_complete() -> None:
    """A 特定個人情報 that is not complete counts nothing; while none is, there is no cap and no 差分."""
    some = {"TM1": Initial(900, complete=True), "TM2": Initial(500, complete=False)}
    assert initial_total(some) == 900
    assert initial_total({"TM2": Initial(500, complete=False)}) is None
    assert initial_total({}) is None


@given(
    st.integers(0, 10_000),
    st.dictionaries(st.sampled_from([DAY, date(2017, 6, 2)]), st.integers(1, 900)),
    UPLOADS,
    st.integers(0, 900),
)
def test_a_plan_holds_on_its_days_and_up_to_its_count(
    total: int, coordinated: dict[date, int], counted: list[Upload], records: int
) -> None:
    """What is allowed never passes the greater of 5% and what was coordinated for that very day (seed 2.1.1)."""
    cap = DailyCap(total, counted, coordinated=coordinated)
    most = max(total * 5 // 100, coordinated.get(DAY, 0))
    decision = cap.decide(Upload(tokyo(DAY, 12), "differential", records))
    assert decision.cap == most
    assert decision.allowed == (records <= max(most - cap.spent(DAY), 0))
    other = date(2017, 6, 5)
    assert cap.on(other) == DailyCap(total).on(other) == total * 5 // 100


def test_a_plan_is_no_way_around_initial_registration() -> None:
    """差分 needs what it is a difference to, whatever was coordinated."""
    decision = DailyCap(None, coordinated={DAY: 900}).decide(Upload(MORNING, "differential", 1))
    assert (decision.cap, decision.allowed) == (None, False)
