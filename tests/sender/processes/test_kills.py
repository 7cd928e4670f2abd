"""Killed at the worst moment, on either side: what is not known is found out by looking, and nothing goes twice."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from fukuhon.ledger import FileState, attempts, audit, lease, orders, tallies
from fukuhon.ledger.states import ON_THE_WIRE

pytestmark = [pytest.mark.e2e, pytest.mark.deep]


def fence(world: Any) -> int:
    """The fence of the last attempt."""
    with world.ledger.reading() as reader:
        return int(attempts.find(reader)[-1].fence)


def test_killed_during_an_upload(world: Any, until: Callable[..., Any]) -> None:
    """The next sender raises the fence and finds a doubt; when the list has shown nothing, the file goes again."""
    file_id, other = world.plan("a.xml", 3_000_000), world.plan("b.xml")
    order = world.order()
    world.fault("slow", bytes_per_s=300_000)
    first = world.sender()
    until(world.under_way)
    assert world.end(first, signal.SIGKILL) == -signal.SIGKILL
    assert world.state(file_id) is FileState.SENDING
    before = fence(world)
    world.sender()
    assert until(lambda: world.ended(order)) == "in_doubt"
    assert (world.state(file_id), world.state(other)) == (FileState.IN_DOUBT, FileState.PLANNED)
    until(lambda: world.uploads == ["cut"])
    world.step("2017-04-12T11:00:00")
    until(lambda: world.state(file_id) is FileState.CUT)
    assert world.uploads == ["cut"]
    world.step("2017-04-13T09:00:00")
    world.order(1)
    until(lambda: world.state(other) is FileState.WAITING)
    assert world.state(file_id) is FileState.WAITING
    assert fence(world) == before + 1
    assert (world.uploads, world.traffic["max_at_once"]) == (["cut", "received", "received"], 1)
    assert world.violations == []


def test_the_answer_is_lost_after_the_file_was_taken(world: Any, until: Callable[..., Any]) -> None:
    """The list shows one receipt that fits: the file is received under it, and nothing was sent to find out."""
    file_id = world.plan("a.xml")
    order = world.order()
    world.fault("lose_answer")
    world.sender()
    assert until(lambda: world.ended(order)) == "in_doubt"
    world.step("2017-04-12T09:30:00")
    until(lambda: world.state(file_id) is FileState.WAITING)
    assert world.uploads == ["received"]
    assert world.file(file_id).receipt == world.traffic["uploads"][0]["receipt"]
    assert world.violations == []


def test_killed_at_many_moments(world: Any, until: Callable[..., Any]) -> None:
    """Ten files, killed again and again at random moments: each is taken once, never two at once, the sums close."""
    seed = random.Random(20170412)
    ids = [world.plan(f"{n}.xml", 400_000, window=n // 4) for n in range(10)]
    for day in range(3):
        world.control.delete("/control/faults")
        world.fault("slow", bytes_per_s=1_500_000, times=50)
        order = world.order(day)
        for kill in range(3):
            sender = world.sender()
            if day == kill == 0:  # one of them surely during an upload, however long a busy machine takes to begin
                until(world.under_way, 60)
            else:
                time.sleep(seed.uniform(1.5, 3.0))
            world.end(sender, signal.SIGKILL)
        sender = world.sender()
        until(partial(done, world, order), 40)
        settle_all(world, until, day, ids)
        world.end(sender)
        if day < 2:
            world.step(f"2017-04-{13 + day}T09:00:00")
    with world.ledger.reading() as reader:
        audit.verify(reader)
        assert lease.holder(reader) is None
        taken = [one for one in world.traffic["uploads"] if one["outcome"] == "received"]
        assert settled(reader), "no kill hit an upload"
        states = [world.state(file_id) for file_id in ids]
        assert set(states) <= {FileState.WAITING, FileState.PLANNED, FileState.CUT}
        assert len(taken) == len({one["sha256"] for one in taken}) == states.count(FileState.WAITING)
        (tally,) = tallies.of_run(reader, 1).values()
        assert tally.filed == tally.queued + tally.waiting == sum(world.file(file_id).records for file_id in ids)
    assert (world.traffic["max_at_once"], world.violations) == (1, [])


def settled(reader: Any) -> list[Any]:
    """Attempts that were in doubt and are no more."""
    return [one for one in attempts.find(reader) if one.settled is not None]


def done(world: Any, order: Any) -> bool:
    """Whether nothing more comes of an order now: it has ended, or waits with nothing to send."""
    seen = orders.wait_state(world.ledger, order.id)
    return seen.ended or (seen.order.idle and seen.sending is None)


def settle_all(world: Any, until: Callable[..., Any], day: int, ids: list[int]) -> None:
    """Let the settling time pass, and the window with it."""
    world.step(f"2017-04-{12 + day}T12:00:00")
    until(lambda: not any(world.state(file_id) in ON_THE_WIRE for file_id in ids), 40)
    with world.ledger.reading() as reader:
        open_ones = [order.id for order in orders.open_orders(reader)]
    until(lambda: all(orders.wait_state(world.ledger, one).ended for one in open_ones))
