"""What the daily life of a book needs: clean rows to draw, instants of the day, numbers for what is new, mistakes."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from rehearsal.city.book import at
from rehearsal.city.dirt import clean_rows
from rehearsal.city.planting import correct, spoil
from rehearsal.city.pool import Pool
from rehearsal.city.seasons import season

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.random import Generator

    from rehearsal.city.book import Book, Row
    from rehearsal.city.columns import Bools
    from rehearsal.city.dirt import Kind, Strangers

__all__ = ["Daily", "some"]


def some(rng: Generator, fits: Bools, share: float, least: int = 2) -> Bools:
    """A ``share`` of the places that fit, drawn by lot; ``least`` of them where there are so many."""
    chosen: Bools = fits & (rng.random(len(fits)) < share)
    places = np.flatnonzero(fits)
    if chosen.sum() < least:
        chosen[rng.permutation(places)[:least]] = True
    return chosen


@dataclass(slots=True)
class Daily:
    """The day of one book. ``fits``: rows that life may touch (of those that will be registered)."""

    rng: Generator
    book: Book
    strangers: Strangers
    kinds: Mapping[str, Kind]
    fits: Callable[[Row], bool]
    pool: Pool = field(init=False)
    day: str = ""
    minute: int = 0
    made: int = 0

    def __post_init__(self) -> None:
        rows = self.rng.permutation(np.flatnonzero(clean_rows(self.book)))
        self.pool = Pool(self.book, self.fits, deque(int(row) for row in rows))

    def begin(self, day: str) -> int:
        """Begin a day; how many changes it brings: 0.3 to 0.8% of the rows, more when the city is busy."""
        self.day, self.minute = day, 0
        share = float(self.rng.uniform(0.0035, 0.0070)) * season(day)
        rows: int = self.book.base.num_rows
        return max(6, round(rows * share))

    def instant(self) -> str:
        """The next instant of the day."""
        self.minute += 1
        return at(self.day, self.minute % 480)

    def number(self) -> int:
        """Another number at each call, from 1."""
        self.made += 1
        return self.made

    def drawn(self, fits: Callable[[Row], bool] | None = None) -> tuple[int, Row] | None:
        """A clean row of the pool for which ``fits`` holds too, and what it says; None where there is none."""
        for _ in range(200):
            row = self.pool.take()
            if row is None:
                return None
            current = self.book.current(row)
            if fits is None or fits(current):
                return row, current
        return None

    def change(self, row: int, **edits: Any) -> None:
        """The row says something else from now on."""
        self.book.replace(row, self.instant(), **edits)

    def add(self, **values: object) -> int:
        """A new row, which life may touch from now on."""
        row = self.book.add(self.instant(), **values)
        self.pool.rows.append(row)
        return row

    def void(self) -> None:
        """Cancelled: the row stays, marked."""
        if found := self.drawn():
            self.change(found[0], void_flag="1", _scope="SC-VOID")

    def remove(self) -> None:
        """The row disappears from the 正本, without a trace in it."""
        if found := self.drawn():
            self.book.end(found[0], self.instant())

    def resave(self) -> None:
        """Somebody saves a row as it was: nothing to send."""
        if found := self.drawn():
            self.book.replace(found[0], self.instant(), content=found[1]["_content"])

    def mistake(self, name: str, fits: Callable[[Row], bool] | None = None) -> None:
        """An edit spoils a row."""
        if found := self.drawn(fits):
            spoil(self.book, found[0], self.kinds[name], self.strangers, self.instant())

    def mend(self, count: int) -> None:
        """The department mends the oldest mistakes."""
        for row in list(self.book.clean)[:count]:
            correct(self.book, row, self.instant())
