"""Duties with a due time: reconciliation, results, checks. What was not done by then alarms, whoever forgot it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from fukuhon.calendars import BusinessCalendar, day_interval, tokyo_day
from fukuhon.clock import TOKYO
from fukuhon.vigilance.alarms import Alarm, alarm

__all__ = ["DUTIES", "Duty", "Rhythm", "alarms", "alarms_of", "missed"]


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

    def dues(self, now: datetime, calendar: BusinessCalendar) -> list[datetime]:
        """Its due instants up to and including ``now``."""
        days = (self.since + timedelta(days=n) for n in range((tokyo_day(now) - self.since).days + 1))
        instants = (datetime.combine(day, self.at, TOKYO) for day in days if self._comes(day, calendar))
        return [instant for instant in instants if instant <= now]

    def _comes(self, day: date, calendar: BusinessCalendar) -> bool:
        return self.rhythm is Rhythm.DAY or calendar.is_business_day(day)


def missed(dues: Iterable[datetime], last_done: datetime | None, now: datetime) -> list[datetime]:
    """Those of the due instants that have come although the duty was not done since the beginning of their day.

    Yesterday's doing is no doing of today; doing it late ends the alarm.
    """
    come = (due for due in dues if due <= now)
    return sorted(due for due in come if last_done is None or last_done < day_interval(tokyo_day(due)).start)


def alarms_of(
    duty: str, wording: str, dues: Iterable[datetime], last_done: datetime | None, now: datetime
) -> list[Alarm]:
    """One alarm, or none, for a duty with these due instants, such as a site's schedule names them."""
    late = missed(dues, last_done, now)
    return [alarm("VIGILANCE-010", duty, late[0], now, what=wording, due=late[0], times=len(late))] if late else []


def alarms(
    duties: Iterable[Duty], last_done: Mapping[str, datetime], now: datetime, calendar: BusinessCalendar
) -> list[Alarm]:
    """An alarm for each duty overdue at ``now``, the longest overdue first. ``last_done``: instants by duty's id."""
    found = [
        one
        for duty in duties
        for one in alarms_of(duty.id, duty.wording, duty.dues(now, calendar), last_done.get(duty.id), now)
    ]
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
