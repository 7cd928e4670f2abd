"""Plans above the daily cap hold by their approval, on their days, up to their count."""

from __future__ import annotations

from datetime import date

import pytest

from fukuhon.clock import FixedClock, tokyo
from fukuhon.errors import RefusedError
from fukuhon.ledger import Ledger, approvals, cap_plans
from fukuhon.ledger.cap_plans import NewCapPlan

FIRST, SECOND = date(2017, 6, 6), date(2017, 6, 7)
UNTIL = tokyo(date(2017, 6, 8))
LEVY = NewCapPlan("通信 第12号", (SECOND, FIRST), 3000)


def test_nothing_holds_before_another_person_has_approved(any_ledger: Ledger) -> None:
    """Asked for is not agreed, and who asked cannot agree."""
    with any_ledger.transaction("業務 花子") as tx:
        plan = cap_plans.ask(tx, LEVY, UNTIL)
        assert plan.days == (FIRST, SECOND)
        assert cap_plans.agreed(tx) == {}
        with pytest.raises(RefusedError) as refused:
            approvals.approve(tx, plan.approval.id)
    assert refused.value.code == "LEDGER-050"
    with any_ledger.transaction("管理 一郎") as tx:
        approvals.approve(tx, plan.approval.id)
        assert cap_plans.agreed(tx) == {FIRST: 3000, SECOND: 3000}


def test_the_same_plan_is_asked_for_once(ledger: Ledger) -> None:
    """The order of its days is no difference; another count is another plan."""
    with ledger.transaction("業務 花子") as tx:
        first = cap_plans.ask(tx, LEVY, UNTIL)
        assert cap_plans.ask(tx, NewCapPlan("通信 第12号", (FIRST, SECOND), 3000), UNTIL) == first
        more = cap_plans.ask(tx, NewCapPlan("通信 第12号", (FIRST,), 3001), UNTIL)
        assert [plan.id for plan in cap_plans.find(tx)] == [first.id, more.id]
    with ledger.transaction("管理 一郎") as tx:
        approvals.approve(tx, first.approval.id)
        approvals.approve(tx, more.approval.id)
        assert cap_plans.agreed(tx) == {FIRST: 3001, SECOND: 3000}


def test_a_rejected_plan_may_be_asked_for_again(ledger: Ledger) -> None:
    """It holds nothing in between; an approved one is not asked for a second time."""
    with ledger.transaction("業務 花子") as tx:
        first = cap_plans.ask(tx, LEVY, UNTIL)
    with ledger.transaction("管理 一郎") as tx:
        approvals.reject(tx, first.approval.id, "通知と日が違う")
        assert cap_plans.agreed(tx) == {}
    with ledger.transaction("業務 花子") as tx:
        again = cap_plans.ask(tx, LEVY, UNTIL)
    assert again.approval.id != first.approval.id
    with ledger.transaction("管理 一郎") as tx:
        approvals.approve(tx, again.approval.id)
    with ledger.transaction("業務 花子") as tx:
        assert cap_plans.ask(tx, LEVY, UNTIL).approval.id == again.approval.id
        assert cap_plans.agreed(tx)[FIRST] == 3000


def test_nobody_decides_after_its_last_day(ledger: Ledger, clock: FixedClock) -> None:
    """A plan whose days have passed is of no use."""
    with ledger.transaction("業務 花子") as tx:
        plan = cap_plans.ask(tx, LEVY, UNTIL)
    clock.instant = UNTIL
    with pytest.raises(RefusedError) as refused, ledger.transaction("管理 一郎") as tx:
        approvals.approve(tx, plan.approval.id)
    assert refused.value.code == "LEDGER-052"
