"""The sender's loop: watches for orders, holds the lease, sends file after file, and knows when to stop for good."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from fukuhon.errors import ConfigurationError, DataError, FatalError, RefusedError, RetriableError
from fukuhon.ledger import File, FileState, Ledger, attempts, files, lease, orders
from fukuhon.ledger.attempts import BY_HAND
from fukuhon.ledger.lease import Fence, Holder
from fukuhon.ledger.orders import Order, Outcome
from fukuhon.ledger.states import ON_THE_WIRE
from fukuhon.sender.comparing import compare
from fukuhon.sender.sending import ACTOR, Sending
from fukuhon.sender.settling import settle
from fukuhon.sender.waiting import Pace, wait
from fukuhon.windows import Window

__all__ = ["Sender"]

_log = logging.getLogger("fukuhon.sender")


@dataclass(slots=True)
class Sender:
    """One sender. ``turn`` is one look and at most one file; ``run`` repeats it until ``stop`` says so."""

    sending: Sending
    settle_minutes: int
    stop: Callable[[], bool]
    pace: Pace = field(default_factory=Pace)
    fence: Fence | None = None
    _failures: int = 0
    _not_before: float = 0.0
    _refused: tuple[int, ...] = ()
    _ask_again: float = 0.0
    _next_look: float = 0.0
    _next_settle: float = 0.0
    _for_people: set[str] = field(default_factory=set)
    _compared: bool = False

    @property
    def ledger(self) -> Ledger:
        """The books."""
        return self.sending.ledger

    def start(self) -> None:
        """Tell the ledger what the journal still holds, then take the lease.

        Raises RefusedError (LEDGER-030) beside a live sender.
        """
        self.sending.tell_all()
        self.sending.journal.tidy()
        with self.ledger.transaction(ACTOR) as tx:
            self.fence = lease.acquire(tx, Holder.this_process())
        if self.fence.doubts:
            _log.warning("%d file(s) of the sender before us are in doubt", len(self.fence.doubts))

    def run(self) -> None:
        """Turn until told to stop; then give the lease back, unless a doubt holds it."""
        while self.fence is None and not self.stop():
            self._patiently(self.start)
        while not self.stop():
            self._patiently(self.turn)
            wait(self.pace.poll, self.stop)
        try:
            self.leave()
        except RetriableError as error:  # our death will be proven by whoever comes next
            _log.warning("%s", error.code)

    def leave(self) -> None:
        """Give the lease back, unless something is on the wire or in doubt.

        What a person sends at the terminal waits in the books, and nobody may send beside it.
        """
        with self.ledger.transaction(ACTOR) as tx:
            if self.fence is not None and not _ours(files.find(tx, state=ON_THE_WIRE)):
                lease.release(tx, self.fence)

    def turn(self) -> bool:
        """One look at the books; True when a file was tried."""
        self.sending.tell_all()
        with self.ledger.reading() as reader:
            unknown = _ours(files.find(reader, state=ON_THE_WIRE))
            due = self.sending.by_hand.due(reader)
            order = next(iter(orders.open_orders(reader)), None)
            queue = orders.queue(reader, order) if order else ()
            stopped = orders.stop_requested(reader)
            ours = order is None or self.sending.mark.holds(reader)
        self.sending.by_hand.attend()
        if order is not None and not ours:
            _log.error("the books are older than what was sent under them: SENDER-020")
            return self._end(order, "failed", "SENDER-020")
        tried = order is not None and self._serve(order, queue, stopped=stopped, doubt=bool(unknown), due=due)
        if unknown:
            self._settle(unknown)
        return tried

    def _serve(self, order: Order, queue: Sequence[File], *, stopped: bool, doubt: bool, due: datetime | None) -> bool:
        """End the order, or send a file for it; True when a file was tried.

        ``due``: when the receipt of what a person sends at the terminal is to be there; None where nobody does.
        """
        if order.idle and not stopped and not doubt and time.monotonic() < self._next_look:
            return False
        self._next_look = time.monotonic() + self.pace.idle
        now, window = self.ledger.clock.now(), self.sending.rules.window(order)
        outcome = _outcome(window, now, queue, stopped=stopped, doubt=doubt, due=due)
        if outcome is not None:
            return self._end(order, outcome)
        assert window is not None, "an order without a window has an outcome"
        if due is not None or now not in window.interval or time.monotonic() < self._not_before:
            return False
        if queue and not self._compare(order):
            return False
        return self._send_first(order, window, queue)

    def _compare(self, order: Order) -> bool:
        """Before the first file after our start: whether the books know all that the server has of ours.

        Books that were put back together with everything around them, our mark included, show it in nothing else.
        """
        if self._compared:
            return True
        try:
            found = compare(self.ledger, self.sending.server, ACTOR)
        except (RefusedError, DataError) as error:
            _log.warning("no list to compare the books with: %s", error.code)
            self._not_before = time.monotonic() + self.pace.again
            return False
        if found.unknown:
            _log.error("the server has %d receipt(s) that the books do not know: SENDER-021", len(found.unknown))
            return self._end(order, "failed", "SENDER-021")
        self._compared = True
        return True

    def _send_first(self, order: Order, window: Window, queue: Sequence[File]) -> bool:
        """Send the first file that may start. After one that may not, no other of its dataset: their order is kept."""
        assert self.fence is not None, "started"
        names = tuple(file.id for file in queue)
        if names == self._refused and order.idle and time.monotonic() < self._ask_again:
            return False
        held: set[str] = set()
        for file in queue:
            if file.dataset in held:
                continue
            sent = self.sending.send(file, order, window, self.fence)
            if sent == "lost":
                raise FatalError("SENDER-003", fence=self.fence.number)
            if sent != "not_now":
                self._pause(failed=sent in {"cut", "again"})
                return True
            held.add(file.dataset)
        self._refused, self._ask_again = names, time.monotonic() + self.pace.again
        if not order.idle:
            with self.ledger.transaction(ACTOR) as tx:
                orders.set_idle(tx, order.id, idle=True)
        return False

    def _pause(self, *, failed: bool) -> None:
        """After failures in a row wait longer and longer.

        A line that breaks again and again is not to be hammered at.
        """
        self._failures = self._failures + 1 if failed else 0
        if failed:
            self._not_before = time.monotonic() + self.pace.pause(self._failures)

    def _end(self, order: Order, outcome: Outcome, reason: str = "SENDER-007") -> Literal[False]:
        with self.ledger.transaction(ACTOR) as tx:
            orders.end(tx, order.id, outcome, reason if outcome == "failed" else None)
        _log.info("order of window %s ended: %s", order.window_id, outcome)
        return False

    def _settle(self, unknown: Sequence[File]) -> None:
        """Look for what became of files in doubt, as far as the manners towards the server let us."""
        if any(
            file.state is FileState.SENDING for file in unknown
        ):  # by us, but we are here: its end was never written
            with self.ledger.transaction(ACTOR) as tx:
                attempts.doubt_open(tx)
        if time.monotonic() < self._next_settle or {file.name for file in unknown} <= self._for_people:
            return
        self._next_settle = time.monotonic() + self.pace.settle
        try:
            for doubt in settle(self.ledger, self.sending.server, self.settle_minutes):
                if doubt.answer == "several":
                    self._for_people.add(doubt.file)
                _log.info("%s: %s", doubt.file, doubt.answer)
        except (RefusedError, DataError) as error:
            _log.warning("no answer that settles a doubt: %s", error.code)

    def _patiently(self, step: Callable[[], object]) -> None:
        """One step; when the books or the server are away, or the settings are being changed, a pause instead."""
        try:
            step()
        except (RetriableError, ConfigurationError) as error:
            self._failures += 1
            _log.warning("%s; trying again", error.code)
            wait(self.pace.pause(self._failures), self.stop)


def _outcome(  # noqa: PLR0913 - all that an order may end by
    window: Window | None, now: datetime, queue: Sequence[File], *, stopped: bool, doubt: bool, due: datetime | None
) -> Outcome | None:
    """Why an order ends now; None while it stays open."""
    if doubt:
        return "in_doubt"
    if stopped:
        return "stopped"
    if window is None:
        return "failed"
    if now >= window.interval.end and (due is None or now >= due):  # a receipt may be typed in a little later
        return "window_over" if queue or due is not None else "nothing_left"
    return None


def _ours(on_the_wire: Sequence[File]) -> list[File]:
    """Those that are, or may be, on a wire of ours: not what a person sends at the terminal."""
    return [file for file in on_the_wire if file.state is not FileState.SENDING or file.channel not in BY_HAND]
