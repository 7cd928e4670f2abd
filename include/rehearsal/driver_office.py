"""Who does the work of the days: Airflow with its people, or, in tests without it, hands that call the library."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from fukuhon.clock import tokyo
from fukuhon.errors import RefusedError, RetriableError
from fukuhon.ledger import FileState, Ledger, approvals, files, orders
from fukuhon.site import Role
from fukuhon.windows import Window
from rehearsal.driver_airflow import Run, scheduled

if TYPE_CHECKING:
    from rehearsal.driver_world import World

__all__ = ["AirflowOffice", "Hands", "Office"]

Facts = dict[str, Any]
_LOOK_S = 0.2
_QUIET_S = 1.5
_TASKS = {
    "preflight": ("check",),
    "confirm_results": ("confirm",),
    "pretest_registration": ("prepare",),
    "prepare_initial": ("prepare",),
    "prepare_differential": ("prepare",),
    "reconcile": ("carry_out",),
}
"""What tells of a run: its tasks' facts, the later over the earlier."""


class Office(Protocol):
    """What the days need to have done."""

    world: World
    seconds: dict[str, float]

    def due(self, dag: str, at: datetime) -> Facts:
        """See a duty through that is due at ``at``."""
        ...

    def fail(self, dag: str, at: datetime) -> None:
        """See a duty fail that is due at ``at``."""
        ...

    def by_hand(self, dag: str) -> Facts:
        """Start a duty by hand, and see it through."""
        ...

    def again(self, day: date) -> Facts:
        """Prepare the differences of a missed day."""
        ...

    def send(self, window: Window) -> Mapping[str, int]:
        """Wait until the sender has nothing more to send in an open window."""
        ...

    def reconcile(self, at: datetime) -> Facts:
        """See 突合 through, two people deciding."""
        ...


class _Base:
    """What both share: the books, and how long each stage took."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ledger: Ledger = world.ledger
        self.seconds: dict[str, float] = {}
        self._quiet_since: float | None = None

    def settled(self, window: Window) -> bool:
        """Whether the window's order exists and nothing more can be sent under it now."""
        with self.ledger.reading() as reader:
            order = orders.of_window(reader, window.id)
            if order is None:
                return False
            sending = files.find(reader, state=FileState.SENDING)
            queue = orders.queue(reader, order)
        if order.state == "ended":
            return True
        if sending or not order.idle:
            self._quiet_since = None
            return False
        # What the guard has refused stays in the queue; what was planned just now goes within a moment.
        self._quiet_since = self._quiet_since or time.monotonic()
        return not queue or time.monotonic() - self._quiet_since > _QUIET_S

    def sent(self, window: Window) -> Mapping[str, int]:
        """What was sent under the window's order."""
        with self.ledger.reading() as reader:
            order = orders.of_window(reader, window.id)
        assert order is not None, "a settled window has its order"
        state = orders.wait_state(self.ledger, order.id)
        return {"received": state.received, "bytes": state.bytes_sent}

    def count(self, facts: Facts) -> Facts:
        """Add up what a task says of its stages."""
        for stage, seconds in (facts.get("seconds") or {}).items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + float(seconds)
        return facts


class AirflowOffice(_Base):
    """Airflow does the work; people start and answer with their own login."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.airflow = world.airflow
        self.users: dict[Role, str] = {person.role: person.ui_user for person in world.site.people if person.ui_user}

    def due(self, dag: str, at: datetime) -> Facts:
        """Wait for the scheduled run."""
        return self._run(scheduled(dag, at))

    def fail(self, dag: str, at: datetime) -> None:
        """Wait for the scheduled run to fail, its retries included."""
        self.airflow.wait(scheduled(dag, at), expect="failed")

    def by_hand(self, dag: str) -> Facts:
        """Trigger a run as the officer, and wait for it."""
        return self._run(self.airflow.trigger(dag, self.users["officer"]))

    def again(self, day: date) -> Facts:
        """``airflow backfill create``, and wait for the run."""
        run = scheduled("prepare_differential", tokyo(day) + timedelta(days=1))
        self.airflow.backfill(run.dag, day)
        self.airflow.until(lambda: self.airflow.state(run) != "failed", f"backfill {day}", 60.0)
        return self._run(run)

    def send(self, window: Window) -> Mapping[str, int]:
        """Wait for the run's order and for the sender."""
        began = time.monotonic()
        self.airflow.until(lambda: self.settled(window), f"送信枠 {window.id}", 180.0)
        self.seconds["sending"] = self.seconds.get("sending", 0.0) + time.monotonic() - began
        return self.sent(window)

    def reconcile(self, at: datetime) -> Facts:
        """One person asks, another approves."""
        run = scheduled("reconcile", at)
        self.airflow.answer(run, "ask", self.users["collation_requester"], "依頼する")
        self.airflow.answer(run, "approve", self.users["collation_manager"], "承認")
        return self._run(run)

    def _run(self, run: Run) -> Facts:
        self.airflow.wait(run)
        facts: Facts = {}
        for task in _TASKS[run.dag]:
            facts |= self.count(self.airflow.returned(run, task))
        return facts


class Hands(_Base):
    """The library's use cases, called one after the other: the same days without Airflow."""

    def due(self, dag: str, at: datetime) -> Facts:
        """Do it."""
        from fukuhon.registration import differential, planning, results  # noqa: PLC0415 - they take their time to load
        from fukuhon.registration.desk import open_desk  # noqa: PLC0415 - the same
        from fukuhon.vigilance import preflight  # noqa: PLC0415 - the same

        with open_desk(self.world.plan.site, "hands") as desk:
            if dag == "preflight":
                return self.count(preflight.check(desk).as_json())
            if dag == "confirm_results":
                return self.count(results.confirm(desk).as_json())
            facts = differential.prepare(desk, day=(at - timedelta(days=1)).date(), as_of=at).as_json()
            return self.count(planning.plan(desk).as_json()) | self.count(facts)

    def fail(self, dag: str, at: datetime) -> None:
        """Try it; it must fail as something that may be tried again."""
        try:
            self.due(dag, at)
        except RetriableError:
            return
        raise AssertionError(f"{dag} did not fail")

    def by_hand(self, dag: str) -> Facts:
        """Do it."""
        from fukuhon.registration import initial, planning, pretest  # noqa: PLC0415 - they take their time to load
        from fukuhon.registration.desk import open_desk  # noqa: PLC0415 - the same

        with open_desk(self.world.plan.site, "hands") as desk:
            as_of = desk.now().replace(hour=0, minute=0, second=1, microsecond=0)
            if dag == "pretest_registration":
                made = pretest.prepare(desk, as_of=as_of)
            else:
                made = initial.prepare(desk, spi=desk.site.spis[0].code, as_of=as_of)
            return self.count(planning.plan(desk).as_json()) | self.count(made.as_json())

    def again(self, day: date) -> Facts:
        """Do it, late."""
        return self.due("prepare_differential", tokyo(day) + timedelta(days=1))

    def send(self, window: Window) -> Mapping[str, int]:
        """Order the window once the one before has ended, and wait for the sender."""
        self._wait(self._before_has_ended, window)
        with self.ledger.transaction("hands") as tx:
            orders.request(tx, window.interval, window.id, window.kind.value, window.channel)
        self._wait(self.settled, window)
        return self.sent(window)

    def _before_has_ended(self, window: Window) -> bool:
        with self.ledger.reading() as reader:
            return all(order.window_id == window.id for order in orders.open_orders(reader))

    def _wait(self, there: Callable[[Window], bool], window: Window) -> None:
        until = time.monotonic() + 180.0
        while not there(window):
            self.world.supervisor.check()
            assert time.monotonic() < until, f"{window.id} does not settle"
            time.sleep(_LOOK_S)

    def _ordered(self, window: Window) -> bool:
        """Whether the order stands; not while the sender has still to end the one of the window before."""
        try:
            with self.ledger.transaction("hands") as tx:
                orders.request(tx, window.interval, window.id, window.kind.value, window.channel)
        except RefusedError:
            return False
        return True

    def reconcile(self, at: datetime) -> Facts:  # noqa: ARG002 - it is now
        """Plan as one person, approve as another, carry out."""
        from fukuhon.reconciliation import desk_work  # noqa: PLC0415 - it takes its time to load
        from fukuhon.registration.desk import open_desk  # noqa: PLC0415 - the same

        with open_desk(self.world.plan.site, "突合 次郎") as desk:
            planned: Facts = dict(desk_work.plan(desk).facts)
            with self.ledger.transaction("責任 三子") as tx:
                approvals.approve(tx, planned["approval"])
            return self.count(desk_work.carry_out(desk, planned["plan_sha256"]).as_json())
