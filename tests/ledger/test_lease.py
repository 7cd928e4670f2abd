"""The lease passes on from who gave it back, from the dead, or by two people; under an old fence nothing moves."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fukuhon.clock import FixedClock
from fukuhon.errors import FatalError, RefusedError
from fukuhon.ledger import FileState, Holder, Ledger, approvals, attempts, files, lease
from fukuhon.ledger.approvals import NewApproval
from fukuhon.ledger.attempts import Ended

HERE = socket.gethostname()
DEAD = Holder(HERE, "an earlier boot", 1, 1)
ELSEWHERE = Holder("another host", "b", 1, 1)


def test_the_holder_gets_its_own_fence_again(any_ledger: Ledger) -> None:
    """A restart of the loop in one process is no second sender."""
    with any_ledger.transaction("sender") as tx:
        first = lease.acquire(tx, Holder.this_process())
        assert lease.acquire(tx, Holder.this_process()) == first
        assert lease.holder(tx) == Holder.this_process()


def test_a_second_sender_beside_a_live_one_is_refused(any_ledger: Ledger) -> None:
    """Whatever it calls itself: the first lives."""
    with any_ledger.transaction("sender") as tx:
        lease.acquire(tx, Holder.this_process())
    with pytest.raises(RefusedError) as caught, any_ledger.transaction("sender") as tx:
        lease.acquire(tx, Holder(HERE, "x", 1, 1))
    assert caught.value.code == "LEDGER-030"


def test_of_a_dead_holder_the_fence_rises_and_its_file_is_in_doubt(
    any_ledger: Ledger, planned: Callable[..., int]
) -> None:
    """Nothing says how far it came: all bytes of the file count, and the wire stays closed."""
    with any_ledger.transaction("sender") as tx:
        one, other = planned(tx, "a.xml"), planned(tx, "b.xml")
        old = lease.acquire(tx, DEAD)
        assert lease.claim(tx, one, old, "k1") is not None
    with any_ledger.transaction("sender") as tx:
        new = lease.acquire(tx, Holder.this_process())
        assert (new.number, new.doubts) == (old.number + 1, (one,))
        assert files.get(tx, one).state is FileState.IN_DOUBT
        assert attempts.by_key(tx, "k1").bytes_on_wire == 1000
        assert lease.claim(tx, other, new, "k2") is None
    with pytest.raises(FatalError) as caught, any_ledger.transaction("sender") as tx:
        lease.release(tx, new)
    assert caught.value.code == "LEDGER-031"


def test_the_old_fence_claims_nothing(any_ledger: Ledger, planned: Callable[..., int]) -> None:
    """A sender that was thought dead and wakes up gets no file."""
    with any_ledger.transaction("sender") as tx:
        file_id = planned(tx)
        old = lease.acquire(tx, DEAD)
        new = lease.acquire(tx, Holder.this_process())
        assert lease.claim(tx, file_id, old, "k1") is None
        assert not lease.is_ours(tx, old)
        assert lease.claim(tx, file_id, new, "k2") is not None


def test_a_file_is_claimed_once(ledger: Ledger, planned: Callable[..., int], fence: Callable[..., Any]) -> None:
    """Twenty threads want one file: one attempt is written, nineteen get nothing."""
    with ledger.transaction("sender") as tx:
        file_id, ours = planned(tx), fence(tx)
    got: list[object] = []

    def claim(key: str) -> None:
        with ledger.transaction("sender") as tx:
            got.append(lease.claim(tx, file_id, ours, key))

    threads = [threading.Thread(target=claim, args=(f"k{n}",)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is not None for one in got) == 1
    with ledger.reading() as reader:
        assert len(attempts.find(reader)) == 1


def test_one_file_of_the_body_at_a_time(
    any_ledger: Ledger, planned: Callable[..., int], fence: Callable[..., Any]
) -> None:
    """While one is on the wire, no other is claimed (seed 1.4.1); after its end the next one is."""
    with any_ledger.transaction("sender") as tx:
        one, other, ours = planned(tx, "a.xml"), planned(tx, "b.xml"), fence(tx)
        assert lease.claim(tx, one, ours, "k1") is not None
        assert lease.claim(tx, other, ours, "k2") is None
        attempts.end(tx, "k1", Ended(outcome="cut", bytes_on_wire=3, ended=tx.now, seconds=1))
        assert lease.claim(tx, other, ours, "k3") is not None


def test_a_claim_writes_its_attempt_before_the_wire(
    any_ledger: Ledger, planned: Callable[..., int], fence: Callable[..., Any]
) -> None:
    """Fence, key, bytes and start stand in the books before a byte is sent."""
    with any_ledger.transaction("sender") as tx:
        file_id, ours = planned(tx), fence(tx)
        attempt = lease.claim(tx, file_id, ours, "k1", requester="officer")
    assert attempt is not None
    assert (attempt.fence, attempt.bytes, attempt.requester, attempt.ended) == (ours.number, 1000, "officer", None)
    with any_ledger.reading() as reader:
        assert [one.key for one in attempts.open_attempts(reader)] == ["k1"]


def test_what_is_given_back_can_be_taken(any_ledger: Ledger) -> None:
    """A new holder gets a higher fence; a release under an old fence takes nothing away."""
    with any_ledger.transaction("sender") as tx:
        first = lease.acquire(tx, Holder.this_process())
        lease.release(tx, first)
        assert lease.holder(tx) is None
        second = lease.acquire(tx, DEAD)
        assert second.number == first.number + 1
        lease.release(tx, first)
        assert lease.holder(tx) == DEAD


def test_from_another_host_two_people_decide(any_ledger: Ledger, clock: FixedClock) -> None:
    """Its death cannot be proven from here; with an approval of exactly this fence the lease passes on, once."""
    with any_ledger.transaction("sender") as tx:
        stuck = lease.acquire(tx, ELSEWHERE)
    for take in (lease.acquire, lease.take_over):
        with pytest.raises(RefusedError), any_ledger.transaction("sender") as tx:
            take(tx, Holder.this_process())
    sha256 = approvals.digest(f"fence {stuck.number}")
    until = clock.now() + timedelta(hours=1)
    with any_ledger.transaction("ichiro") as tx:
        asked = approvals.ask(tx, NewApproval(kind="lease", subject="lease", sha256=sha256, valid_until=until))
    with any_ledger.transaction("hanako") as tx:
        approvals.approve(tx, asked.id)
    with any_ledger.transaction("sender") as tx:
        assert lease.take_over(tx, Holder.this_process()).number == stuck.number + 1


def test_a_process_is_dead_when_it_is_gone_or_another() -> None:
    """Gone, not yet collected, the pid given to somebody else, another boot: dead. Alive or elsewhere: not."""
    me = Holder.this_process()
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        start = int(Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19])
        alive = Holder(HERE, me.boot_id, child.pid, start)
        assert not lease.holder_is_dead(me)
        assert not lease.holder_is_dead(alive)
        assert lease.holder_is_dead(Holder(HERE, me.boot_id, child.pid, start + 1))
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # ended, and still in the table of processes
        assert lease.holder_is_dead(alive)
    finally:
        child.kill()
        child.wait()
    assert lease.holder_is_dead(alive)
    assert lease.holder_is_dead(DEAD)
    assert not lease.holder_is_dead(ELSEWHERE)
