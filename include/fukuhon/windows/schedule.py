"""A body's own schedule: which days it prepares, in which of the open windows it uploads, when its duties are due.

Windows say when an upload *may* start; the schedule says when this body means to. It is a file beside the settings
(``schedule.yaml``, docs/schedule.md), because timetables read it while dags are parsed: no database, no server.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from fukuhon.calendars import day_interval, parse_minutes
from fukuhon.clock import TOKYO
from fukuhon.site import Site, load
from fukuhon.site.documents import Document, Problem, read_document
from fukuhon.site.settings import Part, TimeOfDay
from fukuhon.windows.channels import channel_windows
from fukuhon.windows.initial import initial_windows
from fukuhon.windows.line import one_line
from fukuhon.windows.model import Allotment, Channel, Kind, Window

__all__ = ["Schedule", "allotments", "differential_days", "duty_times", "load_schedule", "upload_windows"]

FILE = "schedule.yaml"


class Hours(Part):
    """Hours of one day, or of each business day."""

    days: Literal["business"] | Annotated[tuple[date, ...], Field(strict=False)]
    start: Annotated[TimeOfDay, Field(alias="from")] = "08:00"
    end: Annotated[TimeOfDay, Field(alias="to")] = "24:00"


class DutyTimes(Part):
    """When a duty is done: at an hour of the named days, or of each business day."""

    days: Literal["business"] | Annotated[tuple[date, ...], Field(strict=False)]
    at: TimeOfDay


class Schedule(Part):
    """``schedule.yaml``: what is done from ``first_day`` to ``last_day``, both included."""

    first_day: date
    last_day: date
    pretest: Hours | None = None
    differential_days: Literal["business"] | Annotated[tuple[date, ...], Field(strict=False)] = "business"
    differential_uploads: Hours | None = None
    duties: Mapping[str, Annotated[tuple[DutyTimes, ...], Field(strict=False)]] = Field(default_factory=dict)


def load_schedule(folder: Path | str) -> Schedule:
    """Read ``folder/schedule.yaml``. Raises ConfigurationError SITE-001, SITE-002, WINDOWS-006 (all that is wrong)."""
    path = Path(folder).expanduser().resolve() / FILE
    if not path.exists():  # the reading says so
        return _read(path, 0, 0)
    state = path.stat()
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=32)
def _read(path: Path, _edited: int, _size: int) -> Schedule:
    """A page asks for it a dozen times a second's look: the same file is read once."""
    document: Document = read_document(path)
    return document.build(Schedule, "WINDOWS-006", (_ordered,))


def allotments(site: Site) -> list[Allotment]:
    """The allotments of the settings, as windows reckon with them."""
    return [
        Allotment.parse(row.days, row.start, row.end, row.bytes, part=row.part, version=row.version, state=row.state)
        for row in site.allotments
    ]


def upload_windows(site: Site | Path | str) -> list[Window]:
    """Every window in which this body means to upload, soonest first and none overlapping another.

    初期登録 in its allotments; the pretest and 差分 in the hours of the schedule, cut to what the channels allow. How
    windows share the one line of the body: ``one_line``.
    """
    settings = _settings(site)
    schedule = load_schedule(settings.folder)
    found = [*_initial(settings), *_pretest(settings, schedule), *_differential(settings, schedule)]
    first, last = day_interval(schedule.first_day).start, day_interval(schedule.last_day).end
    return [window for window in one_line(found) if first <= window.interval.start < last]


def differential_days(site: Site | Path | str) -> list[date]:
    """The days whose changes are prepared, each by itself, soonest first."""
    settings = _settings(site)
    schedule = load_schedule(settings.folder)
    return list(_days(settings, schedule, schedule.differential_days))


def duty_times(site: Site | Path | str, duty: str) -> list[datetime]:
    """The instants at which a duty is to be done, soonest first; none where the schedule does not name it."""
    settings = _settings(site)
    schedule = load_schedule(settings.folder)
    return sorted(
        day_interval(day).start + timedelta(minutes=parse_minutes(row.at))
        for row in schedule.duties.get(duty, ())
        for day in _days(settings, schedule, row.days)
    )


def _settings(site: Site | Path | str) -> Site:
    return site if isinstance(site, Site) else load(site)


def _ordered(schedule: Schedule) -> Iterator[Problem]:
    if schedule.first_day > schedule.last_day:
        yield Problem(("last_day",), "first_day 以降の日にしてください")


def _initial(site: Site) -> list[Window]:
    return initial_windows(allotments(site), modes=site.mode_calendar())


def _pretest(site: Site, schedule: Schedule) -> Iterator[Window]:
    if schedule.pretest is not None:
        yield from _by_channel(site, schedule, schedule.pretest, Kind.PRETEST)


def _differential(site: Site, schedule: Schedule) -> Iterator[Window]:
    if schedule.differential_uploads is not None:
        yield from _by_channel(site, schedule, schedule.differential_uploads, Kind.DIFFERENTIAL)


def _by_channel(site: Site, schedule: Schedule, hours: Hours, kind: Kind) -> Iterator[Window]:
    modes = site.mode_calendar()
    for channel in _channels(site):
        for day in _days(site, schedule, hours.days):
            for interval in channel_windows(day, site.body.group, channel, kind, modes=modes):
                yield from _cut(Window.of(interval, kind, channel=Channel(channel)), hours)


def _cut(window: Window, hours: Hours) -> Iterator[Window]:
    day = window.interval.start.astimezone(TOKYO).date()
    wanted = day_interval(day, parse_minutes(hours.start), parse_minutes(hours.end))
    if part := window.interval.meet(wanted):
        yield Window.of(part, window.kind, channel=window.channel)


def _channels(site: Site) -> list[int]:
    return sorted({dataset.channel for dataset in site.datasets()})


def _days(site: Site, schedule: Schedule, days: Literal["business"] | tuple[date, ...]) -> Iterator[date]:
    if days != "business":
        yield from sorted(day for day in days if schedule.first_day <= day <= schedule.last_day)
        return
    calendar = site.calendar()
    for n in range((schedule.last_day - schedule.first_day).days + 1):
        day = schedule.first_day + timedelta(days=n)
        if calendar.is_business_day(day):
            yield day
