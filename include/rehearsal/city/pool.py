"""Rows to draw from, so that daily life finds one that fits without looking at them all."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal.city.book import Book, Row

__all__ = ["Pool"]


@dataclass(slots=True)
class Pool:
    """Rows in an order drawn by lot; a row that was taken goes to the end, one that no longer fits drops out."""

    book: Book
    fits: Callable[[Row], bool]
    rows: deque[int]

    def take(self) -> int | None:
        """The next row that is there, clean and fits; None when there is none left."""
        for _ in range(len(self.rows)):
            row = self.rows.popleft()
            if self.usable(row):
                self.rows.append(row)
                return row
        return None

    def usable(self, row: int) -> bool:
        """Whether a row is there, clean and fits."""
        if row in self.book.latest and self.book.latest[row] is None:
            return False
        current = self.book.current(row)
        told = (current["_scope"], current["_withhold"], current["_dirt"])
        return told == (None, None, None) and self.fits(current)
