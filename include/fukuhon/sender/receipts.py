"""The receipt of what was sent at the terminal, as a person types it in; and the end of a wait that leads nowhere.

A typed number is believed only as far as it can be checked, and what is wrong is told by position: no message shows a
number, neither this file's nor another's.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from fukuhon.calendars import tokyo_day
from fukuhon.clock import TOKYO
from fukuhon.errors import DataError, RefusedError
from fukuhon.identifiers import ReceiptKind, ReceiptNumber
from fukuhon.ledger import Event, File, Tx, attempts, files
from fukuhon.ledger.attempts import Ended
from fukuhon.sender import outcomes
from fukuhon.sender.by_hand import Waiting, at_terminal
from fukuhon.site.settings import Limits

__all__ = ["DIGITS", "Entered", "close", "enter"]

DIGITS = 22
"""All receipts of registrations in the seed (1.6.3) have so many; that all others do is inferred."""
_SKEW = timedelta(minutes=5)
"""By so much the terminal's clock and ours may differ; its screens show minutes."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering did. ``again``: the same receipt was entered before, nothing was changed."""

    file: File
    again: bool


def enter(tx: Tx, name: str, number: str, received: str, limits: Limits) -> Entered:
    """Write down the receipt of a file that was sent at the terminal.

    ``received``: 受付日時 as the screen shows it, to the minute. The same receipt twice changes nothing. Raises
    RefusedError: SENDER-010 no such file waits, SENDER-011 it has another receipt, SENDER-014 the receipt is another
    file's; DataError: SENDER-012 the number's form, SENDER-013 its date, SENDER-015 the time's form, SENDER-016 a time
    before the handing out or to come.
    """
    receipt, at = _number(number), _instant(received)
    file = _file(tx, name)
    if file.receipt is not None:
        return _again(file, receipt, at)
    found = _waits(tx, file, limits)
    if files.find(tx, receipt=str(receipt)):
        raise RefusedError("SENDER-014", file=name)
    if not found.attempt.started - _SKEW <= at + timedelta(minutes=1) or at > tx.now + _SKEW:
        raise DataError("SENDER-016", file=name, handed=found.attempt.started, now=tx.now)
    if receipt.date != tokyo_day(at):
        raise DataError("SENDER-013", positions="5〜12桁目")
    ended = Ended(
        outcome="received",
        bytes_on_wire=found.attempt.bytes,
        ended=tx.now,
        seconds=(tx.now - found.attempt.started).total_seconds(),
        receipt=str(receipt),
        received_at=at,
        fault="by_hand",  # a person's pace measures no line
    )
    outcomes.write(tx, found.attempt.key, ended)
    return Entered(files.get(tx, file.id), again=False)


def close(tx: Tx, name: str, reason: str, limits: Limits) -> File:
    """End the wait for a receipt, in the name of the administrator and with a reason; the file is then in doubt.

    Whether the server has it nobody knows: a look at its list settles that, never another sending. Raises RefusedError:
    SENDER-010 no such file waits, SENDER-017 it is not overdue; DataError SENDER-018 without a reason.
    """
    if not reason.strip():
        raise DataError("SENDER-018")
    found = _waits(tx, _file(tx, name), limits)
    if not found.late(tx.now):
        raise RefusedError("SENDER-017", file=name, due=found.due)
    tx.note(Event("attempt.closed", f"attempts:{found.attempt.id}", {"reason": reason.strip(), "file": name}))
    seconds = (tx.now - found.attempt.started).total_seconds()
    ended = Ended(outcome="in_doubt", bytes_on_wire=found.attempt.bytes, ended=tx.now, seconds=seconds, fault="closed")
    outcomes.write(tx, found.attempt.key, ended)
    return files.get(tx, found.file.id)


def _file(tx: Tx, name: str) -> File:
    found = next((file for file in files.find(tx) if file.name == name), None)
    if found is None:
        raise RefusedError("SENDER-010")
    return found


def _waits(tx: Tx, file: File, limits: Limits) -> Waiting:
    found = at_terminal(tx, limits)
    if found is None or found.file.id != file.id:
        raise RefusedError("SENDER-010")
    return found


def _again(file: File, receipt: ReceiptNumber, at: datetime) -> Entered:
    assert file.receipt is not None, "asked by the caller"
    if file.channel not in attempts.BY_HAND:
        raise RefusedError("SENDER-010")
    if file.receipt != receipt:
        raise RefusedError("SENDER-011", file=file.name, positions=_differing(file.receipt, receipt))
    if file.received_at != at:
        raise RefusedError("SENDER-011", file=file.name, positions="受付日時")
    return Entered(file, again=True)


def _differing(one: str, other: str) -> str:
    if len(one) != len(other):
        return f"{min(len(one), len(other)) + 1}桁目以降"
    return _positions(n for n, pair in enumerate(zip(one, other, strict=True), 1) if len(set(pair)) > 1)


def _positions(places: object) -> str:
    return "、".join(f"{n}桁目" for n in places)  # type: ignore[attr-defined]


def _number(typed: str) -> ReceiptNumber:
    """The number, also where it was typed in full-width digits. What is wrong is named by position."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if wrong := [n for n, sign in enumerate(text, 1) if not (sign.isascii() and sign.isdigit())]:
        raise DataError("SENDER-012", why=f"{_positions(wrong)}が数字ではありません")
    if len(text) != DIGITS:
        raise DataError("SENDER-012", why=f"{DIGITS}桁のところ、{len(text)}桁です")
    try:
        number = ReceiptNumber.parse(text)
    except DataError:
        raise DataError("SENDER-012", why="5〜12桁目が日付ではありません") from None
    if number.kind is not ReceiptKind.REGISTRATION:
        raise DataError("SENDER-012", why="1〜4桁目が登録の受付番号のものではありません")
    return number


def _instant(typed: str) -> datetime:
    text = unicodedata.normalize("NFKC", typed).strip().replace("/", "-")
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=TOKYO)
    except ValueError:
        raise DataError("SENDER-015") from None
