"""Duties with a due time: reconciliation, results, checks. What was not done by then alarms, whoever forgot it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from fukuhon.calendars import BusinessCalendar, tokyo_day
from fukuhon.clock import TOKYO
from fukuhon.vigilance.alarms import Alarm, alarm

__all__ = ["DUTIES", "Duty", "Rhythm", "alarms", "missed"]


class Rhythm(StrEnum):
    """How often a duty comes round."""

    BUSINESS_DAY = "business_day"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to be done each day of its rhythm by the time ``at``, from the day ``since`` on."""

    id: str
    wording: str
    at: time
    since: date
    rhythm: Rhythm = Rhythm.BUSINESS_DAY

    def dues(self, after: datetime | None, now: datetime, calendar: BusinessCalendar) -> list[datetime]:
        """Its due instants later than ``after`` (None: from its first day) and not later than ``now``."""
        day = max(self.since, tokyo_day(after)) if after else self.since
        found = []
        while day <= tokyo_day(now):
            due = datetime.combine(day, self.at, TOKYO)
            if (after is None or due > after) and due <= now and self._comes(day, calendar):
                found.append(due)
            day += timedelta(days=1)
        return found

    def _comes(self, day: date, calendar: BusinessCalendar) -> bool:
        return self.rhythm is Rhythm.DAY or calendar.is_business_day(day)


def missed(duty: Duty, last_done: datetime | None, now: datetime, calendar: BusinessCalendar) -> list[datetime]:
    """Due instants that passed without the duty being done since the one before.

    Done between two due instants (the earlier included) it counts for the later one.
    """
    dues = duty.dues(last_done, now, calendar)
    return dues if last_done is None else dues[1:]


def alarms(
    duties: Iterable[Duty], last_done: Mapping[str, datetime], now: datetime, calendar: BusinessCalendar
) -> list[Alarm]:
    """An alarm for each duty overdue at ``now``, the longest overdue first. ``last_done``: instants by duty's id."""
    found = []
    for duty in duties:
        if dues := missed(duty, last_done.get(duty.id), now, calendar):
            due = dues[0]
            found.append(alarm("VIGILANCE-010", duty.id, due, now, what=duty.wording, due=due, times=len(dues)))
    return sorted(found, key=lambda one: one.due)


def _daily(since: date) -> tuple[Duty, ...]:
    return (
        Duty("preflight", "副本登録の前提作業の確認", time(8, 30), since),
        Duty("confirm_results", "登録結果の確認", time(12, 0), since),
        Duty("reconcile", "正本と副本の突合", time(18, 0), since),
        Duty("daily_operations", "バッチ処理の状態と業務統計の確認", time(18, 0), since),
    )


# The daily duties of seed 1.3, 1.6.3 and 3.1.1 from the first day of the preparations on; the hours are ours
# (inferred).
DUTIES = _daily(date(2017, 4, 1))
