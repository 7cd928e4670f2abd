"""Every attempt is written, every byte counted, and an end is an end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from fukuhon.calendars import Interval
from fukuhon.clock import FixedClock
from fukuhon.errors import FatalError
from fukuhon.ledger import FileState, Ledger, Tx, attempts, files, lease, orders
from fukuhon.ledger.attempts import Ended, Outcome


@pytest.fixture
def begun(planned: Callable[..., int], fence: Callable[..., Any]) -> Callable[..., int]:
    """Puts a file on the wire under a key, in a window; returns its id."""

    def make(tx: Tx, key: str, name: str = "a.xml", window: str = "w1") -> int:
        file_id, ours = planned(tx, name), fence(tx)
        order = orders.of_window(tx, window)
        if order is None:
            order = orders.request(tx, Interval(tx.now, tx.now + timedelta(hours=1)), window, "initial")
        assert lease.claim(tx, file_id, ours, key, order=order) is not None
        return file_id

    return make


def ended(tx: Tx, outcome: Outcome, sent: int = 1000, **more: Any) -> Ended:
    """An end at the transaction's instant."""
    return Ended(outcome=outcome, bytes_on_wire=sent, ended=tx.now, seconds=1.5, **more)


@pytest.mark.parametrize(
    ("outcome", "again", "state"),
    [
        ("received", False, FileState.RECEIVED),
        ("cut", False, FileState.CUT),
        ("refused", True, FileState.PLANNED),
        ("refused", False, FileState.VALIDATED),
        ("in_doubt", False, FileState.IN_DOUBT),
    ],
)
def test_the_end_of_an_attempt_moves_its_file(
    any_ledger: Ledger, begun: Callable[..., int], outcome: Outcome, *, again: bool, state: FileState
) -> None:
    """What became of the attempt and where the file stands are one transaction."""
    with any_ledger.transaction("sender") as tx:
        file_id = begun(tx, "k1")
        receipt = "0601201704120000000001" if outcome == "received" else None
        file = attempts.end(tx, "k1", ended(tx, outcome, again=again, receipt=receipt, received_at=tx.now))
        assert (file.id, file.state, file.receipt) == (file_id, state, receipt)


def test_an_attempt_ends_once(ledger: Ledger, begun: Callable[..., int]) -> None:
    """A second end is a contradiction in our own books."""
    with ledger.transaction("sender") as tx:
        begun(tx, "k1")
        attempts.end(tx, "k1", ended(tx, "cut"))
    with pytest.raises(FatalError) as caught, ledger.transaction("sender") as tx:
        attempts.end(tx, "k1", ended(tx, "received"))
    assert caught.value.code == "LEDGER-040"


def test_only_a_doubt_is_settled_and_only_once(ledger: Ledger, begun: Callable[..., int]) -> None:
    """Settled means received or cut; the file then goes on like any other."""
    with ledger.transaction("sender") as tx:
        file_id = begun(tx, "k1")
        attempts.end(tx, "k1", ended(tx, "in_doubt"))
    for wrong in ("refused", "in_doubt"):
        with pytest.raises(FatalError), ledger.transaction("sender") as tx:
            attempts.settle(tx, "k1", ended(tx, wrong), "looked")  # type: ignore[arg-type]
    with ledger.transaction("sender") as tx:
        file = attempts.settle(tx, "k1", ended(tx, "received", receipt="06", received_at=tx.now), "looked")
        assert (file.id, file.state) == (file_id, FileState.RECEIVED)
        assert attempts.by_key(tx, "k1").settled == "looked"
    with pytest.raises(FatalError) as caught, ledger.transaction("sender") as tx:
        attempts.settle(tx, "k1", ended(tx, "cut"), "people")
    assert caught.value.code == "LEDGER-041"


def test_failed_bytes_count_against_the_window_they_were_sent_in(ledger: Ledger, begun: Callable[..., int]) -> None:
    """Cut, refused, in doubt, under way: all that may have been on the wire; another window has its own count."""
    with ledger.transaction("sender") as tx:
        begun(tx, "k1", "a.xml")
        assert attempts.spent(tx, "w1") == 1000  # under way: the whole file
        attempts.end(tx, "k1", ended(tx, "cut", 300))
        begun(tx, "k2", "b.xml")
        attempts.end(tx, "k2", ended(tx, "received"))
        assert attempts.spent(tx, "w1") == 1300
        assert attempts.spent(tx, "w2") == 0


def test_the_cap_counts_by_the_day_of_the_start(ledger: Ledger, clock: FixedClock, begun: Callable[..., int]) -> None:
    """An upload that starts at 23:59:59 belongs to that day; one that was cut has registered nothing."""
    midnight = clock.now().replace(hour=0) + timedelta(days=1)
    clock.instant = midnight - timedelta(seconds=1)
    with ledger.transaction("sender") as tx:
        begun(tx, "k1", "a.xml")
        attempts.end(tx, "k1", ended(tx, "received"))
        begun(tx, "k2", "b.xml")
        attempts.end(tx, "k2", ended(tx, "cut"))
    clock.instant = midnight
    with ledger.transaction("sender") as tx:
        begun(tx, "k3", "c.xml")
        day = timedelta(days=1)
        assert [one.key for one in attempts.counted(tx, midnight - day, midnight)] == ["k1"]
        assert [one.key for one in attempts.counted(tx, midnight, midnight + day)] == ["k3"]
        assert [one.key for one in attempts.find(tx, outcome="cut")] == ["k2"]


def test_a_refused_file_waits_for_somebody_with_its_reason(ledger: Ledger, begun: Callable[..., int]) -> None:
    """The fault stays with the file until it is planned again."""
    with ledger.transaction("sender") as tx:
        file_id = begun(tx, "k1")
        attempts.end(tx, "k1", ended(tx, "refused", fault="bad_file"))
        assert files.get(tx, file_id).reason == "bad_file"
        assert files.place(tx, file_id, "w2", tx.now, 1).reason is None
