"""The people of 見本市: households, ages, status, and what each of two systems knows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rehearsal.city.columns import Bools, Days, Floats, Ints, day, flags, iso, joined, labelled, padded, scattered
from rehearsal.city.names import FAMILIES, GIVEN

if TYPE_CHECKING:
    from numpy.random import Generator

__all__ = [
    "BASE_DAY",
    "DEAD",
    "MOVED",
    "OUTSIDE",
    "RESIDENT",
    "TOWNS",
    "People",
    "address_code",
    "addressees",
    "make_people",
    "own_copy",
    "taxpayers",
]

BASE_DAY = day("2016-01-01")  # 賦課期日 of the fiscal year 2016
RESIDENT, OUTSIDE, MOVED, DEAD = 1, 2, 3, 4
TOWNS = 180
_OTHER_CITIES = 400
_NAMESAKES = 9


@dataclass(slots=True)
class People:
    """One value a person in each column; ``namesakes``: a person of outside, and a resident like them on paper."""

    addressee: pa.Array
    taxpayer: pa.Array
    household: Ints
    born: Days
    unknown: Ints  # of the birth date: 1 the day, 2 the month too
    female: Bools
    family: Ints
    given: Ints
    town: Ints
    status: Ints
    moved_on: Days
    died_on: Days
    number_known: Bools
    dv: Bools
    namesakes: list[tuple[int, int]]

    def __len__(self) -> int:
        return len(self.status)

    @property
    def age(self) -> Ints:
        """Full years at the beginning of 2016, near enough for generating."""
        years: Ints = ((BASE_DAY - self.born).astype(np.int64) // 365.2425).astype(np.int64)
        return years

    def birth(self) -> pa.Array:
        """The birth date as systems exchange it: ``YYYY-MM-DD``, unknown parts as zeros."""
        whole = iso(self.born)
        parts = [pc.utf8_slice_codeunits(whole, 0, stop) for stop in (7, 4)]
        return pc.choose(pa.array(self.unknown), whole, joined(parts[0], "-00"), joined(parts[1], "-00-00"))

    def kana(self, family: Ints | None = None) -> pa.Array:
        """The name of each, in katakana; with another ``family`` name where one is given."""
        surname = labelled(self.family if family is None else family, FAMILIES)
        return joined(surname, "　", labelled(self.given, GIVEN))


def make_people(rng: Generator, count: int, seed: int) -> People:
    """``count`` people in households."""
    household, role = _households(rng, count)
    heads = int(household[-1]) + 1
    head_age = np.clip(rng.normal(54, 17, heads), 20, 97)[household]
    head_female = (rng.random(heads) < 0.3)[household]
    age = _ages(rng, head_age, role)
    female = np.where(role == 0, head_female, np.where(role == 1, ~head_female, rng.random(count) < 0.5))
    born = (BASE_DAY - (age * 365.2425 + rng.integers(0, 365, count)).astype(np.int64)).astype("datetime64[D]")
    status, moved_on, died_on = _status(rng, count)
    town = np.where(
        status == OUTSIDE, TOWNS + rng.integers(0, _OTHER_CITIES, count), rng.integers(0, TOWNS, heads)[household]
    )
    people = People(
        addressee=padded(scattered(count, 11, seed % 1000), 15),
        taxpayer=padded(scattered(count, 8, seed % 1000 + 3), 8),
        household=household,
        born=born,
        unknown=_unknown(rng, age),
        female=female,
        family=rng.integers(0, len(FAMILIES), heads)[household],
        given=rng.integers(0, len(GIVEN), count),
        town=town,
        status=status,
        moved_on=moved_on,
        died_on=died_on,
        number_known=~((status == OUTSIDE) & (rng.random(count) < 0.08)),
        dv=_dv(rng, household, status),
        namesakes=[],
    )
    _plant_namesakes(people)
    return people


def _households(rng: Generator, count: int) -> tuple[Ints, Ints]:
    """The household of each person, and the place in it (0 head, 1 spouse, 2 … others)."""
    sizes = rng.choice(np.arange(1, 7), size=count, p=[0.33, 0.28, 0.18, 0.13, 0.06, 0.02])
    household = np.repeat(np.arange(count), sizes)[:count]
    first = np.searchsorted(household, household, side="left")
    return household.astype(np.int64), (np.arange(count) - first).astype(np.int64)


def _ages(rng: Generator, head_age: Floats, role: Ints) -> Floats:
    """Spouses are near the head's age, the others a generation younger."""
    spouse = np.clip(head_age + rng.normal(-1, 4, len(role)), 18, 98)
    child = np.clip(head_age - rng.uniform(22, 40, len(role)), 0, 70)
    age: Floats = np.where(role == 0, head_age, np.where(role == 1, spouse, child))
    return age


def _unknown(rng: Generator, age: Floats) -> Ints:
    """One in twenty of the oldest does not know the day, or not even the month, of their birth."""
    chance = np.where(age >= 85, rng.random(len(age)), 1.0)
    parts: Ints = np.where(chance < 0.02, 2, np.where(chance < 0.05, 1, 0)).astype(np.int64)
    return parts


def _status(rng: Generator, count: int) -> tuple[Ints, Days, Days]:
    """Status today, day of moving out, day of death (NaT where none)."""
    status = rng.choice([RESIDENT, OUTSIDE, MOVED, DEAD], size=count, p=[0.935, 0.03, 0.023, 0.012]).astype(np.int64)
    when = day("2015-06-01") + rng.integers(0, 640, count).astype("timedelta64[D]")
    never = np.datetime64("NaT", "D")
    return status, np.where(status == MOVED, when, never), np.where(status == DEAD, when, never)


def _dv(rng: Generator, household: Ints, status: Ints) -> Bools:
    """支援措置 covers whole households of residents: two in a thousand, and never none."""
    chosen = rng.random(int(household[-1]) + 1) < 0.002
    chosen[rng.integers(0, len(chosen), 4)] = True
    flagged: Bools = chosen[household] & (status == RESIDENT)
    return flagged


def _plant_namesakes(people: People) -> None:
    """Give a few people of outside the name, sex and birth date of a child who lives here and is taxed nowhere."""
    young = np.flatnonzero((people.status == RESIDENT) & (people.age < 15) & ~people.dv)
    outside = np.flatnonzero(
        (people.status == OUTSIDE) & people.number_known & ~people.dv & (people.age >= 20) & (people.age < 70)
    )
    for one, other in zip(outside[:_NAMESAKES], young[:_NAMESAKES], strict=False):
        _become_namesakes(people, int(one), int(other))


def _become_namesakes(people: People, outside: int, resident: int) -> None:
    people.born[resident] = people.born[outside]
    people.family[resident], people.given[resident] = people.family[outside], people.given[outside]
    people.female[resident] = people.female[outside]
    people.namesakes.append((outside, resident))


def address_code(town: Ints) -> pa.Array:
    """Nine digits: a town of 見本市 (99201…), or a city elsewhere (98…)."""
    outside = town >= TOWNS
    return padded(
        np.where(outside, 980_000_000 + (town - TOWNS) * 1000, 992_010_000 + town * 10 + 1).astype(np.int64), 9
    )


def addressees(people: People, rng: Generator) -> pa.Table:
    """The addressee register, a little ahead of the tax system: one in fifty moved, some are renamed; never both."""
    fate = rng.random(len(people))
    here = people.status == RESIDENT
    here[[resident for _, resident in people.namesakes]] = False
    town = np.where(here & (fate < 0.02), rng.integers(0, TOWNS, len(people)), people.town)
    family = np.where(here & (fate > 0.995), rng.integers(0, len(FAMILIES), len(people)), people.family)
    return pa.table(
        {
            "addressee_no": people.addressee,
            "birth_date": people.birth(),
            "sex": labelled(people.female, ["1", "2"]),
            "kana": people.kana(family),
            "address_code": address_code(town),
            "status": labelled(people.status, ["", "1", "2", "3", "4"]),
            "household_no": padded(people.household + 1, 9),
            "dv_flag": pa.array(people.dv.astype(np.int64)),
        }
    )


def own_copy(people: People) -> dict[str, pa.Array]:
    """What a system knows of each person by itself (the columns :data:`rehearsal.city.schema.PERSON`).

    It is a little behind the register, which may have another surname or another address, never both.
    """
    return {
        "birth_date": people.birth(),
        "sex": labelled(people.female, ["1", "2"]),
        "kana": people.kana(),
        "address_code": address_code(people.town),
        "status": labelled(people.status, ["", "1", "2", "3", "4"]),
    }


def taxpayers(people: People) -> pa.Table:
    """The tax system's own copy of each person, as of the 賦課期日."""
    return pa.table(
        {
            "taxpayer_no": people.taxpayer,
            **own_copy(people),
            "moved_on": iso(people.moved_on),
            "died_on": iso(people.died_on),
            "number_known": flags(people.number_known),
            "dv_flag": flags(people.dv),
        }
    )
