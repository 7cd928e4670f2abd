"""Who lives with whom from day to day: the records of residents and households change together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from rehearsal.city.columns import Ints
from rehearsal.city.columns import day as numpy_day
from rehearsal.city.jumin.households import AGES_ON
from rehearsal.city.jumin.residents import CHILD, HEAD, OTHER, SPOUSE
from rehearsal.city.people import RESIDENT

if TYPE_CHECKING:
    from rehearsal.city.book import Book, Row
    from rehearsal.city.subject import World

__all__ = ["FORMED", "Homes"]

FORMED, GREW, SHRANK, NEW_HEAD, DISSOLVED, MOVED = "1", "2", "3", "4", "5", "6"
_NOBODY = dict.fromkeys(("members", "spouses", "children", "others", "minors", "elders"), 0)


@dataclass(slots=True)
class Homes:
    """Rows of both books by each other. Persons are rows of ``resident``: those of the people come first in it."""

    world: World
    home: dict[int, int] = field(default_factory=dict)  # of persons who changed theirs
    shared: dict[int, list[int]] = field(default_factory=dict)  # of households that were touched
    born: dict[int, str] = field(default_factory=dict)  # of newcomers
    made: int = 0
    changes: int = 0
    row_of: Ints = field(init=False)
    number_of: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.number_of = self.households.codes("household_no") - 1
        self.row_of = np.full(int(self.world.people.household[-1]) + 1, -1, dtype=np.int64)
        self.row_of[self.number_of] = np.arange(len(self.number_of))

    @property
    def residents(self) -> Book:
        """住民票."""
        return self.world.books["resident"]

    @property
    def households(self) -> Book:
        """世帯."""
        return self.world.books["household"]

    def of(self, person: int) -> int:
        """The household of a resident."""
        known = self.home.get(person)
        return int(self.row_of[self.world.people.household[person]]) if known is None else known

    def members(self, home: int) -> list[int]:
        """Its residents, the head first."""
        if home not in self.shared:
            people, number = self.world.people, self.number_of[home]
            first, last = np.searchsorted(people.household, [number, number + 1])
            self.shared[home] = [int(one) for one in range(first, last) if people.status[one] == RESIDENT]
        return self.shared[home]

    def fix(self, home: int) -> None:
        """Let nothing more happen to those who live there."""
        for person in self.members(home):
            if person < len(self.world.people):
                self.world.fixed[person] = True

    def fix_what_is_wrong(self) -> None:
        """Let nothing happen where a record is wrong, withheld or out of scope: it has to stay as it is."""
        people = self.world.people
        count = len(people)
        wrong = np.zeros(len(self.row_of), dtype=np.bool_)
        held = pc.is_valid(self.residents.base["_withhold"]).to_numpy()[:count]
        wrong[people.household[held]] = True
        wrong[people.household[[row for row in self.residents.latest if row < count]]] = True
        wrong[self.number_of[[row for row in self.households.latest if row < len(self.number_of)]]] = True
        self.world.fixed |= wrong[people.household]

    def move(self, person: int, address: str, day: str, instant: str) -> None:
        """転居: alone; whoever lived alone keeps the household."""
        home = self.of(person)
        here = {"address_code": address, "settled_on": day}
        if len(self.members(home)) == 1:
            self._household(home, instant, address_code=address, changed_on=day, change_reason=MOVED)
        else:
            self._depart(person, day, instant)
            here |= self.found(person, address, day, instant)
        self._resident(person, instant, day, "03", **here)

    def leave(self, person: int, day: str, instant: str, to_city: str) -> None:
        """転出."""
        self._depart(person, day, instant)
        gone = {"leaving_on": day, "to_city": to_city, "removal_reason": "1"}
        self._resident(person, instant, day, "05", resident_class="3", removed_on=day, **gone, **_NO_HOME)

    def die(self, person: int, day: str, instant: str) -> None:
        """死亡."""
        self._depart(person, day, instant)
        self._resident(person, instant, day, "06", resident_class="4", removed_on=day, removal_reason="2", **_NO_HOME)

    def found(self, person: int, address: str, day: str, instant: str, model: Row | None = None) -> dict[str, Any]:
        """A new household of one person; what the person's record says of it."""
        old = model or self.residents.current(person)
        return self._formed({person: HEAD}, instant, day, FORMED, {**old, "address_code": address})

    def join(self, person: int, home: int, relation: str, day: str, instant: str) -> dict[str, Any]:
        """One more in a household."""
        self.members(home).append(person)
        self.home[person] = home
        relations = {one: self._relation(one) for one in self.members(home) if one != person} | {person: relation}
        self._household(home, instant, changed_on=day, change_reason=GREW, **self._counts(relations))
        number = self.households.current(home)["household_no"]
        return {"household_no": number, "relation": relation, "member_order": len(relations)}

    def _depart(self, person: int, day: str, instant: str) -> None:
        home = self.of(person)
        rest = [one for one in self.members(home) if one != person]
        self.shared[home] = rest
        if not rest:
            ended = {"dissolved_on": day, "_scope": "SC-DISSOLVED", **_NOBODY}
            self._household(home, instant, changed_on=day, change_reason=DISSOLVED, **ended)
        elif self._relation(person) == HEAD:
            self._new_head(home, rest, day, instant)
        else:
            relations = {one: self._relation(one) for one in rest}
            self._household(home, instant, changed_on=day, change_reason=SHRANK, **self._counts(relations))

    def _new_head(self, home: int, rest: list[int], day: str, instant: str) -> None:
        """世帯主の変更: the spouse, else the next; the household gets a number of its own."""
        rest = sorted(rest, key=lambda one: self._relation(one) != SPOUSE)
        kept = self._relation(rest[0]) == SPOUSE
        relations = {one: self._relation(one) if kept else OTHER for one in rest} | {rest[0]: HEAD}
        self.households.end(home, instant)
        self.changes += 1
        self._formed({one: relations[one] for one in rest}, instant, day, NEW_HEAD, self.residents.current(rest[0]))
        number = self.households.current(self.home[rest[0]])["household_no"]
        for order, one in enumerate(rest, start=1):
            self._resident(one, instant, day, "04", household_no=number, relation=relations[one], member_order=order)

    def _formed(self, relations: dict[int, str], instant: str, day: str, reason: str, model: Row) -> dict[str, Any]:
        self.made += 1
        number = f"6{self.made:09d}"
        row = self.households.add(
            instant,
            household_row=f"N{self.made:09d}",
            household_no=number,
            addressee_no=model["addressee_no"],
            household_kind="1",
            **self._counts(relations),
            address_code=model["address_code"],
            formed_on=day,
            changed_on=day,
            change_reason=reason,
            dissolved_on=None,
            dv_flag="0",
            _person=next(iter(relations)),
            _scope=None,
            _withhold=None,
            _dirt=None,
        )
        self.changes += 1
        self.shared[row] = list(relations)
        self.home |= dict.fromkeys(relations, row)
        return {"household_no": number, "relation": HEAD, "member_order": 1}

    def _counts(self, relations: dict[int, str]) -> dict[str, Any]:
        told = list(relations.values())
        years = [self._years(one) for one in relations]
        spouses, children, others = (told.count(relation) for relation in (SPOUSE, CHILD, OTHER))
        kind = "4" if others else "3" if children else "2" if spouses else "1"
        return {
            "members": len(told),
            "spouses": spouses,
            "children": children,
            "others": others,
            "minors": sum(age < 18 for age in years),
            "elders": sum(age >= 65 for age in years),
            "composition": kind,
        }

    def _years(self, person: int) -> int:
        born = numpy_day(self.born[person]) if person in self.born else self.world.people.born[person]
        return int((AGES_ON - born).astype(np.int64) // 365.2425)

    def _relation(self, person: int) -> str:
        relation: str = self.residents.current(person)["relation"]
        return relation

    def _household(self, home: int, instant: str, **edits: Any) -> None:
        self.households.replace(home, instant, **edits)
        self.changes += 1

    def _resident(self, person: int, instant: str, day: str, reason: str, **edits: Any) -> None:
        self.residents.replace(person, instant, changed_on=day, change_reason=reason, notified_on=day, **edits)
        self.changes += 1


_NO_HOME = dict.fromkeys(("household_no", "relation", "member_order"))
