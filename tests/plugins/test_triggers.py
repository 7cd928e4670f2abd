"""The triggers: they look in a thread, fire once, and never fail."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from airflow.triggers.base import BaseTrigger, TriggerEvent

from fukuhon.clock import TOKYO, FixedClock
from fukuhon.errors import RetriableError
from fukuhon.ledger import Ledger, approvals
from fukuhon_airflow import library
from fukuhon_airflow.triggers import DecisionTrigger, InboxTrigger, OrderTrigger, SiteClockTrigger

EIGHT, NINE = (datetime(2017, 4, 12, hour, tzinfo=TOKYO) for hour in (8, 9))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often."""
    monkeypatch.setenv("FUKUHON_POLL_SECONDS", "0.001")
    monkeypatch.setenv("FUKUHON_FIRST_SECONDS", "0")


def fired(trigger: BaseTrigger) -> list[TriggerEvent]:
    """What a trigger says, all of it."""

    async def collect() -> list[TriggerEvent]:
        return [event async for event in trigger.run()]

    return asyncio.run(collect())


def test_the_clock_is_looked_at_until_it_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is away is waited for, too."""
    answers = iter([EIGHT, None, EIGHT, NINE])

    def now() -> datetime:
        answer = next(answers)
        if answer is None:
            raise RetriableError("BASE-001", url="x", why="y")
        return answer

    monkeypatch.setattr(library, "site_clock", lambda _: SimpleNamespace(now=now))
    monkeypatch.setattr(library, "_looked", {})

    assert [event.payload for event in fired(SiteClockTrigger("site", NINE.isoformat()))] == [
        {"until": NINE.isoformat()}
    ]


def test_an_order_is_watched_until_it_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Books that are away are waited for."""
    answers = iter([False, None, True])

    def state(_folder: str, _order: int) -> SimpleNamespace:
        ended = next(answers)
        if ended is None:
            raise RetriableError("BASE-001", url="x", why="y")
        return SimpleNamespace(ended=ended)

    monkeypatch.setattr(library, "order_state", state)

    assert [event.payload for event in fired(OrderTrigger("site", 7))] == [{"order": 7}]


def test_a_decision_is_watched_wherever_it_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a page or the command line, approved or rejected; one that can be made no more ends the wait, too."""
    clock = FixedClock(EIGHT)
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    monkeypatch.setattr(library, "open_ledger", lambda _: ledger)
    monkeypatch.setattr(library, "site_now", lambda *_: clock.now())
    new = approvals.NewApproval(kind="collation_plan", subject="p", sha256="0" * 64, valid_until=NINE)
    with ledger.transaction("one") as tx:
        first = approvals.ask(tx, new).id
    with ledger.transaction("two") as tx:
        second = approvals.ask(tx, new).id

    waits = DecisionTrigger("site", second)
    assert not waits._decided()
    with ledger.transaction("three") as tx:
        approvals.reject(tx, first, "不要")
    assert [event.payload for event in fired(DecisionTrigger("site", first))] == [{"approval": first}]
    assert not waits._decided()
    clock.instant = NINE
    assert [event.payload for event in fired(waits)] == [{"approval": second}]


def test_the_inbox_is_looked_into_until_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Books that are away are waited for."""
    answers = iter([False, None, True])

    def brought(_site: object, _reader: object, plan: str) -> bool:
        assert plan == "abc"
        answer = next(answers)
        if answer is None:
            raise RetriableError("BASE-001", url="x", why="y")
        return answer

    monkeypatch.setattr(library, "open_site", lambda _: None)
    monkeypatch.setattr(library, "open_ledger", lambda _: SimpleNamespace(reading=nullcontext))
    monkeypatch.setattr("fukuhon.reconciliation.desk_work.all_brought", brought)

    assert [event.payload for event in fired(InboxTrigger("site", "abc"))] == [{"plan": "abc"}]


@pytest.mark.parametrize(
    "trigger",
    [
        SiteClockTrigger("site", NINE.isoformat()),
        OrderTrigger("site", 7),
        DecisionTrigger("site", 7),
        InboxTrigger("site", "abc"),
    ],
)
def test_the_triggerer_can_make_it_again(trigger: BaseTrigger) -> None:
    """A restart of the triggerer goes on with the same wait."""
    path, arguments = trigger.serialize()

    assert path == f"fukuhon_airflow.triggers.{type(trigger).__name__}"
    assert type(trigger)(**arguments).serialize() == (path, arguments)
