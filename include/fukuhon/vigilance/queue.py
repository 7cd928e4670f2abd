"""Age of what waits: files not sent, and files that the server keeps as 処理待ち (seed 1.6.3: no upper bound)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fukuhon.vigilance.alarms import Alarm, alarm

__all__ = ["Age", "Queue", "QueuedFile", "ages", "old"]


class Queue(StrEnum):
    """Where a file waits: with us, or at the server."""

    UNSENT = "unsent"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class QueuedFile:
    """A file that waits since an instant: since it was written, or since 受付日時."""

    name: str
    queue: Queue
    since: datetime
    records: int


@dataclass(frozen=True, slots=True)
class Age:
    """How long a file has waited, and how many of the server's night batches ended meanwhile."""

    file: QueuedFile
    waited: timedelta
    nights: int


def ages(files: Iterable[QueuedFile], batch_ends: Iterable[datetime], now: datetime) -> list[Age]:
    """The age of each file, the oldest first."""
    ends = [end for end in batch_ends if end <= now]
    found = [Age(file, now - file.since, sum(end > file.since for end in ends)) for file in files]
    return sorted(found, key=lambda age: (-age.waited, age.file.name))


def old(found: Iterable[Age], now: datetime, *, nights: int = 2, unsent: timedelta = timedelta(days=2)) -> list[Alarm]:
    """An alarm for each file left waiting by more than ``nights`` batches, or unsent for longer than ``unsent``."""
    alarms = []
    for age in found:
        file = age.file
        if file.queue is Queue.WAITING and age.nights > nights:
            alarms.append(
                alarm(
                    "VIGILANCE-014",
                    file.name,
                    file.since,
                    now,
                    nights=age.nights,
                    file=file.name,
                    since=file.since,
                    records=file.records,
                )
            )
        if file.queue is Queue.UNSENT and age.waited > unsent:
            alarms.append(
                alarm(
                    "VIGILANCE-015",
                    file.name,
                    file.since + unsent,
                    now,
                    file=file.name,
                    since=file.since,
                    records=file.records,
                )
            )
    return alarms
