"""Who lives in かすみ町, one plain object a person, and how its systems write days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from rehearsal.city.eras import dotted
from rehearsal.city.people import OUTSIDE, RESIDENT, addressees, make_people, own_copy

__all__ = ["Person", "Row", "dotted_day", "register_rows", "residents"]

Row = dict[str, str]
_FROM_JUNE = 0.02  # of all people, of whom a system knows no 個人番号


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a department's own system knows them; ``known`` are the columns that each system repeats."""

    number: int
    addressee: str
    born: date
    resident: bool
    known: Row


def residents(count: int, seed: int) -> tuple[list[Person], list[Row]]:
    """The people, and the rows of the addressee register."""
    random = np.random.default_rng(seed)
    people = make_people(random, count, seed)
    unnumbered = random.random(count) < _FROM_JUNE
    copy = {name: column.to_pylist() for name, column in own_copy(people).items() if name != "status"}
    born = people.born.astype("datetime64[D]").tolist()
    made = []
    for n, addressee in enumerate(people.addressee.to_pylist()):
        known = {name: values[n] for name, values in copy.items()}
        known |= {"number_known": "0" if unnumbered[n] else "1", "dv_flag": "1" if people.dv[n] else "0"}
        made.append(Person(n, addressee, born[n], people.status[n] in {RESIDENT, OUTSIDE}, known))
    return made, register_rows(addressees(people, random).to_pylist())


def register_rows(rows: list[dict[str, Any]]) -> list[Row]:
    """All as text."""
    return [{name: str(value) for name, value in row.items()} for row in rows]


def dotted_day(day: date | None) -> str:
    """``H28.04.01``; nothing for no day."""
    return "" if day is None else str(dotted(np.array([day], "datetime64[D]"))[0])
