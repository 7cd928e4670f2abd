"""定時 and 即時 processing that meet (seed 1.5.4): the two decisions, and a whole day's plan resolved by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

__all__ = ["Outcome", "Planned", "Schedule", "Verdict", "batch_may_start", "judge_immediate", "resolve"]


class Verdict(Enum):
    """What happens to an immediate registration that arrives."""

    ACCEPT = "accept"
    ERROR = "error"
    ACCEPT_AND_SLIP = "accept_and_slip"


def judge_immediate(*, immediate_running: bool, file_running: bool, files_left: bool) -> Verdict:
    """Decide about an arriving immediate: (D) and (B) err, (C) makes the rest of the batch slip to the next day."""
    if immediate_running or file_running:
        return Verdict.ERROR
    return Verdict.ACCEPT_AND_SLIP if files_left else Verdict.ACCEPT


def batch_may_start(*, immediate_running: bool) -> bool:
    """(A): a batch whose time comes while an immediate runs slips to the next day as a whole."""
    return not immediate_running


@dataclass(frozen=True)
class Planned:
    """A registration as it would run, from an instant to another, excluded."""

    id: str
    start: datetime
    end: datetime

    def runs_at(self, instant: datetime) -> bool:
        """Whether it is being processed at an instant."""
        return self.start <= instant < self.end


@dataclass(frozen=True)
class Schedule:
    """A day's batch: its start and its files."""

    day: date
    start: datetime
    files: tuple[Planned, ...]


@dataclass(frozen=True)
class Outcome:
    """registered (at), error, or slipped (to)."""

    result: str
    at: datetime | None = None
    to: date | None = None


def resolve(immediates: Sequence[Planned], schedule: Schedule | None) -> dict[str, Outcome]:
    """Say how each of a day's registrations ends."""
    outcomes: dict[str, Outcome] = {}
    left = list(schedule.files) if schedule else []
    accepted: list[Planned] = []
    for one in sorted(immediates, key=lambda planned: planned.start):
        if schedule and one.start >= schedule.start and not _batch_started(accepted, schedule):
            left = []
        running = schedule is not None and one.start >= schedule.start
        verdict = judge_immediate(
            immediate_running=any(other.runs_at(one.start) for other in accepted),
            file_running=running and any(file.runs_at(one.start) for file in left),
            files_left=running and any(file.start > one.start for file in left),
        )
        if verdict is Verdict.ERROR:
            outcomes[one.id] = Outcome("error")
            continue
        if verdict is Verdict.ACCEPT_AND_SLIP:
            left = [file for file in left if file.start <= one.start]
        accepted.append(one)
        outcomes[one.id] = Outcome("registered", at=one.end)
    if schedule:
        outcomes |= _files(schedule, left if _batch_started(accepted, schedule) else [])
    return outcomes


def _batch_started(accepted: Sequence[Planned], schedule: Schedule) -> bool:
    return batch_may_start(
        immediate_running=any(one.runs_at(schedule.start) for one in accepted if one.start < schedule.start)
    )


def _files(schedule: Schedule, done: Sequence[Planned]) -> dict[str, Outcome]:
    slipped = Outcome("slipped", to=schedule.day + timedelta(days=1))
    return {file.id: Outcome("registered", at=file.end) if file in done else slipped for file in schedule.files}
