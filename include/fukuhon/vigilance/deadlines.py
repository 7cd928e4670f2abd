"""The deadline of a change: before business opens on the 翌々開庁日 (seed 4.3), counted by day and dataset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from fukuhon.calendars import BusinessCalendar
from fukuhon.vigilance.alarms import Alarm, alarm

__all__ = ["Pending", "due", "overdue"]


@dataclass(frozen=True, slots=True)
class Pending:
    """Records of one dataset, changed on one day, that the server does not hold yet.

    ``found``: only a comparison found the change, so the day is that of the finding, and is labelled so.
    ``withheld``: an officer has to decide (quarantined, a deletion left open).
    """

    dataset: str
    changed: date
    records: int
    found: bool = False
    withheld: bool = False

    @property
    def label(self) -> str:
        """What the day is, for an officer."""
        return "突合で判明した日" if self.found else "確定・更新日"


def due(pending: Pending, calendar: BusinessCalendar, opening: time) -> datetime:
    """The instant before which it has to be registered."""
    return calendar.due(pending.changed, opening)


def overdue(pending: Iterable[Pending], now: datetime, calendar: BusinessCalendar, opening: time) -> list[Alarm]:
    """One alarm for each group of records whose deadline is reached, the oldest first."""
    found = []
    for group in pending:
        at = due(group, calendar, opening)
        if group.records and now >= at:
            found.append(_late(group, at, now))
    return sorted(found, key=lambda one: one.due)


def _late(group: Pending, at: datetime, now: datetime) -> Alarm:
    what, records, changed, label = group.dataset, group.records, group.changed, group.label
    if group.withheld:
        return alarm(
            "VIGILANCE-012", what, at, now, dataset=what, records=records, due=at, changed=changed, label=label
        )
    return alarm("VIGILANCE-011", what, at, now, dataset=what, records=records, due=at, changed=changed, label=label)
