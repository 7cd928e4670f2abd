"""The simulated clock: one for the whole server, in Japan Standard Time.

It never ticks by itself. It moves when bytes arrive, when records are processed within a step, and when it is told
to step; it never moves back.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

__all__ = [
    "JST",
    "ClockError",
    "SimulatedClock",
    "day_start",
    "from_micros",
    "iso",
    "micros",
    "minute",
    "minute_iso",
    "parse_instant",
    "second",
]

JST = timezone(timedelta(hours=9))


class ClockError(ValueError):
    """An instant that cannot be read, or that lies before the present."""


class SimulatedClock:
    """Simulated time, in microseconds, moved only by its owner."""

    def __init__(self, now: datetime) -> None:
        self._now = now.astimezone(JST)

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self._now

    @property
    def today(self) -> date:
        """The present day in Japan."""
        return self._now.date()

    def advance_to(self, instant: datetime) -> None:
        """Move on to ``instant``; a past one is refused with ClockError."""
        if instant < self._now:
            msg = f"the clock does not go back from {iso(self._now)} to {iso(instant)}"
            raise ClockError(msg)
        self._now = instant.astimezone(JST)

    def reach(self, instant: datetime) -> None:
        """Move on to ``instant`` unless that is past already."""
        self._now = max(self._now, instant.astimezone(JST))


def parse_instant(text: str) -> datetime:
    """Read an ISO instant with an offset; anything else is a ClockError."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise ClockError(str(error)) from error
    if instant.tzinfo is None:
        msg = f"an instant needs an offset: {text}"
        raise ClockError(msg)
    return instant.astimezone(JST)


def iso(instant: datetime) -> str:
    """Write an instant in full, microseconds where there are some."""
    return instant.astimezone(JST).isoformat()


def second(instant: datetime) -> str:
    """Write an instant as screens show it: seconds, never rounded up."""
    return instant.astimezone(JST).replace(microsecond=0).isoformat()


def minute(instant: datetime) -> datetime:
    """Return the beginning of the instant's minute."""
    return instant.astimezone(JST).replace(second=0, microsecond=0)


def minute_iso(instant: datetime) -> str:
    """Write the minute of an instant as ``YYYY-MM-DDTHH:MM+09:00``."""
    return minute(instant).isoformat(timespec="minutes")


def day_start(day: date) -> datetime:
    """Return 0:00 of a day in Japan."""
    return datetime.combine(day, time(), JST)


def micros(instant: datetime) -> int:
    """Return an instant as microseconds since 1970, as tables hold it."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def from_micros(value: int) -> datetime:
    """Return the instant of a table's microseconds."""
    return (_EPOCH + timedelta(microseconds=value)).astimezone(JST)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
