"""世帯 in columns: who heads it, how many belong to it, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rehearsal.city.book import Book
from rehearsal.city.columns import Bools, Ints, day, flags, iso, joined, labelled, padded
from rehearsal.city.jumin.residents import roles
from rehearsal.city.jumin.schema import HOUSEHOLD
from rehearsal.city.people import DEAD, MOVED, RESIDENT

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.people import People
    from rehearsal.city.subject import World

__all__ = ["AGES_ON", "composition", "household_book"]

AGES_ON = day("2017-04-01")
"""The day on which the system counts who is a minor and who is 65 or older, once a year."""


def composition(spouses: Ints, children: Ints, others: Ints) -> Ints:
    """1 単独, 2 夫婦のみ, 3 夫婦・親と子, 4 その他."""
    kind = np.select([others > 0, children > 0, spouses > 0], [4, 3, 2], default=1)
    found: Ints = kind.astype(np.int64)
    return found


def household_book(rng: Generator, world: World) -> Book:
    """A record of each household that has residents, or had them until they left or died."""
    people = world.people
    role = roles(people)
    numbers, counts = _counts(people, role.relation)
    alive = counts["members"] > 0
    head = _heads(people, role.order, numbers)
    formed = np.where(
        rng.random(len(numbers)) < 0.5, people.born[head] + np.timedelta64(20 * 365, "D"), day("2010-04-01")
    )
    formed = np.clip(formed, people.born[head], day("2015-05-01")).astype("datetime64[D]")
    formed = np.maximum(formed, people.born[head])
    last = np.maximum(day("2015-06-01") + rng.integers(0, 640, len(numbers)), formed)
    changed = rng.random(len(numbers)) < 0.2
    scope = labelled(~alive, [None, "SC-DISSOLVED"])
    held = people.dv[head] & alive
    columns = {
        "household_row": joined("H", padded(numbers + 1, 9)),
        "household_no": padded(numbers + 1, 10),
        "addressee_no": people.addressee.take(pa.array(head)),
        "household_kind": labelled((counts["members"] == 1) & (rng.random(len(numbers)) < 0.03), ["1", "2"]),
        **{name: pa.array(values) for name, values in counts.items()},
        "composition": labelled(
            composition(counts["spouses"], counts["children"], counts["others"]), ["", "1", "2", "3", "4"]
        ),
        "address_code": world.books["addressee"].base["address_code"].take(pa.array(head)),
        "formed_on": iso(formed),
        "changed_on": iso(np.where(alive & ~changed, formed, last)),
        "change_reason": labelled(np.select([~alive, changed], [5, 3], default=1), ["", "1", "2", "3", "4", "5"]),
        "dissolved_on": iso(np.where(alive, np.datetime64("NaT", "D"), last)),
        "dv_flag": flags(people.dv[head]),
        "_person": pa.array(head),
        "_scope": scope,
        "_withhold": labelled(held, [None, "WH-DV"]),
    }
    return Book.of(HOUSEHOLD, pa.table(columns))


def _counts(people: People, relation: Ints) -> tuple[Ints, dict[str, Ints]]:
    """The households that ever had a resident, and how many of each sort belong to each."""
    of = people.household
    size = int(of[-1]) + 1
    here = people.status == RESIDENT
    once = here | (people.status == MOVED) | (people.status == DEAD)
    numbers = np.flatnonzero(np.bincount(of[once], minlength=size)).astype(np.int64)
    years = _years(people)

    def counted(which: Bools) -> Ints:
        found: Ints = np.bincount(of[which], minlength=size)[numbers].astype(np.int64)
        return found

    return numbers, {
        "members": counted(here),
        "spouses": counted(relation == 2),
        "children": counted(relation == 3),
        "others": counted(relation == 4),
        "minors": counted(here & (years < 18)),
        "elders": counted(here & (years >= 65)),
    }


def _years(people: People) -> Ints:
    """Full years on the day on which ages are counted, near enough for generating."""
    years: Ints = ((AGES_ON - people.born).astype(np.int64) // 365.2425).astype(np.int64)
    return years


def _heads(people: People, order: Ints, numbers: Ints) -> Ints:
    """The head of each household; of one that is dissolved, the last who belonged to it."""
    head = np.zeros(int(people.household[-1]) + 1, dtype=np.int64)
    gone = np.flatnonzero((people.status == MOVED) | (people.status == DEAD))
    head[people.household[gone]] = gone
    first = np.flatnonzero(order == 1)
    head[people.household[first]] = first
    return head[numbers]
