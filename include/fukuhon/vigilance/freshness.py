"""Freshness: a source that brings nothing new for longer than usual (as went unseen for a year: 石巻市 2023)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from fukuhon.calendars import BusinessCalendar, day_interval
from fukuhon.vigilance.alarms import Alarm, alarm

__all__ = ["expected_by", "stale"]


def expected_by(last_new: date, usual_days: int, calendar: BusinessCalendar) -> datetime:
    """The end of the business day by which something new is usual after ``last_new``."""
    return day_interval(calendar.next_business_day(last_new, usual_days)).end


def stale(
    usual_days: Mapping[str, int],
    last_new: Mapping[str, date],
    now: datetime,
    calendar: BusinessCalendar,
    since: date,
) -> list[Alarm]:
    """An alarm for each dataset without anything new for longer than its usual interval, in business days.

    ``last_new``: the last day on which its extract brought a new, changed or deleted record; a dataset that is
    missing there brought none since ``since``, the first day of its 差分. The longest silent first.
    """
    found = []
    for dataset, days in usual_days.items():
        last = last_new.get(dataset, since)
        at = expected_by(last, days, calendar)
        if now >= at:
            found.append(alarm("VIGILANCE-013", dataset, at, now, dataset=dataset, last=last, usual=days))
    return sorted(found, key=lambda one: one.due)
