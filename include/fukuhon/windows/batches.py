"""The scheduled batch (定時処理) as the plan reckons with it: an immediate file waits for the one of its day.

It avoids the next one as well: one that still ran when the batch begins would make the whole batch slip by a day
(seed 1.5.2 note 1, 1.5.4 A). The hour from which on it may not run is ours (inferred).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType

from fukuhon.calendars import Interval, day_interval

__all__ = ["BATCH_ENDS", "NIGHT", "Batches"]

NIGHT = timedelta(hours=21)
"""An hour before the night's batch begins (22:00): from then on nothing immediate runs on a day with scheduled work."""

BATCH_ENDS = timedelta(hours=6)
"""When the night's batch is over at the latest (seed 1.4.1): what the plan expects of a night to come."""


@dataclass(frozen=True, slots=True)
class Batches:
    """``done``: when the scheduled processing of a day ended, ``NOT_YET`` while nobody knows that it has.

    ``nights``: days in whose night files are to be processed.
    """

    done: Mapping[date, datetime] = field(default_factory=lambda: MappingProxyType({}))
    nights: frozenset[date] = frozenset()

    def also(self, day: date) -> Batches:
        """The same with scheduled work in the night of ``day``."""
        return self if day in self.nights else Batches(self.done, self.nights | {day})

    def free(self, day: date) -> Interval | None:
        """When on ``day`` an immediate file may be on the wire; None: not on that day."""
        whole = day_interval(day)
        before = day - timedelta(days=1)
        expected = whole.start + BATCH_ENDS if before in self.nights else whole.start
        end = whole.start + NIGHT if day in self.nights else whole.end
        start = self.done.get(day, expected)
        return Interval(start, end) if start < end else None
