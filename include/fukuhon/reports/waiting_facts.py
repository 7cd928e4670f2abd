"""What a data-quality report tells of records that are held back: standings, ages, and each rule's counts over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

__all__ = ["AGES", "LONG", "RuleTrend", "WaitingFacts", "WaitingRule", "ages_of"]

LONG = 30
"""Days after which a waiting record is called old: a month's round of corrections has passed it by (our own choice)."""

_ENDS = (0, 7, LONG, 90)
AGES = ("その日から", "1～7日", f"8～{LONG}日", f"{LONG + 1}～90日", "91日以上")
"""The classes of ages, in days since a record was first held back."""

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RuleTrend:
    """The records that failed a rule, a count for each run of ``WaitingFacts.days``; None where it was not judged."""

    dataset: str
    id: str
    wording: str
    severity: str
    counts: tuple[int | None, ...]

    @property
    def now(self) -> int | None:
        """In the last run."""
        return self.counts[-1] if self.counts else None

    @property
    def before(self) -> int | None:
        """In the run before it that judged the rule."""
        return next((count for count in reversed(self.counts[:-1]) if count is not None), None)


@dataclass(frozen=True, slots=True)
class WaitingRule:
    """How many records wait for one rule, and since when the oldest of them."""

    records: int
    oldest: date


@dataclass(frozen=True, slots=True)
class WaitingFacts:
    """The quarantine after a run.

    ``standings`` has, by dataset, ``before`` and ``arrived``, then ``corrected``, ``released``, ``excluded``,
    ``withheld``, ``gone`` and ``waiting``, which sum up to the same. ``ages`` counts the waiting by :data:`AGES`; empty
    where it is not known. ``waits`` is by dataset and rule.
    """

    day: date
    standings: Mapping[str, Counts] = field(default_factory=dict)
    ages: tuple[int, ...] = ()
    oldest: date | None = None
    waits: Mapping[tuple[str, str], WaitingRule] = field(default_factory=dict)
    days: tuple[date, ...] = ()
    trends: tuple[RuleTrend, ...] = ()

    @property
    def total(self) -> dict[str, int]:
        """The standings of all datasets together."""
        names = dict.fromkeys(name for counts in self.standings.values() for name in counts)
        return {name: sum(counts.get(name, 0) for counts in self.standings.values()) for name in names}

    @property
    def old(self) -> int:
        """How many wait for more than :data:`LONG` days."""
        return sum(self.ages[_ENDS.index(LONG) + 1 :])

    def age(self, since: date) -> int:
        """Days from ``since`` to the day of the extract."""
        return (self.day - since).days


def ages_of(days: Sequence[int]) -> tuple[int, ...]:
    """How many of these ages fall into each class of :data:`AGES`."""
    ends = (-1, *_ENDS, max([*days, _ENDS[-1]]))
    return tuple(sum(low < each <= high for each in days) for low, high in pairwise(ends))
