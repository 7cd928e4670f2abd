"""The one place that asks what time it is.

Every other module is handed a :class:`Clock`. All instants are aware and in Asia/Tokyo. A production site reads the
system's clock; a sample site reads the stand-in's, which owns simulated time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import httpx

from fukuhon.errors import RetriableError

__all__ = ["TOKYO", "Clock", "FixedClock", "ServerClock", "SystemClock", "tokyo"]

TOKYO = ZoneInfo("Asia/Tokyo")


class Clock(Protocol):
    """Something that tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, in Asia/Tokyo."""
        ...


class SystemClock:
    """The machine's clock: the clock of every production site."""

    def now(self) -> datetime:
        """The present instant, aware, in Asia/Tokyo."""
        return datetime.now(TOKYO)


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is set: for tests."""

    instant: datetime

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.instant.astimezone(TOKYO)


@dataclass(slots=True)
class ServerClock:
    """The stand-in's clock, asked over HTTP at each call. Raises RetriableError (BASE-001) when it does not answer."""

    url: str
    timeout_s: float = 10.0

    def now(self) -> datetime:
        """The stand-in's present instant, aware, in Asia/Tokyo."""
        try:
            # No certificates: loading them costs more than asking, and a stand-in speaks plain http on loopback.
            with httpx.Client(trust_env=False, timeout=self.timeout_s, verify=False) as client:  # noqa: S501
                answer = client.get(f"{self.url.rstrip('/')}/clock").raise_for_status()
            return datetime.fromisoformat(answer.json()["now"]).astimezone(TOKYO)
        except (httpx.HTTPError, KeyError, ValueError) as error:
            raise RetriableError("BASE-001", url=self.url, why=type(error).__name__) from None


def tokyo(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """The instant at which ``day`` shows this time in Tokyo."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=TOKYO)
