"""An alarm: something that should have happened by now and did not. Not having run is a failure (DESIGN §3.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from fukuhon.errors import catalogue

__all__ = ["Alarm", "alarm"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """What was due when, as seen at ``seen``. The wording is the error catalogue's, like that of every refusal."""

    code: str
    subject: str
    due: datetime
    seen: datetime
    facts: Mapping[str, object]

    @property
    def late(self) -> timedelta:
        """How long it is overdue."""
        return self.seen - self.due

    @property
    def message(self) -> str:
        """The Japanese sentence."""
        return catalogue()[self.code].message.format(**self.facts)

    @property
    def next_step(self) -> str:
        """What to do, in Japanese."""
        return catalogue()[self.code].next_step.format(**self.facts)


def alarm(code: str, subject: str, due: datetime, seen: datetime, /, **facts: object) -> Alarm:
    """Make an alarm. ``facts`` are counts, codes, dates and file names, never a value of a record."""
    return Alarm(code, subject, due, seen, facts)
