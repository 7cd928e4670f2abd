"""住民票 in columns: who lives here and since when, who left and who died, and who never lived here (住登外)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rehearsal.city.book import Book
from rehearsal.city.columns import Bools, Days, Ints, day, flags, iso, joined, labelled, padded
from rehearsal.city.jumin.schema import RESIDENT
from rehearsal.city.people import DEAD, MOVED, OUTSIDE
from rehearsal.city.people import RESIDENT as LIVES_HERE

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.people import People
    from rehearsal.city.subject import World

__all__ = ["CHILD", "HEAD", "OTHER", "SPOUSE", "Roles", "birth_on", "resident_book", "roles"]

HEAD, SPOUSE, CHILD, OTHER = "01", "02", "03", "04"
SCOPES = (None, "SC-VOID", "SC-OUTSIDE", "SC-LEFT-BEFORE-2016")
_SINCE = day("2016-01-01")
_FIRST_REMOVAL = day("2015-05-01")  # nobody left before: who lives here came until then, or was born
_ERAS = ((day("1912-07-30"), "2", 1911), (day("1926-12-25"), "3", 1925), (day("1989-01-08"), "4", 1988))
_NEVER = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class Roles:
    """What each person is in the household: ``relation`` (1 head … 4 other, 0 nothing) and place (0 none)."""

    relation: Ints
    order: Ints


def roles(people: People) -> Roles:
    """The first resident of a household is its head; others are what they are to that one."""
    count = len(people)
    here = people.status == LIVES_HERE
    first = np.searchsorted(people.household, people.household, side="left")
    place = np.arange(count) - first
    seen = np.cumsum(here)
    order = np.where(here, seen - seen[first] + here[first], 0)
    heads = np.zeros(count, dtype=np.int64)
    heads[first[order == 1]] = place[order == 1]
    head = heads[first]
    relation = np.select([~here, order == 1, (head == 0) & (place == 1), head <= 1], [0, 1, 2, 3], default=4)
    return Roles(relation.astype(np.int64), order.astype(np.int64))


def birth_on(days: Days, unknown: Ints) -> pa.Array:
    """Birth dates as the system keeps them: era, year, month and day in seven digits, unknown parts as zeros."""
    dates = pa.array(days.astype("datetime64[D]"))
    year = pc.year(dates).to_numpy()
    place = np.select([days >= first for first, _, _ in reversed(_ERAS)], [2, 1, 0], default=0)
    era = labelled(place, [code for _, code, _ in _ERAS])
    of_era = padded(year - np.array([before for _, _, before in _ERAS])[place], 2)
    month = pc.strftime(dates, format="%m")
    parts = pc.choose(
        pa.array(unknown),
        joined(month, pc.strftime(dates, format="%d")),
        joined(month, "00"),
        pa.repeat("0000", len(days)),
    )
    return joined(era, of_era, parts)


def resident_book(rng: Generator, world: World) -> Book:
    """One record a person, in their order; behind them some that were made by mistake and cancelled."""
    people = world.people
    role = roles(people)
    table = pa.table({**_who(rng, people, role), **_when(rng, people)})
    reasons = np.select([people.status == OUTSIDE, _left_before(people)], [2, 3], default=0)
    table = table.append_column("_person", pa.array(np.arange(len(people), dtype=np.int64)))
    table = table.append_column("_scope", labelled(reasons, SCOPES))
    held = people.dv & (reasons == 0)
    table = table.append_column("_withhold", labelled(held, [None, "WH-DV"]))
    register = world.books["addressee"].base
    for name in ("kana", "address_code"):
        table = table.append_column(name, register[name])
    return Book.of(RESIDENT, pa.concat_tables([table, _cancelled(rng, people, table)]).combine_chunks())


def _who(rng: Generator, people: People, role: Roles) -> dict[str, pa.Array]:
    foreign = (rng.random(int(people.household[-1]) + 1) < 0.02)[people.household]
    here = people.status == LIVES_HERE
    number = padded(people.household + 1, 10)
    return {
        "resident_no": joined(padded(np.arange(1, len(people) + 1), 10)),
        "addressee_no": people.addressee,
        "nationality": labelled(foreign, ["1", "2"]),
        "resident_class": labelled(np.where(here & foreign, 2, _CLASS[people.status]), ["", "1", "2", "3", "4", "5"]),
        "birth_on": birth_on(people.born, people.unknown),
        "sex": labelled(people.female, ["1", "2"]),
        "household_no": pc.if_else(pa.array(here), number, pa.scalar(None, pa.string())),
        "relation": labelled(role.relation, [None, HEAD, SPOUSE, CHILD, OTHER]),
        "member_order": pa.array(role.order, mask=~here),
        "void_flag": flags(np.zeros(len(people), dtype=np.bool_)),
        "dv_flag": flags(people.dv),
    }


_CLASS = np.array([0, 1, 5, 3, 4])  # of the status: resident, 住登外, moved out, dead


def _when(rng: Generator, people: People) -> dict[str, pa.Array]:
    count, here = len(people), people.status == LIVES_HERE
    removed = _removed(people)
    span = (_FIRST_REMOVAL - people.born).astype(np.int64)
    by_birth = (span <= 0) | (rng.random(count) < 0.25)
    since = people.born + np.where(by_birth, 0, rng.random(count) * np.maximum(span, 1)).astype("timedelta64[D]")
    until = np.where(here, day("2016-12-01"), np.maximum(removed, since))
    stayed = (rng.random(count) < 0.6) | (people.status == OUTSIDE)
    wait = np.where(stayed, 0, rng.random(count) * (until - since).astype(np.int64)).astype("timedelta64[D]")
    settled = since + wait
    regrouped = here & (rng.random(count) < 0.06)
    changed = np.where(here, settled, np.where(people.status == OUTSIDE, since, until))
    changed = np.where(regrouped, day("2016-12-02") + rng.integers(0, 120, count), changed)
    reason = np.select(
        [people.status == MOVED, people.status == DEAD, regrouped, settled > since, by_birth],
        [5, 6, 4, 3, 2],
        default=1,
    )
    notified = np.minimum(changed + rng.integers(0, 15, count), day("2017-04-07"))
    moved = people.status == MOVED
    elsewhere = [joined("98", padded(rng.integers(0, 400, count).astype(np.int64), 3)) for _ in range(2)]
    none = pa.scalar(None, pa.string())
    return {
        "became_on": iso(since),
        "became_reason": labelled(by_birth, ["2", "1"]),
        "settled_on": iso(settled),
        "changed_on": iso(changed),
        "change_reason": labelled(reason, ["", "01", "02", "03", "04", "05", "06"]),
        "notified_on": iso(notified),
        "from_city": pc.if_else(pa.array(by_birth), none, elsewhere[0]),
        "leaving_on": iso(np.where(moved, until, _NEVER)),
        "to_city": pc.if_else(pa.array(moved), elsewhere[1], none),
        "removed_on": iso(np.where(moved | (people.status == DEAD), until, _NEVER)),
        "removal_reason": labelled(np.select([moved, people.status == DEAD], [1, 2], default=0), [None, "1", "2"]),
    }


def _removed(people: People) -> Days:
    """The day on which somebody left or died, never before the birth (NaT where neither)."""
    gone: Days = np.where(people.status == MOVED, people.moved_on, people.died_on)
    return np.where(np.isnat(gone), _NEVER, np.maximum(gone, people.born))


def _left_before(people: People) -> Bools:
    before: Bools = _removed(people) < _SINCE
    return before


def _cancelled(rng: Generator, people: People, table: pa.Table) -> pa.Table:
    """Records made by mistake: three in a thousand residents had a second one, which was cancelled."""
    rows = np.flatnonzero((people.status == LIVES_HERE) & (rng.random(len(people)) < 0.003))
    twice = table.take(pa.array(rows))
    numbers = joined("9", padded(np.arange(1, len(rows) + 1), 9))
    for name, values in (
        ("resident_no", numbers),
        ("void_flag", pa.repeat("1", len(rows))),
        ("_scope", pa.repeat("SC-VOID", len(rows))),
        ("_withhold", pa.nulls(len(rows), pa.string())),
    ):
        twice = twice.set_column(twice.schema.get_field_index(name), name, values)
    return twice
