"""One order a window, for ever; one open order at a time; a stop is heard and lifted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from fukuhon.calendars import Interval
from fukuhon.clock import TOKYO
from fukuhon.errors import FatalError, RefusedError
from fukuhon.ledger import FileState, Ledger, attempts, files, lease, orders
from fukuhon.ledger.attempts import Ended

NINE = datetime(2017, 4, 12, 9, tzinfo=TOKYO)
WINDOW = Interval(NINE, NINE + timedelta(hours=3))


def test_who_asks_again_gets_the_order_that_exists(any_ledger: Ledger) -> None:
    """A task that was cleared, or runs twice, watches the same order; also after it has ended."""
    with any_ledger.transaction("airflow") as tx:
        first = orders.request(tx, WINDOW, "w1", "initial")
        assert orders.request(tx, WINDOW, "w1", "initial") == first
        orders.end(tx, first.id, "nothing_left")
        again = orders.request(tx, WINDOW, "w1", "initial")
    assert (again.id, again.state, again.outcome) == (first.id, "ended", "nothing_left")


def test_twenty_requests_at_once_are_one_order(ledger: Ledger) -> None:
    """Unique by window, also among threads."""
    ids: set[int] = set()

    def ask() -> None:
        with ledger.transaction("airflow") as tx:
            ids.add(orders.request(tx, WINDOW, "w1", "initial").id)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 1


def test_a_window_is_refused_while_an_older_one_is_open(any_ledger: Ledger) -> None:
    """Two open orders would be two plans for one wire."""
    with any_ledger.transaction("airflow") as tx:
        orders.request(tx, WINDOW, "w1", "initial")
    with pytest.raises(RefusedError) as caught, any_ledger.transaction("airflow") as tx:
        orders.request(tx, WINDOW, "w2", "initial")
    assert caught.value.code == "LEDGER-020"


def test_a_window_is_refused_while_a_file_is_in_doubt(
    any_ledger: Ledger, planned: Callable[..., int], fence: Callable[..., Any]
) -> None:
    """Nothing new goes on the wire before it is known what is there."""
    with any_ledger.transaction("sender") as tx:
        order = orders.request(tx, WINDOW, "w1", "initial")
        assert lease.claim(tx, planned(tx), fence(tx), "k1", order=order)
        attempts.end(tx, "k1", Ended(outcome="in_doubt", bytes_on_wire=1000, ended=tx.now, seconds=1))
        orders.end(tx, order.id, "in_doubt")
    with pytest.raises(RefusedError) as caught, any_ledger.transaction("airflow") as tx:
        orders.request(tx, WINDOW, "w2", "initial")
    assert caught.value.code == "LEDGER-021"


def test_an_order_ends_once(ledger: Ledger) -> None:
    """For good."""
    with ledger.transaction("sender") as tx:
        order = orders.request(tx, WINDOW, "w1", "initial")
        orders.end(tx, order.id, "stopped")
    with pytest.raises(FatalError) as caught, ledger.transaction("sender") as tx:
        orders.end(tx, order.id, "window_over")
    assert caught.value.code == "LEDGER-022"
    with ledger.reading() as reader:
        assert orders.get(reader, order.id).outcome == "stopped"
        assert orders.open_orders(reader) == []
        assert [one.id for one in orders.find(reader)] == [order.id]


def test_the_queue_is_the_plan_with_what_was_left_over(ledger: Ledger, planned: Callable[..., int]) -> None:
    """In plan order; of this window or an earlier one; of its kind, deletions with 差分; of its channel."""
    with ledger.transaction("plan") as tx:
        ids = {name: planned(tx, name, to=FileState.VALIDATED) for name in ("later", "second", "first", "left")}
        ids["delete"] = planned(tx, "delete", to=FileState.VALIDATED, kind="deletion")
        ids["other"] = planned(tx, "other", to=FileState.VALIDATED, channel=4)
        day = timedelta(days=1)
        for name, (window, start, position) in {
            "later": ("w2", NINE + day, 1),
            "second": ("w1", NINE, 2),
            "first": ("w1", NINE, 1),
            "left": ("w0", NINE - day, 9),
            "delete": ("w1", NINE, 3),
            "other": ("w1", NINE, 4),
        }.items():
            files.place(tx, ids[name], window, start, position)
        order = orders.request(tx, WINDOW, "w1", "initial", channel=3)
        assert [file.name for file in orders.queue(tx, order)] == ["left", "first", "second"]
        orders.end(tx, order.id, "stopped")
        other = orders.request(tx, WINDOW, "w1d", "differential")
        assert [file.name for file in orders.queue(tx, other)] == ["delete"]


def test_a_watcher_sees_how_an_order_stands(
    ledger: Ledger, planned: Callable[..., int], fence: Callable[..., Any]
) -> None:
    """What is on the wire, how many files were taken, how many bytes went; without a writing transaction."""
    with ledger.transaction("sender") as tx:
        order = orders.request(tx, WINDOW, "w1", "initial")
        one, other = planned(tx, "a.xml"), planned(tx, "b.xml")
        lease.claim(tx, one, fence(tx), "k1", order=order)
        attempts.end(tx, "k1", Ended(outcome="received", bytes_on_wire=1000, ended=tx.now, seconds=1, receipt="06"))
        lease.claim(tx, other, fence(tx), "k2", order=order)
    seen = orders.wait_state(ledger, order.id)
    assert (seen.ended, seen.sending, seen.received, seen.bytes_sent) == (False, "b.xml", 1, 1000)


def test_an_idle_order_wakes_up_when_something_is_planned(ledger: Ledger, planned: Callable[..., int]) -> None:
    """Who steps a clock may trust ``idle``: it is never left over from before the plan."""
    with ledger.transaction("sender") as tx:
        order = orders.request(tx, WINDOW, "w1", "initial")
        orders.set_idle(tx, order.id, idle=True)
    assert orders.wait_state(ledger, order.id).order.idle
    with ledger.transaction("plan") as tx:
        planned(tx)
    assert not orders.wait_state(ledger, order.id).order.idle


def test_a_stop_holds_until_it_is_lifted(ledger: Ledger) -> None:
    """Asked for twice it is one stop; lifting it where there is none changes nothing, and writes nothing."""
    with ledger.transaction("hanako") as tx:
        assert not orders.stop_requested(tx)
        known = orders.request(tx, WINDOW, "w1", "initial")
        orders.end(tx, known.id, "nothing_left")
        orders.stop_request(tx)
        orders.stop_request(tx)
        assert orders.stop_requested(tx)
        assert orders.request(tx, WINDOW, "w1", "initial").id == known.id
        with pytest.raises(RefusedError) as caught:
            orders.request(tx, WINDOW, "w2", "initial")
        assert caught.value.code == "LEDGER-023"
        orders.stop_lift(tx)
        orders.stop_lift(tx)
        assert not orders.stop_requested(tx)
