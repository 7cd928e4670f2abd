"""The triggers: they look in a thread, fire once, and never fail."""

from __future__ import annotations

import asyncio
from datetime import datetime
from types import SimpleNamespace

import pytest
from airflow.triggers.base import BaseTrigger, TriggerEvent

from fukuhon.clock import TOKYO
from fukuhon.errors import RetriableError
from fukuhon_airflow import library
from fukuhon_airflow.triggers import OrderTrigger, SiteClockTrigger

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


@pytest.mark.parametrize("trigger", [SiteClockTrigger("site", NINE.isoformat()), OrderTrigger("site", 7)])
def test_the_triggerer_can_make_it_again(trigger: BaseTrigger) -> None:
    """A restart of the triggerer goes on with the same wait."""
    path, arguments = trigger.serialize()

    assert path == f"fukuhon_airflow.triggers.{type(trigger).__name__}"
    assert type(trigger)(**arguments).serialize() == (path, arguments)
