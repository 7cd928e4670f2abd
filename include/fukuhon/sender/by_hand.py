"""What a person at the terminal sends (seed 1.5.2, methods 1 and 2): handed out, waited for, called late.

The attempt is open from the handing out until the receipt is entered (DESIGN §3.2), and nothing else of the body goes
meanwhile. All of it is in the books: whichever sender comes next goes on waiting, since no byte is on a wire of ours.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from fukuhon.errors import FukuhonError
from fukuhon.ledger import File, Ledger, Reader, attempts, files, meters, orders
from fukuhon.ledger.attempts import Attempt
from fukuhon.server import Handout, Outbox
from fukuhon.site.settings import Limits
from fukuhon.windows import Channel, Kind, line_rate, seconds_for

__all__ = ["ByHand", "Waiting", "at_terminal", "registration_of"]

_log = logging.getLogger("fukuhon.sender")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file at the terminal: since when, when its upload should have ended, and from when on that is an alarm."""

    file: File
    attempt: Attempt
    expected: datetime
    due: datetime

    def late(self, now: datetime) -> bool:
        """Whether its receipt should long have been entered."""
        return now >= self.due


def at_terminal(reader: Reader, limits: Limits) -> Waiting | None:
    """The file whose receipt a person is to enter; None where nobody sends at the terminal."""
    attempt = attempts.waiting(reader)
    if attempt is None:
        return None
    expected = attempt.started + timedelta(seconds=_seconds(reader, attempt.bytes, limits))
    due = expected + timedelta(minutes=limits.terminal_grace_minutes)
    return Waiting(files.get(reader, attempt.file_id), attempt, expected, due)


def _seconds(reader: Reader, size: int, limits: Limits) -> float:
    return seconds_for(size, line_rate([sample.rate for sample in meters.find(reader)], limits.line_bytes_per_s))


@dataclass(frozen=True, slots=True)
class ByHand:
    """The sender's side of the outbox. ``body``: the municipality's name; ``requester``: the account to log in with."""

    ledger: Ledger
    outbox: Outbox
    limits: Limits
    body: str
    requester: str
    work: Path
    _called: set[int] = field(default_factory=set)

    def hand_out(self, file: File, attempt: Attempt, path: Path) -> None:
        """Lay a file and its sheet into the outbox. Raises FatalError SERVER-040, DataError SERVER-022."""
        with self.ledger.reading() as reader:
            handout = self._handout(reader, file, attempt, path)
        self.outbox.lay(handout)

    def due(self, reader: Reader) -> datetime | None:
        """When the receipt of what is at the terminal is to be there; None where nothing is."""
        found = at_terminal(reader, self.limits)
        return found.due if found else None

    def attend(self) -> None:
        """Keep the outbox as the books have it, and call once for a receipt that does not come.

        Laid out again where the sender before died between writing down and laying out; taken away when it is over.
        """
        with self.ledger.reading() as reader:
            found = at_terminal(reader, self.limits)
            now = self.ledger.clock.now() if found else None
        self.outbox.keep_only(found.attempt.id if found else None)
        if found is None or now is None:
            return
        if not self.outbox.holds(found.attempt.id):
            try:
                self.hand_out(found.file, found.attempt, self.work / found.file.path)
            except FukuhonError as error:  # a full disk is no reason to stop the sender; the next look tries again
                _log.warning("%s was not handed out again: %s", found.file.name, error.code)
        if found.late(now) and found.attempt.id not in self._called:
            self._called.add(found.attempt.id)
            _log.warning("SENDER-009 %s: no receipt has been entered until %s", found.file.name, found.due.isoformat())

    def _handout(self, reader: Reader, file: File, attempt: Attempt, path: Path) -> Handout:
        order = orders.get(reader, attempt.order_id) if attempt.order_id else None
        needed = _seconds(reader, file.bytes, self.limits) + self.limits.guard_margin_s
        return Handout(
            attempt=attempt.id,
            name=file.name,
            path=path,
            sha256=file.sha256,
            bytes=file.bytes,
            records=file.records,
            spi=file.spi,
            dataset=file.dataset,
            layout=file.layout,
            operation=file.operation,
            channel=Channel(file.channel),
            registration=registration_of(file),
            body=self.body,
            requester=self.requester,
            handed=attempt.started,
            begin_by=order.end - timedelta(seconds=needed) if order else None,
            window_end=order.end if order else None,
        )


def registration_of(file: File) -> Literal["pretest", "initial", "differential"]:
    """What the server is told: a deletion travels as 差分."""
    kind = Kind(file.kind).travels_as
    return "pretest" if kind is Kind.PRETEST else "initial" if kind is Kind.INITIAL else "differential"
