"""What a row of the result list (SC_DBM_0103) means, and when it may be looked at again (seed 1.6.3).

処理完了 is not success: the seed's own screen shows one record processed and one in error under it. A count that
differs from the count sent is a failure without any error. 処理待ち may last, and is looked at again only after a
night's batch of a later day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fukuhon.calendars import tokyo_day

__all__ = ["Meaning", "Reading", "Status", "counts_match", "may_ask", "meaning", "ok_records", "read_row"]


class Status(StrEnum):
    """処理ステータス as the screen shows it."""

    WAITING = "処理待ち"
    COMPLETED = "処理完了"
    ERROR = "処理エラー"


class Meaning(StrEnum):
    """What the row says of the file: a state of the ledger."""

    WAITING = "waiting"
    PROCESSED = "processed"
    PROCESSED_WITH_ERRORS = "processed_with_errors"
    REJECTED_WHOLE = "rejected_whole"


@dataclass(frozen=True, slots=True)
class Reading:
    """A row read against the file sent. ``ok``: records registered; ``counts_match``: 処理件数 is the count sent."""

    meaning: Meaning
    ok: int
    counts_match: bool

    @property
    def clean(self) -> bool:
        """Registered as sent: no error and no difference in the count. Only this may be confirmed without a person."""
        return self.meaning is Meaning.PROCESSED and self.counts_match


def meaning(status: Status, errors: int) -> Meaning:
    """What ``status`` with this エラー件数 means."""
    if status is Status.WAITING:
        return Meaning.WAITING
    if status is Status.ERROR:
        return Meaning.REJECTED_WHOLE
    return Meaning.PROCESSED_WITH_ERRORS if errors else Meaning.PROCESSED


def ok_records(status: Status, processed: int, errors: int) -> int:
    """Records without error: those processed less the errors among them; none of a file rejected or waiting."""
    return max(processed - errors, 0) if status is Status.COMPLETED else 0


def counts_match(processed: int, sent: int) -> bool:
    """差異がないこと: 処理件数 is the count that was sent."""
    return processed == sent


def read_row(status: Status, processed: int, errors: int, sent: int) -> Reading:
    """Read one row of SC_DBM_0103 for a file of ``sent`` records."""
    return Reading(meaning(status, errors), ok_records(status, processed, errors), counts_match(processed, sent))


def may_ask(looked: datetime | None, batch_ends: Iterable[datetime], now: datetime) -> bool:
    """Whether the list may be asked again at ``now`` about a file seen as 処理待ち at ``looked`` (None: never looked).

    Only after a night's batch that ended on a later day than that look, which each look starts anew (the day of the
    end is an inference).
    """
    if looked is None:
        return True
    return any(tokyo_day(end) > tokyo_day(looked) and end <= now for end in batch_ends)
