"""The sums that must close: every record that was read is accounted for, by dataset and by business variation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import reduce
from operator import add

__all__ = ["NAMES", "STATES", "Tally", "total"]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of records; all zero until they are known."""

    read: int = 0
    out_of_scope: int = 0
    in_scope: int = 0
    unchanged: int = 0
    to_register: int = 0
    quarantined: int = 0
    withheld: int = 0
    to_delete: int = 0
    filed: int = 0
    superseded: int = 0
    queued: int = 0
    in_doubt: int = 0
    waiting: int = 0
    rejected_whole: int = 0
    processed: int = 0
    ok: int = 0
    errors: int = 0
    new: int = 0
    overwritten: int = 0
    deleted: int = 0
    expired: int = 0
    state_before: int = 0
    state_after: int = 0
    registered: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Both together, *beside* each other.

        Other datasets, other variations. For runs *after* each other see :func:`total`.
        """
        return Tally(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    def then(self, later: Tally) -> Tally:
        """This run and a later one of the same dataset and variation.

        Flows add up, the state is the first before and the last after.
        """
        kept = {"state_before": self.state_before, "state_after": later.state_after, "registered": later.registered}
        return replace(self + later, **kept)

    def problems(self) -> list[str]:
        """The equations that do not hold, in words; empty when all do, and no count is negative."""
        wrong = [f"{name} is negative: {value}" for name, value in self.as_dict().items() if value < 0]
        for left, right in _EQUATIONS:
            one, other = self._value(left), self._value(right)
            if one != other:
                wrong.append(f"{left} = {right}: {one} is not {other}")
        return wrong

    def _value(self, side: str) -> int:
        """The value of one side of an equation, ``a + b − c``."""
        terms = side.replace("− ", "+ −").split(" + ")
        return sum(-getattr(self, term[1:]) if term[0] == "−" else getattr(self, term) for term in terms)

    def as_dict(self) -> dict[str, int]:
        """Every name and its count, in the order of the equations."""
        return {name: getattr(self, name) for name in NAMES}


NAMES: tuple[str, ...] = tuple(field.name for field in fields(Tally))
STATES = frozenset({"state_before", "state_after", "registered"})

_EQUATIONS = (
    ("read", "out_of_scope + in_scope"),
    ("in_scope", "unchanged + to_register + quarantined + withheld"),
    ("to_register + to_delete", "filed + superseded"),
    ("filed", "queued + in_doubt + waiting + rejected_whole + processed"),
    ("processed", "ok + errors"),
    ("ok", "new + overwritten + deleted"),
    ("state_after", "state_before + new − deleted − expired"),
    ("registered", "state_after"),
)


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them, beside each other."""
    return reduce(add, tallies, Tally())
