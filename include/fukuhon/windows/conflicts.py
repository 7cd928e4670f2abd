"""What happens when immediate and scheduled registration meet on the server (seed 1.5.4, cases A to D)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from fukuhon.calendars import Interval

__all__ = ["Job", "Outcome", "ScheduledBatch", "resolve_conflicts"]


@dataclass(frozen=True, slots=True)
class Job:
    """One registration as it would run, undisturbed."""

    id: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class ScheduledBatch:
    """The scheduled processing of ``day``: when it begins, and its files in the order in which they are registered."""

    day: date
    start: datetime
    files: Sequence[Job]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``registered`` at an instant, ``error`` (try again later), or ``slipped`` to a day."""

    result: Literal["registered", "error", "slipped"]
    at: datetime | None = None
    to: date | None = None


def resolve_conflicts(immediate: Sequence[Job], scheduled: ScheduledBatch | None) -> dict[str, Outcome]:
    """What becomes of each job, by id.

    (A) An immediate that runs when the batch begins moves the whole batch to the next day. (B) One that arrives while
    a file is being registered errs. (C) One that arrives between files succeeds, and the files that remain move to
    the next day. (D) One that arrives while another runs errs.
    """
    outcomes: dict[str, Outcome] = {}
    standing = list(scheduled.files) if scheduled else []
    running: Interval | None = None
    for job in sorted(immediate, key=lambda job: job.interval.start):
        arrives = job.interval.start
        if (running and arrives in running) or any(arrives in file.interval for file in standing):
            outcomes[job.id] = Outcome("error")
            continue
        running = job.interval
        outcomes[job.id] = Outcome("registered", at=running.end)
        if scheduled and running.end > scheduled.start:
            moved = Outcome("slipped", to=scheduled.day + timedelta(days=1))
            outcomes |= {file.id: moved for file in standing if file.interval.start >= arrives}
            standing = [file for file in standing if file.interval.start < arrives]
    return outcomes | {file.id: Outcome("registered", at=file.interval.end) for file in standing}
