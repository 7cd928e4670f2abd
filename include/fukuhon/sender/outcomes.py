"""From what an upload brought to what the books say of it."""

from __future__ import annotations

from datetime import datetime

from fukuhon.errors import FukuhonError
from fukuhon.ledger import File, FileState, Tx, attempts, files, meters
from fukuhon.ledger.attempts import Attempt, Ended, Settlement
from fukuhon.server import AnswerLost, LineCut, Receipt, Refused, ServerAway
from fukuhon.windows import Channel

__all__ = ["failed", "received", "settled", "write"]


def received(receipt: Receipt, ended: datetime, seconds: float) -> Ended:
    """The server has taken the file."""
    return Ended(
        outcome="received",
        bytes_on_wire=receipt.bytes,
        ended=ended,
        seconds=seconds,
        receipt=str(receipt.number),
        received_at=receipt.received,
        fault="replayed" if receipt.replayed else None,
    )


def failed(error: Exception, sent: int, size: int, ended: datetime, seconds: float) -> Ended:
    """What an error says of the file.

    One that we do not know says nothing: the file is in doubt, and all of it counts.
    """
    if isinstance(error, ServerAway):
        return Ended(outcome="cut", bytes_on_wire=0, ended=ended, seconds=seconds, fault=error.code)
    if isinstance(error, LineCut):
        return Ended(outcome="cut", bytes_on_wire=error.bytes_sent, ended=ended, seconds=seconds, fault=error.code)
    if isinstance(error, Refused):
        return Ended(
            outcome="refused",
            bytes_on_wire=sent,
            ended=ended,
            seconds=seconds,
            fault=error.fault,
            again=error.passing,
        )
    fault = error.code if isinstance(error, FukuhonError) else type(error).__name__
    if fault == "SERVER-022":  # refused by ourselves: no connection was made
        return Ended(outcome="refused", bytes_on_wire=0, ended=ended, seconds=seconds, fault=fault)
    spent = error.bytes_sent if isinstance(error, AnswerLost) else size
    return Ended(outcome="in_doubt", bytes_on_wire=spent, ended=ended, seconds=seconds, fault=fault)


def write(tx: Tx, key: str, ended: Ended) -> None:
    """Tell the ledger what became of an attempt; what it knows already, it is not told again.

    A doubt that the journal resolves is settled by it. Raises FatalError (LEDGER-041) when the two contradict each
    other.
    """
    known = attempts.by_key(tx, key)
    if known.ended is None:
        _took(tx, known, attempts.end(tx, key, ended), ended)
    elif known.outcome != ended.outcome:
        settled(tx, known, ended, "journal")


def settled(tx: Tx, known: Attempt, ended: Ended, how: Settlement) -> None:
    """Tell the ledger how a doubt ended. Raises FatalError (LEDGER-041) when there is no doubt, or it did not end."""
    _took(tx, known, attempts.settle(tx, known.key, ended, how), ended)


def _took(tx: Tx, known: Attempt, file: File, ended: Ended) -> None:
    """What follows from a receipt.

    A measurement of the line, and for scheduled channels the wait for the night's batch.
    """
    if ended.outcome != "received":
        return
    if ended.fault is None and known.ended is None:  # a replay, or a doubt, measured nothing
        meters.add(tx, known.kind, known.channel, ended.bytes_on_wire, ended.seconds)
    if Channel(known.channel).scheduled:
        files.move(tx, file.id, FileState.WAITING)
