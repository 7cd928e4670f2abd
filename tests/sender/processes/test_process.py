"""What a sender's process does to the wire when it is told to stop, is not alone, or just does its work."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from fukuhon.ledger import FileState, audit, lease, orders

pytestmark = pytest.mark.e2e


def test_files_go_over_the_real_wire_and_a_signal_ends_the_process(world: Any, until: Callable[..., Any]) -> None:
    """Two files, two receipts, one at a time; in a session of its own; then SIGTERM, exit 0, the lease given back."""
    first, second = world.plan("a.xml"), world.plan("b.xml")
    order = world.order()
    sender = world.sender()
    until(lambda: world.state(second) is FileState.WAITING)
    assert world.state(first) is FileState.WAITING
    assert os.getsid(sender.pid) == sender.pid
    until(lambda: orders.wait_state(world.ledger, order.id).order.idle)
    assert world.end(sender) == 0
    assert (world.uploads, world.traffic["max_at_once"], world.violations) == (["received"] * 2, 1, [])
    with world.ledger.reading() as reader:
        assert lease.holder(reader) is None
        assert audit.verify(reader).seq > 0
    assert world.ended(order) is None


@pytest.mark.deep
def test_a_second_process_refuses(world: Any, until: Callable[..., Any]) -> None:
    """Exit 1 and a Japanese sentence; the first goes on."""
    first = world.sender()
    file_id = world.plan("a.xml")
    until((world.site.work / "sender" / "lock").exists)
    time.sleep(1.0)
    second = world.sender()
    assert second.wait(20) == 1
    assert "SENDER-001" in (world.folder / "sender.log").read_text(encoding="utf-8")
    world.order()
    until(lambda: world.state(file_id) is FileState.WAITING)
    assert world.end(first) == 0


@pytest.mark.deep
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_during_an_upload_lets_the_file_finish(world: Any, until: Callable[..., Any], number: int) -> None:
    """The file on the wire arrives whole and has its receipt; the next one is not started."""
    first, second = world.plan("a.xml", 2_000_000), world.plan("b.xml")
    world.order()
    world.fault("slow", bytes_per_s=1_000_000)
    sender = world.sender()
    until(world.under_way)
    assert world.end(sender, number) == 0
    assert (world.state(first), world.state(second)) == (FileState.WAITING, FileState.PLANNED)
    assert world.uploads == ["received"]


@pytest.mark.deep
def test_a_stop_during_an_upload_is_heard_after_it(world: Any, until: Callable[..., Any]) -> None:
    """The order ends as stopped, the sender lives on."""
    first, second = world.plan("a.xml", 2_000_000), world.plan("b.xml")
    order = world.order()
    world.fault("slow", bytes_per_s=1_000_000)
    sender = world.sender()
    until(world.under_way)
    with world.ledger.transaction("hanako") as tx:
        orders.stop_request(tx)
    assert until(lambda: world.ended(order)) == "stopped"
    assert (world.state(first), world.state(second)) == (FileState.WAITING, FileState.PLANNED)
    assert world.end(sender) == 0
    assert world.uploads == ["received"]


@pytest.mark.deep
def test_a_cut_line_sends_again_in_the_same_window(world: Any, until: Callable[..., Any]) -> None:
    """The bytes of both attempts count; the stand-in counts as many or fewer."""
    file_id = world.plan("a.xml", 2_000_000)
    world.order()
    world.fault("cut", after_bytes=500_000)
    world.sender()
    until(lambda: world.state(file_id) is FileState.WAITING)
    assert world.uploads == ["cut", "received"]
    seen = sum(one["bytes"] for one in world.traffic["uploads"])
    order = orders.wait_state(world.ledger, 1)
    assert seen <= order.bytes_sent < 2 * world.file(file_id).bytes
    assert world.violations == []
