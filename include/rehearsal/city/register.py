"""The addressee register (団体内統合宛名): always there; and what happens to people from day to day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from rehearsal.city.book import at
from rehearsal.city.people import RESIDENT, TOWNS, address_code
from rehearsal.city.schema import ADDRESSEE
from rehearsal.city.seasons import season
from rehearsal.city.subject import Happenings, Subject

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.subject import World

__all__ = ["REGISTER", "RegisterLife"]

REGISTER = Subject(name="register", source="jumin", kind="sqlite", tables=(ADDRESSEE,))
_MOVES = 0.0012  # of all people, on an ordinary working day; within the city
_LEAVES = 0.0004
_DEATHS = 0.00005
_OF_AGE = 20  # who moves, does so alone


@dataclass(slots=True)
class RegisterLife:
    """Each day some people move within the city, some leave it, some die; each of them once."""

    rng: Generator
    world: World
    staying: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.staying = self._agreeing()

    def live(self, day: str) -> Happenings:
        """One working day."""
        register, instant = self.world.books["addressee"], at(day, 1)
        factor = len(self.world.people) * season(day)
        moved = {person: self._address() for person in self._some(factor * _MOVES)}
        left, died = self._some(factor * _LEAVES), self._some(factor * _DEATHS)
        for person, address in moved.items():
            register.replace(person, instant, address_code=address)
        for status, people in (("3", left), ("4", died)):
            for person in people:
                register.replace(person, instant, status=status)
        return Happenings(day, instant, moved, died, left)

    def _some(self, count: float) -> tuple[int, ...]:
        chosen: list[int] = []
        while self.staying and len(chosen) < max(1, round(count)):
            person = self.staying.pop()
            if not self.world.fixed[person]:
                chosen.append(person)
        return tuple(chosen)

    def _address(self) -> str:
        return str(address_code(self.rng.integers(0, TOWNS, 1))[0])

    def _agreeing(self) -> list[int]:
        """Residents of one name in all systems: who has a new one may not move as well, or nobody knows them."""
        people = self.world.people
        here = pc.equal(self.world.books["addressee"].base["kana"], people.kana()).to_numpy()
        here &= (people.status == RESIDENT) & ~people.dv & (people.age >= _OF_AGE)
        here[[resident for _, resident in people.namesakes]] = False
        return [int(person) for person in self.rng.permutation(np.flatnonzero(here))]
