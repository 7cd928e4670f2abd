"""The subjects of the city, in the order in which they are made. One more: a line here."""

from __future__ import annotations

from rehearsal.city.allowance import ALLOWANCE
from rehearsal.city.care import CARE
from rehearsal.city.handbook import HANDBOOK
from rehearsal.city.jumin import JUMIN
from rehearsal.city.subject import Subject
from rehearsal.city.tax import TAX

__all__ = ["NAMES", "SUBJECTS", "chosen"]

SUBJECTS: tuple[Subject, ...] = (JUMIN, TAX, ALLOWANCE, HANDBOOK, CARE)
NAMES = tuple(subject.name for subject in SUBJECTS)


def chosen(names: tuple[str, ...]) -> tuple[Subject, ...]:
    """The subjects of those names. Raises ValueError for one that is not known."""
    unknown = set(names) - set(NAMES)
    if unknown:
        raise ValueError(f"no such subject: {', '.join(sorted(unknown))}")
    return tuple(subject for subject in SUBJECTS if subject.name in names)
