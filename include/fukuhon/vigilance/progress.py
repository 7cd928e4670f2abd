"""Progress of 初期登録 (別紙5): when the prefecture sends it, what may be shown as 実績 (seed 1.4.3, 1.6.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from fukuhon.calendars import BusinessCalendar

__all__ = ["CUTOFFS_2017", "Shown", "area_complete_due", "cutoff_due", "next_cutoff", "shown"]

# 進捗締日 → last day on which the prefecture sends to J-LIS. The municipality's own term is set by its prefecture.
CUTOFFS_2017: Mapping[date, date] = MappingProxyType(
    {date(2017, 5, 9): date(2017, 5, 12), date(2017, 6, 6): date(2017, 6, 9)}
)


def cutoff_due(day: date, cutoffs: Mapping[date, date] = CUTOFFS_2017) -> date | None:
    """The prefecture's last day for the state as of cut-off ``day``; None when that day is no cut-off."""
    return cutoffs.get(day)


def next_cutoff(day: date, cutoffs: Mapping[date, date] = CUTOFFS_2017) -> date | None:
    """The first cut-off on or after ``day``; None after the last."""
    return min((cutoff for cutoff in cutoffs if cutoff >= day), default=None)


def area_complete_due(day: date, calendar: BusinessCalendar | None = None) -> date:
    """The prefecture's last day when its whole area, unions included, was complete on ``day``: the next business day.

    A single body's completion starts no term.
    """
    return (calendar or BusinessCalendar()).next_business_day(day)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a body's sheet shows as 実績. Every group reports, 3 included."""

    actual_upload: date | None
    actual_confirmed: date | None
    reports: bool = True


def shown(uploaded: date | None, confirmed: date | None) -> Shown:
    """The 実績 that may be written: nothing before the results are confirmed (seed 1.6.3)."""
    return Shown(uploaded, confirmed) if confirmed is not None else Shown(None, None)
