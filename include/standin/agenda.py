"""What comes next: asked by whoever steps the clock, so that nothing is stepped over."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from standin.batch import night_span
from standin.body import Body
from standin.clock import day_start, from_micros
from standin.hours import channel_windows, initial_windows, registration_hours

__all__ = ["Coming", "coming"]

_SCHEDULED = 3


@dataclass(frozen=True, order=True)
class Coming:
    """An instant at which something begins or ends."""

    at: datetime
    what: str
    body: str


def coming(bodies: Iterable[Body], now: datetime, wanted: Collection[str] | None = None) -> Coming | None:
    """Return the next of what is wanted (all, if that is None) after ``now``."""
    found = [one for body in bodies for one in _of_body(body, now)]
    left = [one for one in found if one.at > now and (wanted is None or one.what in wanted)]
    return min(left, default=None)


def _of_body(body: Body, now: datetime) -> Iterable[Coming]:
    code = body.code
    yield Coming(day_start(now.date() + timedelta(days=1)), "midnight", code)
    for days in range(-1, 2):
        start, end = night_span(body, now.date() + timedelta(days=days))
        yield Coming(start, "batch_start", code)
        yield Coming(end, "batch_end", code)
    for file in body.store.all("SELECT starts, ends, channel FROM files WHERE state IN ('running', 'planned')"):
        yield Coming(from_micros(file["starts"]), "file_start", code)
        yield Coming(from_micros(file["ends"]), "file_end", code)
    for span, _ in initial_windows(body.settings.allotments, body.settings.applied):
        yield Coming(span.start, "window_start", code)
        yield Coming(span.end, "window_end", code)
    yield from _hours(body, now)


def _hours(body: Body, now: datetime) -> Iterable[Coming]:
    """Yield the hours of 差分登録 by the scheduled channels, and those in which files are taken at all."""
    for days in range(15):
        day = now.date() + timedelta(days=days)
        hours = registration_hours(day)
        yield Coming(hours.start, "hours_start", body.code)
        yield Coming(hours.end, "hours_end", body.code)
        for span in channel_windows(day, body.settings.group, _SCHEDULED, applied=body.settings.applied):
            yield Coming(span.start, "differential_start", body.code)
            yield Coming(span.end, "differential_end", body.code)
