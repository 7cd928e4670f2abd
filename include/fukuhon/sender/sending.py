"""One file onto the wire.

Claimed and written down first, and whatever comes of it on the local disk before the books are told.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from fukuhon.errors import FukuhonError, RetriableError
from fukuhon.ledger import File, FileState, Ledger, files, lease, orders
from fukuhon.ledger.attempts import BY_HAND, Attempt, Ended
from fukuhon.ledger.lease import Fence
from fukuhon.ledger.orders import Order
from fukuhon.sender import outcomes
from fukuhon.sender.by_hand import ByHand, registration_of
from fukuhon.sender.journal import Journal
from fukuhon.sender.mark import Mark
from fukuhon.sender.rules import Rules
from fukuhon.server import IntermediateServer, Upload
from fukuhon.windows import Channel, Window

__all__ = ["ACTOR", "Sending", "Sent"]

ACTOR = "sender"
_log = logging.getLogger("fukuhon.sender")

Sent = Literal["received", "cut", "refused", "again", "in_doubt", "handed", "not_now", "lost"]
"""How the try ended.

``handed``: to a person at the terminal, who will enter the receipt; ``again``: refused, but only just now (the server
was busy); ``not_now``: the guard or a stop said no; ``lost``: the lease is no longer ours.
"""


@dataclass(frozen=True, slots=True)
class Sending:
    """All that one upload needs."""

    ledger: Ledger
    server: IntermediateServer
    rules: Rules
    journal: Journal
    work: Path
    by_hand: ByHand

    @property
    def mark(self) -> Mark:
        """How far the books had come when the wire was last touched."""
        return Mark.of(self.work)

    def send(self, file: File, order: Order, window: Window, fence: Fence) -> Sent:
        """Try one file.

        Raises RetriableError when the books are away: before the wire was touched, or with the outcome kept.
        """
        path = self.work / file.path
        if not self._is_as_written(file, path):
            return "refused"
        key = secrets.token_hex(16)
        self.journal.reserve(key)
        attempt = self._claim(file, order, window, fence, key)
        if not isinstance(attempt, Attempt):
            self.journal.drop(key)
            return attempt
        with suppress(RetriableError), self.ledger.reading() as reader:  # nothing may come between claim and wire
            self.mark.note(reader)
        if file.channel in BY_HAND:
            return self._hand_out(file, attempt, path)
        _log.info("sending %s, %d bytes", file.name, file.bytes)
        ended = self._on_the_wire(file, attempt, path)
        _log.info("%s: %s %s", file.name, ended.outcome, ended.receipt or ended.fault or "")
        try:
            self.journal.write(attempt.key, ended)
        finally:  # a full disk is no reason not to tell the books
            self.tell(attempt.key, ended)
        return "again" if ended.again else ended.outcome

    def tell_all(self) -> None:
        """Tell the ledger what the journal still holds."""
        for key, ended in self.journal.pending():
            self.tell(key, ended)

    def tell(self, key: str, ended: Ended) -> None:
        """Tell the ledger what the journal holds, then forget it there."""
        with self.ledger.transaction(ACTOR) as tx:
            outcomes.write(tx, key, ended)
        self.journal.drop(key)

    def _is_as_written(self, file: File, path: Path) -> bool:
        """Whether the file's bytes are those of the books; if not it goes back, for somebody to look at."""
        try:
            with path.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        except OSError:
            digest = ""
        if digest == file.sha256:
            return True
        _log.error("%s is not what the ledger says it is", file.name)
        with self.ledger.transaction(ACTOR) as tx:
            if files.get(tx, file.id).state is FileState.CUT:
                files.move(tx, file.id, FileState.UNPLACEABLE, reason="SENDER-002")
            else:
                files.move(tx, file.id, FileState.VALIDATED, reason="SENDER-002")
        return False

    def _claim(
        self, file: File, order: Order, window: Window, fence: Fence, key: str
    ) -> Attempt | Literal["not_now", "lost"]:
        """Ask the guard and claim, at one instant and in one transaction."""
        with self.ledger.transaction(ACTOR) as tx:
            if orders.stop_requested(tx) or orders.get(tx, order.id).state != "open":
                return "not_now"
            if (refusal := self.rules.refusal(tx, file, window, tx.now)) is not None:
                _log.info("%s not now: %s", file.name, refusal.code)
                return "not_now"
            if files.get(tx, file.id).state is FileState.CUT:
                files.place(tx, file.id, window.id, order.start, file.position or 0)
            attempt = lease.claim(tx, file.id, fence, key, order=order, requester=self.server.requester)
            if attempt is None:
                return "not_now" if lease.is_ours(tx, fence) else "lost"
            return attempt

    def _hand_out(self, file: File, attempt: Attempt, path: Path) -> Sent:
        """Lay the file into the outbox, and leave the attempt open; where the disk does not take it, nothing was sent.

        Whoever dies here leaves an open attempt, and the next sender lays the file out.
        """
        self.journal.drop(attempt.key)
        try:
            self.by_hand.hand_out(file, attempt, path)
        except FukuhonError as error:
            _log.error("%s was not handed out: %s", file.name, error.code)
            ended = Ended(outcome="cut", bytes_on_wire=0, ended=attempt.started, seconds=0.0, fault=error.code)
            self.tell(attempt.key, ended)
            return "cut"
        _log.info("%s waits for a person at the terminal", file.name)
        return "handed"

    def _on_the_wire(self, file: File, attempt: Attempt, path: Path) -> Ended:
        began, sent = time.monotonic(), 0

        def progress(so_far: int) -> None:
            nonlocal sent
            sent = so_far

        upload = Upload(path, file.bytes, Channel(file.channel), registration_of(file), key_of(file))
        try:
            receipt = self.server.upload(upload, progress)
        except Exception as error:  # noqa: BLE001 - whatever it was, the books must say what is known of the file
            if not isinstance(error, FukuhonError):
                _log.exception("%s: the upload broke in our own code", file.name)
            ended, seconds = self._elapsed(attempt.started, began)
            return outcomes.failed(error, sent, file.bytes, ended, seconds)
        ended, seconds = self._elapsed(attempt.started, began)
        return outcomes.received(receipt, ended, seconds)

    def _elapsed(self, started: datetime, began: float) -> tuple[datetime, float]:
        """The instant and the seconds on the site's clock; on the machine's where the site's is away just now."""
        real = time.monotonic() - began
        try:
            now = self.ledger.clock.now()
        except RetriableError:
            return started + timedelta(seconds=real), real
        seconds = (now - started).total_seconds()
        return now, seconds if seconds > 0 else real


def key_of(file: File) -> str:
    """The idempotency key: the same for every attempt of one file, so that the server itself would see a second one."""
    return f"{file.id}-{file.sha256[:40]}"
