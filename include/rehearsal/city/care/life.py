"""Daily life of the 介護保険: new certifications, people who move in, leave or die."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rehearsal.city.care.dirt import KINDS
from rehearsal.city.care.law import LEVELS, LIMITS, STAGES, full_age
from rehearsal.city.columns import day as numpy_day
from rehearsal.city.daily import Daily
from rehearsal.city.eras import coded, coded_text
from rehearsal.city.fukushi import own_people
from rehearsal.city.people import RESIDENT

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.book import Row
    from rehearsal.city.subject import Happenings, World

__all__ = ["CareLife"]


@dataclass(slots=True)
class CareLife:
    """The life of the insured from day to day."""

    rng: Generator
    world: World
    daily: Daily = field(init=False)
    newcomers: list[int] = field(init=False)
    people: pa.Table = field(init=False)
    rows: dict[int, int] = field(init=False)
    dead: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        kinds = {kind.name: kind for kind in KINDS}
        book, people = self.world.books["insured"], self.world.people
        self.daily = Daily(
            self.rng,
            book,
            self.world.strangers,
            kinds,
            lambda row: row["lost_on"] is None and row["kind"] == "A",
        )
        whose = book.base["_person"].to_numpy()
        free = (people.status == RESIDENT) & ~people.dv & (full_age(people.born, 65) <= numpy_day("2017-04-10"))
        free[whose] = False
        free[[resident for _, resident in people.namesakes]] = False
        self.newcomers = [int(person) for person in self.rng.permutation(np.flatnonzero(free))]
        self.people = pa.table(own_people(people, np.arange(len(people), dtype=np.int64)))
        self.rows = {int(person): row for row, person in enumerate(whose)}

    def live(self, happenings: Happenings) -> None:
        """One working day."""
        changes = self.daily.begin(happenings.day)
        for person in happenings.left:
            self._lost(person, "21", "3", happenings.day)
        for person, day in self.dead:
            self._lost(person, "22", "4", day)
        after = (date.fromisoformat(happenings.day) + timedelta(days=1)).isoformat()
        self.dead = [(person, after) for person in happenings.died]
        for act, share in ((self._certified, 0.5), (self._restaged, 0.3), (self._moved_in, 0.2)):
            for _ in range(max(1, round(changes * share))):
                act()
        self.daily.void()
        self.daily.remove()
        self.daily.resave()
        self.daily.mistake("care-premium-wrong")
        self.daily.mistake("care-limit-of-another-level", lambda row: row["certified"] == "1")
        self.daily.mend(2)

    def _lost(self, person: int, why: str, status: str, day: str) -> None:
        """Who leaves is insured until that day; who dies, until the day after, on which it is entered."""
        row = self.rows.get(person)
        if row is None or (row in self.daily.book.latest and self.daily.book.latest[row] is None):
            return
        now = self.daily.book.current(row)
        if (now["_scope"], now["_withhold"], now["_dirt"], now["lost_on"]) == (None, None, None, None):
            self.daily.change(row, lost_on=coded_text(day), lost_why=why, status=status)

    def _certified(self) -> None:
        """認定, for a year from the month's first day."""
        if found := self.daily.drawn():
            month = np.datetime64(self.daily.day, "M")
            period = np.array([month, month + 12], "datetime64[D]") - np.array([0, 1])
            place = int(self.rng.integers(0, len(LEVELS)))
            self.daily.change(
                found[0],
                certified="1",
                level=LEVELS[place],
                certified_on=coded_text(self.daily.day),
                **dict(zip(("period_from", "period_to"), coded(period).to_pylist(), strict=True)),
                care_limit=int(LIMITS[place]),
                copay="10",
                relief="0",
            )

    def _restaged(self) -> None:
        """A stage up or down, after the tax was corrected; only of those who pay for the whole year."""
        if found := self.daily.drawn(lambda row: row["months"] == 12 and row["copay"] != "20" and row["relief"] == "0"):
            row, now = found
            stage = int(now["stage"]) % len(STAGES) + 1
            self.daily.change(row, stage=f"{stage:02d}", premium=int(STAGES[stage - 1]))

    def _moved_in(self) -> None:
        """Somebody of over 65 moves in; nothing is levied before July, so one month of the year is."""
        if not self.newcomers:
            return
        person = self.newcomers.pop()
        whose: Row = self.people.slice(person, 1).to_pylist()[0]
        row = self.daily.add(
            insured_no=f"{9_800_000_000 + self.daily.number()}",
            **whose,
            kind="A",
            acquired_on=coded_text(self.daily.day),
            acquired_why="12",
            **dict.fromkeys(("lost_on", "lost_why", "level", "certified_on", "period_from", "period_to")),
            certified="0",
            care_limit=None,
            copay=None,
            relief="0",
            levy_year="429",
            stage="05",
            premium=55_000,
            months=11,
            collection="F",
            special_place="0",
            void_flag="0",
            hold_flag="0",
            _scope=None,
            _withhold=None,
            _dirt=None,
        )
        self.rows[person] = row
