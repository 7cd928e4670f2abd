"""Orders: "send what is planned, in this window".

One order a window for ever; who asks again gets the order that exists.

Also the stop of everything, which is heard between two files (a started upload cannot be interrupted, seed 1.4.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import sqlalchemy as sa

from fukuhon.errors import FatalError, RefusedError
from fukuhon.ledger import schema
from fukuhon.ledger.files import File
from fukuhon.ledger.runs import Kind
from fukuhon.ledger.states import ON_THE_WIRE, FileState
from fukuhon.ledger.transactions import Event, Ledger, Reader, Tx

__all__ = [
    "Order",
    "OrderState",
    "Outcome",
    "end",
    "find",
    "get",
    "of_window",
    "open_orders",
    "queue",
    "request",
    "set_idle",
    "stop_lift",
    "stop_request",
    "stop_requested",
    "wait_state",
]

Outcome = Literal["window_over", "nothing_left", "stopped", "in_doubt", "failed"]

_o, _c, _f, _a = schema.orders, schema.control, schema.files, schema.attempts


class Span(Protocol):
    """From ``start`` up to, not including, ``end``: ``calendars.Interval``, or anything like it."""

    @property
    def start(self) -> datetime:
        """Its first instant."""
        ...

    @property
    def end(self) -> datetime:
        """The instant after its last."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as the ledger has it. ``idle``: the sender has looked and may send nothing now."""

    id: int
    window_id: str
    start: datetime
    end: datetime
    kind: Kind
    channel: int | None
    state: Literal["open", "ended"]
    requested_by: str
    requested_at: datetime
    idle: bool
    outcome: Outcome | None
    ended_at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """What a watcher wants to know of an order."""

    order: Order
    sending: str | None
    """The name of the file on the wire, if any."""
    received: int
    """Files that the server took under this order."""
    bytes_sent: int

    @property
    def ended(self) -> bool:
        """Whether the order has ended for good."""
        return self.order.state == "ended"


def request(tx: Tx, window: Span, window_id: str, kind: Kind, channel: int | None = None) -> Order:
    """The order of this window, written down if there is none; ``channel`` None for a window of every channel.

    Raises RefusedError: LEDGER-020 while the order of another window is open, LEDGER-021 while a file is in doubt,
    LEDGER-023 while a stop is in force.
    """
    existing = of_window(tx, window_id)
    if existing is not None:
        return existing
    if stop_requested(tx):
        raise RefusedError("LEDGER-023")
    for other in open_orders(tx):
        raise RefusedError("LEDGER-020", window=other.window_id)
    if tx.row(sa.select(_f.c.id).where(_f.c.state == FileState.IN_DOUBT)) is not None:
        raise RefusedError("LEDGER-021")
    values = {
        "window_id": window_id,
        "start": window.start,
        "end": window.end,
        "kind": kind,
        "channel": channel,
        "state": "open",
    }
    values |= {"requested_by": tx.actor, "requested_at": tx.now}
    return get(tx, tx.insert(_o, values, "order.requested", {"window": window_id}))


def end(tx: Tx, order_id: int, outcome: Outcome, reason: str | None = None) -> None:
    """End an open order for good. Raises FatalError (LEDGER-022) when it has ended before."""
    values = {"state": "ended", "outcome": outcome, "ended_at": tx.now, "idle": True, "reason": reason}
    change = sa.update(_o).where(_o.c.id == order_id, _o.c.state == "open").values(**values)
    if tx.record(Event(f"order.{outcome}", f"orders:{order_id}", {"reason": reason} if reason else {}), change) != 1:
        raise FatalError("LEDGER-022", id=order_id)


def set_idle(tx: Tx, order_id: int, *, idle: bool) -> None:
    """Note whether the sender may send anything now; writes only when that changes."""
    change = sa.update(_o).where(_o.c.id == order_id, _o.c.state == "open", _o.c.idle != idle).values(idle=idle)
    tx.record(Event("order.idle" if idle else "order.busy", f"orders:{order_id}"), change)


def get(reader: Reader, order_id: int) -> Order:
    """One order. Raises FatalError (LEDGER-011) when there is none."""
    found = reader.load_one(Order, sa.select(_o).where(_o.c.id == order_id))
    if found is None:
        raise FatalError("LEDGER-011", what="order", id=order_id)
    return found


def of_window(reader: Reader, window_id: str) -> Order | None:
    """The order of a window, None where nobody has asked for one."""
    return reader.load_one(Order, sa.select(_o).where(_o.c.window_id == window_id))


def open_orders(reader: Reader) -> Sequence[Order]:
    """Orders that have not ended, the earliest window first."""
    return reader.load(Order, sa.select(_o).where(_o.c.state == "open").order_by(_o.c.start, _o.c.id))


def find(reader: Reader) -> Sequence[Order]:
    """All orders, the earliest window first."""
    return reader.load(Order, sa.select(_o).order_by(_o.c.start, _o.c.id))


def queue(reader: Reader, order: Order) -> Sequence[File]:
    """The files that wait to be sent under an order, in the order of their plan.

    Planned for its window or an earlier one, of its kind (deletions travel with 差分) and channel; a cut one goes
    again.
    """
    kinds = {"differential", "deletion"} if order.kind == "differential" else {order.kind}
    query = sa.select(_f).where(_f.c.state.in_((FileState.PLANNED, FileState.CUT)), _f.c.kind.in_(kinds))
    if order.channel is not None:
        query = query.where(_f.c.channel == order.channel)
    ready = query.where(_f.c.window_start <= order.start)
    return reader.load(File, ready.order_by(_f.c.window_start, _f.c.position, _f.c.id))


def wait_state(ledger: Ledger, order_id: int) -> OrderState:
    """How an order stands, read without waiting for a writer.

    For a watcher that asks again and again, in a thread of its own.
    """
    with ledger.reading() as reader:
        order = get(reader, order_id)
        sending = reader.scalar(sa.select(_f.c.name).where(_f.c.state.in_(ON_THE_WIRE)).limit(1))
        ours = reader.rows(sa.select(_a.c.outcome, _a.c.bytes_on_wire).where(_a.c.order_id == order_id))
    received = sum(attempt.outcome == "received" for attempt in ours)
    return OrderState(
        order=order,
        sending=sending,
        received=received,
        bytes_sent=sum(attempt.bytes_on_wire or 0 for attempt in ours),
    )


def stop_request(tx: Tx) -> None:
    """Ask that nothing more be started until the stop is lifted.

    The running file finishes. Asking again changes nothing.
    """
    change = sa.update(_c).where(_c.c.stopped_at.is_(None)).values(stopped_at=tx.now, stopped_by=tx.actor)
    tx.record(Event("stop.requested", "control:1"), change)


def stop_lift(tx: Tx) -> None:
    """Let orders run again. An order that the stop has ended stays ended."""
    change = sa.update(_c).where(_c.c.stopped_at.is_not(None)).values(stopped_at=None, stopped_by=None)
    tx.record(Event("stop.lifted", "control:1"), change)


def stop_requested(reader: Reader) -> bool:
    """Whether a stop is in force."""
    return reader.scalar(sa.select(_c.c.stopped_at)) is not None
