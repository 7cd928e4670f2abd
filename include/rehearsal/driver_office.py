"""Who does the work of the days: Airflow with its people, or, in tests without it, hands that call the library."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from fukuhon.clock import tokyo
from fukuhon.errors import RetriableError
from fukuhon.ledger import File, FileState, Ledger, approvals, attempts, files, orders
from fukuhon.sender import cap_as_of
from fukuhon.site import Role
from fukuhon.windows import Window
from rehearsal.driver_airflow import ENDED, Run, scheduled
from rehearsal.terminal_people import send_what_lies_out, work_the_sheet

if TYPE_CHECKING:
    from rehearsal.driver_world import World

__all__ = ["AirflowOffice", "Hands", "Office"]

Facts = dict[str, Any]
_LOOK_S = 0.2
_QUIET_S = 1.5
_SETTLED_S = 60.0
_TASKS = {
    "preflight": ("check",),
    "confirm_results": ("confirm",),
    "pretest_registration": ("prepare",),
    "prepare_initial": ("prepare",),
    "prepare_differential": ("prepare",),
    "reconcile": ("carry_out",),
    "report_progress": ("write",),
    "exceed_daily_cap": ("plan",),
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

    def sent(self, window: Window) -> Mapping[str, int]:
        """What was sent under a window's order."""
        ...

    def in_doubt(self) -> bool:
        """Whether nobody knows if a file has come."""
        ...

    def until_settled(self) -> None:
        """Wait until that is known."""
        ...

    def reconcile(self, at: datetime) -> Facts:
        """See 突合 through, two people deciding."""
        ...

    def exceed(self, notice: str, day: date, records: int) -> None:
        """Have a plan above the daily cap asked for by one person and approved by another."""
        ...

    def records_queued(self) -> int:
        """Records of 差分 and deletions that wait to be sent."""
        ...

    def files_without_window(self, day: date) -> int:
        """Files of 差分 and deletions that have no window on ``day`` or before it."""
        ...

    def daily_cap(self) -> int:
        """Records that a day without a plan takes."""
        ...


class _Base:
    """What both share: the books, and how long each stage took."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ledger: Ledger = world.ledger
        self.site = world.site
        self.seconds: dict[str, float] = {}
        self._quiet_since: float | None = None

    def over(self, window: Window) -> bool:
        """Let the officer send what lies out at the terminal; whether then the window is settled."""
        send_what_lies_out(self.site, self.ledger)
        return self.settled(window)

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
            tried = [each for each in attempts.find(reader) if each.window_id == window.id]
        assert order is not None, "a settled window has its order"
        state = orders.wait_state(self.ledger, order.id)
        cut = sum(each.outcome == "cut" for each in tried)
        by_hand = sum(each.fault == "by_hand" for each in tried)
        return {"received": state.received, "bytes": state.bytes_sent, "cut": cut, "by_hand": by_hand}

    def in_doubt(self) -> bool:
        """Whether nobody knows if a file has come."""
        with self.ledger.reading() as reader:
            return bool(files.find(reader, state=FileState.IN_DOUBT))

    def until_settled(self) -> None:
        """Wait until that is known: the sender looks by itself."""
        until = time.monotonic() + _SETTLED_S
        while self.in_doubt():
            assert time.monotonic() < until, "a doubt does not settle"
            time.sleep(_LOOK_S)

    def records_queued(self) -> int:
        """Records of 差分 and deletions that wait to be sent."""
        return sum(file.records for file in self._queued())

    def files_without_window(self, day: date) -> int:
        """Files of 差分 and deletions that have no window on ``day`` or before it."""
        end = tokyo(day + timedelta(days=1))
        return sum(file.window_start is None or file.window_start >= end for file in self._queued())

    def daily_cap(self) -> int:
        """Records that a day without a plan takes."""
        with self.ledger.reading() as reader:
            return cap_as_of(self.world.site, reader, self.world.standin.now().date()).of_a_day or 0

    def _queued(self) -> list[File]:
        with self.ledger.reading() as reader:
            found = files.find(reader, state=(FileState.VALIDATED, FileState.PLANNED))
        return [file for file in found if file.kind in {"differential", "deletion"}]

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
        """Trigger a run as the officer, 初期登録 one for each 特定個人情報, and wait for all."""
        spis = self.world.site.spis if dag == "prepare_initial" else (None,)
        conf = [{"spi": spi.code} if spi else None for spi in spis]
        return _together(
            [self._run(run) for run in [self.airflow.trigger(dag, self.users["officer"], c) for c in conf]]
        )

    def exceed(self, notice: str, day: date, records: int) -> None:
        """The officer asks by starting the dag, the administrator approves in the page."""
        conf = {"notice": notice, "days": day.isoformat(), "records": records}
        run = self.airflow.trigger("exceed_daily_cap", self.users["officer"], conf)
        self.airflow.answer(run, "approve", self.users["administrator"], "承認")
        self._run(run)

    def again(self, day: date) -> Facts:
        """``airflow backfill create``, and wait for the run."""
        run = scheduled("prepare_differential", tokyo(day) + timedelta(days=1))
        self.airflow.backfill(run.dag, day)
        self.airflow.until(lambda: self.airflow.state(run) != "failed", f"backfill {day}", 60.0)
        return self._run(run)

    def send(self, window: Window) -> Mapping[str, int]:
        """Wait for the run's order and for the sender."""
        began = time.monotonic()
        self.airflow.until(lambda: self.over(window), f"送信枠 {window.id}", 180.0)
        self.seconds["sending"] = self.seconds.get("sending", 0.0) + time.monotonic() - began
        return self.sent(window)

    def reconcile(self, at: datetime) -> Facts:
        """One person asks, another approves; what the sheet says they do at the terminal."""
        run = scheduled("reconcile", at)
        self.airflow.answer(run, "ask", self.users["collation_requester"], "依頼する")
        self.airflow.answer(run, "approve", self.users["collation_manager"], "承認")
        self.airflow.wait_task(run, "carry_out", "deferred", *ENDED)
        brought = work_the_sheet(self.world.site)
        return self._run(run) | {"by_hand": brought}

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
        from fukuhon.reports.cut_off import progress_of_the_day  # noqa: PLC0415 - the same
        from fukuhon.vigilance import preflight  # noqa: PLC0415 - the same

        with open_desk(self.world.plan.site, "hands") as desk:
            if dag == "preflight":
                return self.count(preflight.check(desk).as_json())
            if dag == "confirm_results":
                return self.count(results.confirm(desk).as_json())
            if dag == "report_progress":
                return progress_of_the_day(desk).as_json()
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
                made = [pretest.prepare(desk, as_of=as_of)]
            else:
                made = [initial.prepare(desk, spi=spi.code, as_of=as_of) for spi in desk.site.spis]
            planned = self.count(planning.plan(desk).as_json())
            return planned | _together([self.count(each.as_json()) for each in made])

    def exceed(self, notice: str, day: date, records: int) -> None:
        """Ask as one person, approve as another, plan again."""
        from fukuhon.registration import exceeding, planning  # noqa: PLC0415 - they take their time to load
        from fukuhon.registration.desk import open_desk  # noqa: PLC0415 - the same

        with open_desk(self.world.plan.site, "業務 花子") as desk:
            asked: Facts = dict(exceeding.ask(desk, notice, [day], records).facts)
            with self.ledger.transaction("管理 一郎") as tx:
                approvals.approve(tx, asked["approval"])
            planning.plan(desk)

    def again(self, day: date) -> Facts:
        """Do it, late."""
        return self.due("prepare_differential", tokyo(day) + timedelta(days=1))

    def send(self, window: Window) -> Mapping[str, int]:
        """Order the window once the one before has ended, and wait for the sender."""
        self._wait(self._before_has_ended, window)
        with self.ledger.transaction("hands") as tx:
            orders.request(tx, window.interval, window.id, window.kind.value, window.channel)
        self._wait(self.over, window)
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

    def reconcile(self, at: datetime) -> Facts:  # noqa: ARG002 - it is now
        """Plan as one person, approve as another, carry out, with what the sheet says done at the terminal."""
        from fukuhon.reconciliation import desk_work  # noqa: PLC0415 - it takes its time to load
        from fukuhon.registration.desk import open_desk  # noqa: PLC0415 - the same

        with open_desk(self.world.plan.site, "突合 次郎") as desk:
            planned: Facts = dict(desk_work.plan(desk).facts)
            with self.ledger.transaction("責任 三子") as tx:
                approvals.approve(tx, planned["approval"])
            desk_work.carry_out(desk, planned["plan_sha256"])
            brought = work_the_sheet(desk.site)
            return self.count(desk_work.carry_out(desk, planned["plan_sha256"]).as_json()) | {"by_hand": brought}


def _together(facts: list[Facts]) -> Facts:
    """Several runs of one kind told as one: their counts added up."""
    counts: dict[str, int] = {}
    for each in facts:
        for name, count in (each.get("counts") or {}).items():
            counts[name] = counts.get(name, 0) + count
    return {**facts[-1], "counts": counts} if facts else {}
