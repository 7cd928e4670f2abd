"""The operators: one wait, one order, and what is told when it goes wrong."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred

from fukuhon.calendars import Interval
from fukuhon.clock import TOKYO, FixedClock
from fukuhon.errors import RefusedError, RetriableError
from fukuhon.ledger import Ledger, orders
from fukuhon.windows import Kind, Window
from fukuhon_airflow import duties, operators
from fukuhon_airflow.duties import Nothing
from fukuhon_airflow.operators import CollateOperator, DutyOperator, NewsOperator, SendWindowOperator, WaitOperator
from fukuhon_airflow.triggers import InboxTrigger, OrderTrigger, SiteClockTrigger

START, END = datetime(2017, 4, 12, 9, tzinfo=TOKYO), datetime(2017, 4, 12, 12, tzinfo=TOKYO)
WINDOW = Window.of(Interval(START, END), Kind.INITIAL)


def context(kind: str = "scheduled") -> Any:
    """What a task is given by its run."""
    run = SimpleNamespace(
        run_type=_Kind(kind),
        data_interval_start=START,
        data_interval_end=END,
        run_after=START,
        triggering_user_name="gyomu",
    )
    return {"dag_run": run, "params": {}, "outlet_events": {}, "ti": None}


class _Kind(str):
    """A run's type: text that has a value, like Airflow's."""

    __slots__ = ()

    @property
    def value(self) -> str:
        return str(self)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    """The site's clock, one minute before the window opens."""
    clock = FixedClock(datetime(2017, 4, 12, 8, 59, tzinfo=TOKYO))
    monkeypatch.setattr(operators, "site_clock", lambda _: clock)
    monkeypatch.setattr(operators, "person_name", lambda _, user: {"gyomu": "業務 花子"}.get(user, user))
    return clock


@pytest.fixture
def ledger(clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    """An empty ledger, and one window in the schedule."""
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    monkeypatch.setattr(duties, "open_ledger", lambda _: ledger)
    monkeypatch.setattr(duties, "order_state", lambda _, order_id: orders.wait_state(ledger, order_id))
    monkeypatch.setattr("fukuhon.windows.schedule.upload_windows", lambda _: [WINDOW])
    return ledger


def end(ledger: Ledger, outcome: orders.Outcome) -> None:
    """What the sender writes."""
    with ledger.transaction("sender") as tx:
        (order,) = orders.open_orders(tx)
        orders.end(tx, order.id, outcome)


def test_a_task_waits_for_the_site_s_clock_without_a_slot(clock: FixedClock) -> None:
    """Airflow's own clock has long passed the window."""
    task = WaitOperator(task_id="wait", folder="site", wait_for="start")

    with pytest.raises(TaskDeferred) as deferred:
        task.execute(context())
    assert isinstance(deferred.value.trigger, SiteClockTrigger)
    assert deferred.value.trigger.until == START.isoformat()


def test_it_does_not_wait_for_what_is_past(clock: FixedClock) -> None:
    """A second try defers no more: one deferral a task."""
    clock.instant = START

    assert WaitOperator(task_id="wait", folder="site", wait_for="start").execute(context()) is None


@pytest.mark.parametrize(("kind", "actor"), [("manual", "業務 花子"), ("asset_triggered", "airflow")])
def test_what_no_timetable_has_planned_waits_for_nothing(clock: FixedClock, kind: str, actor: str) -> None:
    """Its interval is of Airflow's year."""
    task = DutyOperator(task_id="do", folder="site", wait_for="end", duty=lambda call: {"by": call.actor})

    assert task.execute(context(kind)) == {"by": actor}


def test_an_error_is_told_in_japanese_with_the_next_step(clock: FixedClock) -> None:
    """And goes on to the retry policy as it is."""

    def refuse(_call: duties.Call) -> dict[str, Any]:
        raise RefusedError("BASE-001", url="http://x", why="試験")

    task = DutyOperator(task_id="do", folder="site", duty=refuse)
    with structlog.testing.capture_logs() as lines, pytest.raises(RefusedError):
        task.execute(context("manual"))

    told = [line["event"] for line in lines if line["log_level"] == "error"]
    assert told[0].startswith("BASE-001 ")
    assert told[1].startswith("次の手順: ")


def test_a_window_is_ordered_once_and_watched(ledger: Ledger) -> None:
    """Run again, after a clear or a failure, it finds the order that exists."""
    for _ in range(2):
        with pytest.raises(TaskDeferred) as deferred:
            SendWindowOperator(task_id="send", folder="site").execute(context())
        assert isinstance(deferred.value.trigger, OrderTrigger)
    with ledger.reading() as reader:
        (order,) = orders.find(reader)
    assert (order.window_id, order.start, order.end, order.kind) == (WINDOW.id, START, END, "initial")


def test_an_ended_order_tells_what_was_sent(ledger: Ledger) -> None:
    """Whether it is found ended, or the trigger said so."""
    task = SendWindowOperator(task_id="send", folder="site")
    with pytest.raises(TaskDeferred) as deferred:
        task.execute(context())
    end(ledger, "nothing_left")
    kwargs = deferred.value.kwargs or {}

    told = {"window": WINDOW.id, "outcome": "nothing_left", "received": 0, "bytes": 0}
    assert task.ended(context(), **kwargs) == told
    assert task.execute(context()) == told


@pytest.mark.parametrize(
    ("outcome", "error"), [("in_doubt", AirflowFailException), ("failed", AirflowFailException), ("stopped", Nothing)]
)
def test_what_is_no_good_end_is_said(ledger: Ledger, outcome: orders.Outcome, error: type[Exception]) -> None:
    """A doubt and a failure want a person; a stop was somebody's wish."""
    task = SendWindowOperator(task_id="send", folder="site")
    with pytest.raises(TaskDeferred):
        task.execute(context())
    end(ledger, outcome)

    with pytest.raises(error):
        task.execute(context())


def test_a_window_is_refused_while_an_older_one_is_open(ledger: Ledger) -> None:
    """The refusal is one that is tried again."""
    other = Interval(datetime(2017, 4, 11, 9, tzinfo=TOKYO), datetime(2017, 4, 11, 12, tzinfo=TOKYO))
    with ledger.transaction("airflow") as tx:
        orders.request(tx, other, "initial-20170411T0900", "initial")
    task = SendWindowOperator(task_id="send", folder="site")

    with pytest.raises(RefusedError) as refused:
        task.execute(context())
    assert task.retry_policy is not None
    assert task.retry_policy.evaluate(refused.value, 1, 12).action.value == "retry"


def test_a_window_that_was_taken_back_is_skipped(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run's interval does not shrink when the schedule is edited; the windows are read again."""
    monkeypatch.setattr("fukuhon.windows.schedule.upload_windows", lambda _: [])

    with pytest.raises(Nothing):
        SendWindowOperator(task_id="send", folder="site").execute(context())


def test_killing_a_task_does_nothing(ledger: Ledger) -> None:
    """The order stays as it is; the sender never hears of it."""
    task = SendWindowOperator(task_id="send", folder="site")
    with pytest.raises(TaskDeferred):
        task.execute(context())
    task.on_kill()

    with ledger.reading() as reader:
        assert len(orders.open_orders(reader)) == 1


@pytest.mark.parametrize(("new", "told"), [(0, []), (2, [("s/registered", 2)])])
def test_an_asset_is_told_of_only_where_there_is_news(clock: FixedClock, new: int, told: list[tuple[str, int]]) -> None:
    """A look that found nothing starts nothing that waits for the asset."""
    task = NewsOperator(
        task_id="do",
        folder="site",
        duty=lambda _: {"new": new},
        asset=Asset("s/registered"),
        is_news=lambda f: f["new"],
    )
    seen: list[tuple[str, int]] = []
    events = SimpleNamespace(add=lambda asset, extra: seen.append((asset.name, extra["new"])))

    assert task.execute(context("manual") | {"outlet_events": {task.alias: events}}) == {"new": new}
    assert seen == told


def _collating(*waiting: int) -> CollateOperator:
    """A plan of which, look after look, so many requests wait for people."""
    left = iter(waiting)

    def duty(_call: duties.Call) -> dict[str, Any]:
        return {"counts": {"waiting": next(left)}, "facts": {"plan_sha256": "abc"}}

    return CollateOperator(task_id="do", folder="site", duty=duty)


def test_collation_waits_for_people_without_a_slot_and_goes_on(clock: FixedClock) -> None:
    """One deferral; what is missing all the same is tried again, and never asked for twice (the library sees to it)."""
    task = _collating(3, 0)
    with pytest.raises(TaskDeferred) as deferred:
        task.execute(context("manual"))
    assert isinstance(deferred.value.trigger, InboxTrigger)
    assert (deferred.value.trigger.plan, deferred.value.method_name) == ("abc", "brought")
    assert task.brought(context("manual"))["counts"]["waiting"] == 0
    with pytest.raises(RetriableError, match="RECONCILIATION-013"):
        _collating(1).brought(context("manual"))


def test_collation_over_the_line_waits_for_nobody(clock: FixedClock) -> None:
    """It is done in one go."""
    assert _collating(0).execute(context("manual"))["counts"]["waiting"] == 0
