"""All windows of a body in a range of days: what the timetable, the plan and the day's sheet ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Self

from fukuhon.calendars import SERVICE_HOURS, ModeCalendar, ServiceHours
from fukuhon.site import Site
from fukuhon.windows.channels import CHANNEL_HOURS, ChannelHours, channel_windows
from fukuhon.windows.initial import initial_windows
from fukuhon.windows.model import Allotment, Channel, Kind, Window

__all__ = ["Premises", "current", "open_windows"]


@dataclass(frozen=True, slots=True)
class Premises:
    """What decides a body's windows: its group and allotments, its modes, the server's and the channels' hours."""

    group: int
    allotments: Sequence[Allotment] = ()
    modes: ModeCalendar = field(default_factory=ModeCalendar)
    hours: ServiceHours = SERVICE_HOURS
    rules: Sequence[ChannelHours] = CHANNEL_HOURS
    scheduled_done: Mapping[date, datetime] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, site: Site, scheduled_done: Mapping[date, datetime] = MappingProxyType({})) -> Self:
        """The premises that a site's settings give. Raises as ``Allotment.parse``."""
        allotments = [
            Allotment.parse(a.days, a.start, a.end, a.bytes, part=a.part, version=a.version, state=a.state)
            for a in site.allotments
        ]
        return cls(site.body.group, allotments, site.mode_calendar(), scheduled_done=scheduled_done)


def open_windows(
    premises: Premises, kind: Kind, first: date, last: date, channel: Channel | None = None
) -> list[Window]:
    """The windows for ``kind`` on the days ``first`` to ``last``, both included, soonest first.

    初期登録 goes in its allotments and by any channel; the others need one. The settings' mistakes come out as
    ConfigurationError (WINDOWS-002, WINDOWS-004).
    """
    if kind is Kind.INITIAL:
        found = initial_windows(premises.allotments, premises.hours, premises.modes, channel)
        return [window for window in found if first <= window.interval.start.date() <= last]
    by = channel or Channel.XML_LINKAGE
    return [
        Window.of(interval, kind.travels_as, channel=by)
        for day in _days(first, last)
        for interval in channel_windows(
            day,
            premises.group,
            by,
            kind,
            premises.scheduled_done.get(day),
            hours=premises.hours,
            modes=premises.modes,
            rules=premises.rules,
        )
    ]


def current(windows: Sequence[Window], now: datetime) -> Window | None:
    """The window that is open at ``now``: of several the one that ends first; None when none is."""
    return min((window for window in windows if now in window.interval), key=lambda w: w.interval.end, default=None)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
