"""Dirt: named kinds of wrong records, each made so that exactly one rule of data quality finds it.

A kind says which records it may befall and what it does to one; kinds that need two records (an exchange, a number used
twice) are planted by a planter of their own. The rule's id is what the quality report must give as the reason, and the
only one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from rehearsal.city.columns import Bools, padded, scattered

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from rehearsal.city.book import Book, Row
    from rehearsal.city.people import People
    from rehearsal.city.subject import World

__all__ = ["Kind", "Planter", "Strangers", "choose", "clean_rows"]


class Strangers:
    """Addressee numbers of the right form that nobody bears."""

    def __init__(self, people: People, seed: int) -> None:
        self._numbers = padded(
            scattered(len(people) + max(4096, len(people) // 5), 11, seed % 1000)[len(people) :], 15
        ).to_pylist()

    def one(self) -> str:
        """Another one at each call."""
        number: str = self._numbers.pop()
        return number


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of dirt: its name and table, the rule that finds it, what it does (``edit``) to a row that ``fits``.

    A kind that needs more than one row has a ``plant`` instead: it plants ``count`` cases by ``Book.rewrite`` and
    ``Book.add``, and marks every row that has to stay back with ``_dirt``.
    """

    name: str
    table: str
    rule: str
    wording: str
    fits: Callable[[Book], Bools] | None = None
    edit: Callable[[Row, Strangers], Row] | None = None
    keeps_identity: bool = True
    plant: Planter | None = None


def clean_rows(book: Book) -> Bools:
    """Base rows that will be registered and that nothing has happened to."""
    open_ = pc.and_(pc.is_null(book.base["_scope"]), pc.is_null(book.base["_withhold"]))
    mask: Bools = open_.to_numpy() & book.untouched()
    return mask


def choose(rng: Generator, mask: Bools, count: int) -> list[int]:
    """``count`` different places where ``mask`` is set. Raises ValueError where there are too few."""
    places = np.flatnonzero(mask)
    if len(places) < count:
        raise ValueError(f"only {len(places)} of {count} records fit: more people are needed")
    return [int(place) for place in rng.choice(places, size=count, replace=False)]


if TYPE_CHECKING:
    Planter = Callable[[Generator, World, Book, int], None]
