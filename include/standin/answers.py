"""What the server answers when another agency asks (seed 2.2, 4.3): by itself, or through the body's staff."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

__all__ = ["FLOWS", "Answer", "answer"]

# The flows of seed 2.2: register the record (SKI-3), or enter it for this once (SKI-2).
FLOWS = ("SKI-3", "SKI-2")
# The change of the software of July 2017: what is not registered is answered without staff.
_AUTOMATIC_FROM = date(2017, 7, 1)


@dataclass(frozen=True)
class Answer:
    """full, partial, not_registered, ambiguous (all by itself) or manual (staff, and how)."""

    answer: str
    ways: tuple[str, ...] = ()


def answer(
    day: date,
    requested: Collection[str],
    registered: Collection[str],
    *,
    restricted: bool,
    several: Collection[str] = (),
) -> Answer:
    """Say how an inquiry for datasets of one 特定個人情報 is answered on a day.

    ``several`` are the datasets of which more than one record matches: that is an error today (seed 4.7, item 3).
    """
    there = [one for one in requested if one in registered]
    if restricted:
        return Answer("manual", () if there else FLOWS)
    if any(one in several for one in requested):
        return Answer("ambiguous")
    if len(there) == len(requested):
        return Answer("full")
    if there:
        return Answer("partial")
    return Answer("not_registered") if day >= _AUTOMATIC_FROM else Answer("manual", FLOWS)
