"""Daily life of handbooks: new ones, other grades, those given back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rehearsal.city.daily import Daily
from rehearsal.city.eras import coded_text
from rehearsal.city.fukushi import own_people
from rehearsal.city.handbook.cards import NAMES
from rehearsal.city.handbook.dirt import KINDS
from rehearsal.city.people import RESIDENT

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.book import Row
    from rehearsal.city.subject import Happenings, World

__all__ = ["HandbookLife"]


@dataclass(slots=True)
class HandbookLife:
    """The life of handbooks from day to day."""

    rng: Generator
    world: World
    daily: Daily = field(init=False)
    newcomers: list[int] = field(init=False)
    people: pa.Table = field(init=False)

    def __post_init__(self) -> None:
        kinds = {kind.name: kind for kind in KINDS}
        book = self.world.books["handbook"]
        self.daily = Daily(self.rng, book, self.world.strangers, kinds, lambda row: row["returned"] is None)
        people = self.world.people
        free = (people.status == RESIDENT) & ~people.dv & (people.age >= 20)
        free[book.base["_person"].to_numpy()] = False
        free[[resident for _, resident in people.namesakes]] = False
        self.newcomers = [int(person) for person in self.rng.permutation(np.flatnonzero(free))]
        self.people = pa.table(own_people(people, np.arange(len(people), dtype=np.int64)))

    def live(self, happenings: Happenings) -> None:
        """One working day."""
        changes = self.daily.begin(happenings.day)
        for act, share in ((self._issued, 0.3), (self._regraded, 0.3), (self._reissued, 0.2), (self._returned, 0.2)):
            for _ in range(max(1, round(changes * share))):
                act()
        self.daily.void()
        self.daily.remove()
        self.daily.resave()
        self.daily.mistake("handbook-unmappable-character")
        self.daily.mend(1)

    def _issued(self) -> None:
        """A first physical handbook of grade 4, for a limb."""
        if not self.newcomers:
            return
        whose: Row = self.people.slice(self.newcomers.pop(), 1).to_pylist()[0]
        names = NAMES[3]
        values = {
            "card_no": f"S{990_000_000 + self.daily.number():09d}",
            **whose,
            "died_on": None,
            "kind": "S",
            "grade": "04",
            "issued_on": coded_text(self.daily.day),
            **dict.fromkeys(("reissued_on", "recheck_month", "expires_on", "returned", "returned_on")),
            "recheck": "0",
            "part": "04",
            "fare": "B",
            "disability": names[self.daily.made % len(names)],
            "special": "N",
            "issuer": "990001",
            "void_flag": "0",
            "hold_flag": "0",
        }
        self.daily.add(**values, _scope=None, _withhold=None, _dirt=None)

    def _regraded(self) -> None:
        """等級変更 between 3 and 4, which changes nothing else."""
        if found := self.daily.drawn(lambda row: row["kind"] == "S" and row["grade"] in {"03", "04"}):
            row, now = found
            self.daily.change(row, grade="04" if now["grade"] == "03" else "03")

    def _reissued(self) -> None:
        """再交付, as of a lost one."""
        day = coded_text(self.daily.day)
        if found := self.daily.drawn(lambda row: row["reissued_on"] != day and row["issued_on"] != day):
            self.daily.change(found[0], reissued_on=day)

    def _returned(self) -> None:
        """非該当: given back."""
        if found := self.daily.drawn():
            self.daily.change(found[0], returned="3", returned_on=coded_text(self.daily.day))
