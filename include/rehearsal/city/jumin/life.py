"""Daily life of the residents: who moves, leaves, dies, arrives or is born, and what the office corrects."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from rehearsal.city.book import at
from rehearsal.city.dirt import clean_rows
from rehearsal.city.jumin.dirt import KINDS
from rehearsal.city.jumin.homes import Homes
from rehearsal.city.jumin.newcomers import Newcomers
from rehearsal.city.jumin.residents import SPOUSE
from rehearsal.city.planting import correct, spoil
from rehearsal.city.pool import Pool
from rehearsal.city.seasons import season

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from rehearsal.city.book import Book, Row
    from rehearsal.city.subject import Happenings, World

__all__ = ["JuminLife"]

_KINDS = {kind.name: kind for kind in KINDS}
_SPOILT = (
    ("resident", "unknown-change-reason"),
    ("resident", "changed-in-future"),
    ("household", "household-sum-wrong"),
)
_MENDED = {"resident": 2, "household": 1}
_ARRIVALS = 0.0004  # of all people on an ordinary day
_BIRTHS = 0.0002


@dataclass(slots=True)
class JuminLife:
    """The life of the residents' system: ``live`` lets a day pass."""

    rng: Generator
    world: World
    homes: Homes = field(init=False)
    newcomers: Newcomers = field(init=False)
    pools: dict[str, Pool] = field(default_factory=dict)
    minute: int = 0

    def __post_init__(self) -> None:
        residents, households = self.world.books["resident"], self.world.books["household"]
        self.homes = Homes(self.world)
        self.homes.fix_what_is_wrong()
        self.newcomers = Newcomers(self.rng, self.world, self.homes)
        here = np.isin(residents.codes("resident_class"), [1, 2])
        spouse = residents.codes("relation") == int(SPOUSE)
        self._open("resident", residents, here, lambda row: row["resident_class"] in {"1", "2"})
        self._open("spouse", residents, spouse, lambda row: row["relation"] == SPOUSE)
        self._open("gone", residents, np.isin(residents.codes("resident_class"), [3, 4]), lambda _: True)
        self._open("household", households, households.untouched(), lambda row: row["household_kind"] == "1")

    def live(self, happenings: Happenings) -> None:
        """One working day: 0.3 to 0.8% of the records change, around 1 April four times as many."""
        self.minute, day = 60, happenings.day
        self.homes.changes = 0
        records = self.world.books["resident"].base.num_rows + self.world.books["household"].base.num_rows
        wanted = max(20, round(records * self.rng.uniform(0.0035, 0.0065) * season(day)))
        for person, address in happenings.moved.items():
            self.homes.move(person, address, day, happenings.instant)
        for person in happenings.left:
            self.homes.leave(person, day, happenings.instant, to_city=f"98{int(self.rng.integers(0, 400)):03d}")
        for person in happenings.died:
            self.homes.die(person, day, happenings.instant)
        people = len(self.world.people) * season(day)
        for _ in range(max(1, round(people * _ARRIVALS))):
            self.newcomers.arrive(day, self._instant(day))
        for _ in range(max(1, round(people * _BIRTHS))):
            self._birth(day)
        self._mistakes(day)
        self._mended(day)
        self._removal(day)
        while self.homes.changes < wanted:
            self._correction(day)
        self._resaved(day)

    def _open(self, name: str, book: Book, mask: np.ndarray, fits: Callable[[Row], bool]) -> None:
        rows = self.rng.permutation(np.flatnonzero(clean_rows(book) & mask))
        self.pools[name] = Pool(book, fits, deque(int(row) for row in rows))

    def _instant(self, day: str) -> str:
        self.minute += 1
        return at(day, self.minute % 480)

    def _birth(self, day: str) -> None:
        row = self.pools["spouse"].take()
        if row is not None and not self.world.fixed[row]:
            self.newcomers.born(row, day, self._instant(day))

    def _correction(self, day: str) -> None:
        """職権修正: the office mends a record by itself; the day and the reason change."""
        row = self.pools["resident"].take()
        if row is not None:
            self.world.books["resident"].replace(
                row, self._instant(day), changed_on=day, change_reason="07", notified_on=None
            )
        self.homes.changes += 1

    def _removal(self, day: str) -> None:
        """The record of somebody who is gone is removed at the end of its time, without a trace."""
        row = self.pools["gone"].take()
        if row is not None:
            self.world.books["resident"].end(row, self._instant(day))
            self.homes.changes += 1

    def _resaved(self, day: str) -> None:
        """Somebody opens a record and saves it as it was: a new version in the log, and nothing to send."""
        row = self.pools["resident"].take()
        if row is not None:
            book = self.world.books["resident"]
            book.replace(row, self._instant(day), content=book.current(row)["_content"])

    def _mistakes(self, day: str) -> None:
        for table, name in _SPOILT:
            row = self.pools[table].take()
            if row is not None:
                spoil(self.world.books[table], row, _KINDS[name], self.world.strangers, self._instant(day))
                self.homes.fix(row if table == "household" else self.homes.of(row))
                self.homes.changes += 1

    def _mended(self, day: str) -> None:
        """The office mends a few records, the oldest mistakes first."""
        for table, count in _MENDED.items():
            book = self.world.books[table]
            for row in list(book.clean)[:count]:
                correct(book, row, self._instant(day))
                self.homes.changes += 1
