"""The operators: wait for the site's clock, do one duty, send one window.

A task defers at most once, and not at all when there is nothing to wait for. To run it again is always harmless: what
is done is found done in the ledger. ``on_kill`` does nothing, because no task holds the wire.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from airflow.sdk import Asset, AssetAlias, BaseOperator

from fukuhon_airflow.duties import Call, Facts, order_ended, order_window, outcome_of
from fukuhon_airflow.library import person_name, site_clock
from fukuhon_airflow.retries import RETRIES, retry_delay, retry_policy
from fukuhon_airflow.triggers import InboxTrigger, OrderTrigger, SiteClockTrigger

if TYPE_CHECKING:
    from airflow.sdk import Context

__all__ = [
    "CollateOperator",
    "DutyOperator",
    "NewsOperator",
    "SendWindowOperator",
    "SiteOperator",
    "WaitOperator",
    "Work",
    "call_of",
]

_PLANNED = frozenset({"scheduled", "backfill"})
"""Kinds of run whose interval a timetable has planned, on the site's own calendar."""

Work = Callable[[Call], Facts]


class SiteOperator(BaseOperator):
    """A task of one site: its retries, its errors in words, its one wait for the site's clock.

    ``wait_for``: the end of the run's interval or its start. What a person or an asset has started waits for nothing:
    its interval is of Airflow's year, not of the site's.
    """

    refused_waits: ClassVar[bool] = False

    def __init__(self, *, folder: str, wait_for: Literal["start", "end"] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("retries", RETRIES)
        kwargs.setdefault("retry_delay", retry_delay())
        kwargs.setdefault("retry_policy", retry_policy(refused_waits=self.refused_waits))
        super().__init__(**kwargs)
        self.folder = folder
        self.wait_for = wait_for

    def execute(self, context: Context) -> Any:
        """Wait where there is something to wait for, then do it."""
        until = self._until(context)
        if until is not None and self._clock_before(until):
            self.defer(trigger=SiteClockTrigger(self.folder, until.isoformat()), method_name="reached")
        return self.reached(context)

    def reached(self, context: Context, event: Facts | None = None) -> Any:  # noqa: ARG002 - Airflow hands it over
        """Go on once it is time."""
        with self._told():
            return self.work(context)

    def work(self, context: Context) -> Any:
        """What the task is for."""
        raise NotImplementedError

    def on_kill(self) -> None:
        """Nothing: killing a task stops no upload, and what it prepared is found again."""

    def _until(self, context: Context) -> datetime | None:
        run = context["dag_run"]
        if self.wait_for is None or run.run_type not in _PLANNED:
            return None
        return run.data_interval_start if self.wait_for == "start" else run.data_interval_end

    def _clock_before(self, until: datetime) -> bool:
        with self._told():
            return site_clock(self.folder).now() < until

    def _told(self) -> _Told:
        return _Told(self)


class _Told:
    """Writes an error of ours into the task's log in Japanese, with the next step, and lets it go on."""

    def __init__(self, task: SiteOperator) -> None:
        self._task = task

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        from fukuhon.errors import FukuhonError  # noqa: PLC0415 - dag files stay light

        if isinstance(error, FukuhonError):
            self._task.log.error("%s %s", error.code, error.message)
            self._task.log.error("次の手順: %s", error.next_step)


class WaitOperator(SiteOperator):
    """Only waits, outside every pool."""

    def work(self, context: Context) -> None:
        """Nothing more."""


class DutyOperator(SiteOperator):
    """Does one duty by calling the library once; its facts go into XCom and into the events of its outlets.

    ``needs``: ids of earlier tasks whose facts the duty asks for.
    """

    def __init__(self, *, duty: Work, needs: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.duty = duty
        self.needs = tuple(needs)

    def work(self, context: Context) -> Facts:
        """Call the library."""
        facts = self.duty(call_of(self.folder, context, self.needs))
        self.tell(context, facts)
        return facts

    def tell(self, context: Context, facts: Facts) -> None:
        """Give the facts to the events of the outlets."""
        for outlet in self.outlets:
            context["outlet_events"][outlet].extra = facts


class NewsOperator(DutyOperator):
    """A duty whose asset is told of only where there is news: ``is_news`` says so from the facts.

    An outlet would write its event after every success; an alias writes what was added to it.
    """

    def __init__(self, *, asset: Asset, is_news: Callable[[Facts], bool], **kwargs: Any) -> None:
        self.alias = AssetAlias(f"{asset.name}/news")
        super().__init__(**kwargs, outlets=[self.alias])
        self.asset = asset
        self.is_news = is_news

    def tell(self, context: Context, facts: Facts) -> None:
        """Add the asset's event, or none."""
        if self.is_news(facts):
            context["outlet_events"][self.alias].add(self.asset, extra=facts)


class CollateOperator(DutyOperator):
    """Carries a plan of 突合 out; where people at the terminal have files to bring, it waits for them, deferred.

    Cleared or tried again, it asks for nothing twice: it looks what has come, and goes on.
    """

    def work(self, context: Context) -> Facts:
        """Carry out as far as it goes."""
        facts = self.duty(call_of(self.folder, context, self.needs))
        if facts["counts"]["waiting"]:
            self.log.info("接続端末での出力を待っています：%d 件", facts["counts"]["waiting"])
            trigger = InboxTrigger(self.folder, facts["facts"]["plan_sha256"])
            self.defer(trigger=trigger, method_name="brought")
        self.tell(context, facts)
        return facts

    def brought(self, context: Context, event: Facts | None = None) -> Facts:  # noqa: ARG002 - as above
        """Take what was brought. Raises RetriableError RECONCILIATION-013 where something is missing again."""
        with self._told():
            facts = self.duty(call_of(self.folder, context, self.needs))
            if facts["counts"]["waiting"]:
                from fukuhon.errors import RetriableError  # noqa: PLC0415 - dag files stay light

                raise RetriableError("RECONCILIATION-013", count=facts["counts"]["waiting"])
        self.tell(context, facts)
        return facts


class SendWindowOperator(SiteOperator):
    """Sees one window through: writes its order into the ledger, then waits, deferred, until the order has ended.

    The order is unique by window. Run again, it finds the order and watches it; the sender alone sends. A window is
    refused while an older one is open or in doubt, and asked for again later.
    """

    refused_waits = True

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("retries", 12)
        super().__init__(**kwargs)

    def work(self, context: Context) -> Facts:
        """Order, and wait for the end."""
        order_id = order_window(call_of(self.folder, context))
        if not order_ended(self.folder, order_id):
            self.defer(trigger=OrderTrigger(self.folder, order_id), method_name="ended", kwargs={"order_id": order_id})
        return self.ended(context, order_id)

    def ended(self, context: Context, order_id: int, event: Facts | None = None) -> Facts:  # noqa: ARG002 - as above
        """Say how the order ended."""
        with self._told():
            return outcome_of(self.folder, order_id)


def call_of(folder: str, context: Context, needs: Iterable[str] = ()) -> Call:
    """What a duty is told, from a task's context."""
    run = context["dag_run"]
    user = run.triggering_user_name if run.run_type == "manual" else None
    pulled = {task: context["ti"].xcom_pull(task_ids=task) for task in needs}
    return Call(
        folder=folder,
        kind=run.run_type.value,
        start=run.data_interval_start or run.run_after,
        end=run.data_interval_end or run.run_after,
        actor=person_name(folder, user) if user else "airflow",
        params=dict(context.get("params") or {}),
        earlier={task: facts for task, facts in pulled.items() if facts is not None},
    )
