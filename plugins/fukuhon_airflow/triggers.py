"""Waiting without a slot: for an instant on the *site's* clock, an order's end, a decision, files in the inbox.

Airflow lives in the real year, a sample site in the stand-in's. What is asked is asked in a thread, so that one slow
answer holds up no other trigger. A clock or a ledger that is away is waited for: a wait never fails.

A trigger that fires at once makes Airflow trip: the task is running again before the executor has told that its first
leg is over, and the scheduler takes that for a death ("finished with state success, but … is running"). A worker may
see the end of a leg as late as its heartbeat interval (5 s), so each trigger waits longer than that first. A retry
mends it all the same.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

__all__ = [
    "DecisionTrigger",
    "InboxTrigger",
    "OrderTrigger",
    "SiteClockTrigger",
    "first_seconds",
    "poll_seconds",
]


_FIRST_S = 6.0


def first_seconds() -> float:
    """How long a trigger waits before its first look: ``FUKUHON_FIRST_SECONDS``, 6 s where it is not set."""
    return float(os.environ.get("FUKUHON_FIRST_SECONDS", _FIRST_S))


def poll_seconds() -> float:
    """How long a trigger sleeps between two looks: ``FUKUHON_POLL_SECONDS``, 15 s where it is not set."""
    return float(os.environ.get("FUKUHON_POLL_SECONDS", "15"))


class SiteClockTrigger(BaseTrigger):
    """Fires once the site's clock shows ``until`` (ISO text with offset) or later."""

    def __init__(self, folder: str, until: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # Airflow's own
        self.folder = folder
        self.until = until

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Path and arguments for the triggerer."""
        return (f"{__name__}.SiteClockTrigger", {"folder": self.folder, "until": self.until})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look at the clock until it is time."""
        until = datetime.fromisoformat(self.until)
        await asyncio.sleep(first_seconds())
        while not await asyncio.to_thread(self._reached, until):  # noqa: ASYNC110 - another process moves it
            await asyncio.sleep(poll_seconds())
        yield TriggerEvent({"until": self.until})  # type: ignore[no-untyped-call]

    def _reached(self, until: datetime) -> bool:
        from fukuhon.errors import RetriableError  # noqa: PLC0415 - the triggerer loads the library when it is needed
        from fukuhon_airflow.library import site_now  # noqa: PLC0415 - the same

        try:
            return site_now(self.folder, poll_seconds() / 2) >= until
        except RetriableError:
            return False


class OrderTrigger(BaseTrigger):
    """Fires once an order of the site's ledger has ended. Killing it stops nothing: only the sender sends."""

    def __init__(self, folder: str, order_id: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # Airflow's own
        self.folder = folder
        self.order_id = order_id

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Path and arguments for the triggerer."""
        return (f"{__name__}.OrderTrigger", {"folder": self.folder, "order_id": self.order_id})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look at the order until it has ended."""
        await asyncio.sleep(first_seconds())
        while not await asyncio.to_thread(self._ended):  # noqa: ASYNC110 - another process ends it
            await asyncio.sleep(poll_seconds())
        yield TriggerEvent({"order": self.order_id})  # type: ignore[no-untyped-call]

    def _ended(self) -> bool:
        from fukuhon.errors import RetriableError  # noqa: PLC0415 - the triggerer loads the library when it is needed
        from fukuhon_airflow.library import order_state  # noqa: PLC0415 - the same

        try:
            return order_state(self.folder, self.order_id).ended
        except RetriableError:
            return False


class DecisionTrigger(BaseTrigger):
    """Fires once an approval of the site's ledger was decided, wherever that was, or can be decided no more."""

    def __init__(self, folder: str, approval_id: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # Airflow's own
        self.folder = folder
        self.approval_id = approval_id

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Path and arguments for the triggerer."""
        return (f"{__name__}.DecisionTrigger", {"folder": self.folder, "approval_id": self.approval_id})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look at the approval until somebody has decided."""
        await asyncio.sleep(first_seconds())
        while not await asyncio.to_thread(self._decided):  # noqa: ASYNC110 - a person decides it
            await asyncio.sleep(poll_seconds())
        yield TriggerEvent({"approval": self.approval_id})  # type: ignore[no-untyped-call]

    def _decided(self) -> bool:
        from fukuhon.errors import RetriableError  # noqa: PLC0415 - the triggerer loads the library when it is needed
        from fukuhon.ledger import approvals  # noqa: PLC0415 - the same
        from fukuhon_airflow.library import open_ledger, site_now  # noqa: PLC0415 - the same

        try:
            with open_ledger(self.folder).reading() as reader:
                found = approvals.get(reader, self.approval_id)
            return found.state != "asked" or site_now(self.folder, poll_seconds() / 2) >= found.valid_until
        except RetriableError:
            return False


class InboxTrigger(BaseTrigger):
    """Fires once people have brought every file of 突合 that a plan still waits for (``plan``: its sha256)."""

    def __init__(self, folder: str, plan: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # Airflow's own
        self.folder = folder
        self.plan = plan

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Path and arguments for the triggerer."""
        return (f"{__name__}.InboxTrigger", {"folder": self.folder, "plan": self.plan})

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look into the inbox until nothing is missing."""
        await asyncio.sleep(first_seconds())
        while not await asyncio.to_thread(self._arrived):  # noqa: ASYNC110 - people bring them
            await asyncio.sleep(poll_seconds())
        yield TriggerEvent({"plan": self.plan})  # type: ignore[no-untyped-call]

    def _arrived(self) -> bool:
        from fukuhon.errors import RetriableError  # noqa: PLC0415 - the triggerer loads the library when it is needed
        from fukuhon.reconciliation.desk_work import all_brought  # noqa: PLC0415 - the same
        from fukuhon_airflow.library import open_ledger, open_site  # noqa: PLC0415 - the same

        try:
            with open_ledger(self.folder).reading() as reader:
                return all_brought(open_site(self.folder), reader, self.plan)
        except RetriableError:
            return False
