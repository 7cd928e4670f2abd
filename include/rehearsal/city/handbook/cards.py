"""手帳: who holds which, of what grade, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rehearsal.city.columns import Bools, Days, Ints, day
from rehearsal.city.daily import some
from rehearsal.city.people import DEAD, MOVED, OUTSIDE, RESIDENT

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.people import People

__all__ = ["GRADES", "KINDS", "NAMES", "Cards", "make_cards"]

KINDS = ("S", "R", "M")  # 身体, 療育, 精神
GRADES = ("01", "02", "03", "04", "05", "06", "A1", "A2", "B1", "B2")
NAMES = (
    ("視力障害", "視野障害（求心性狭窄）"),
    ("両耳の髙度難聴", "聴覚障害", "平衡機能障害"),
    ("音声機能の喪失", "言語機能の障害"),
    ("右上肢の機能障害", "両下肢の機能障害", "体幹の機能障害"),
    ("心臓機能障害", "腎臓機能障害", "呼吸器機能障害", "膀胱機能障害"),
    ("知的障害",),
    ("統合失調症", "気分障害", "てんかん"),
)
"""障害名 by 部位 (the first five), then those of 療育 and 精神."""
_NEVER = np.datetime64("NaT", "D")
_TODAY = day("2017-04-10")


@dataclass(slots=True)
class Cards:
    """One value a handbook in each column; ``kind``, ``grade`` are places in ``KINDS``, ``GRADES``."""

    person: Ints
    kind: Ints
    grade: Ints
    issued_on: Days
    unknown: Ints
    reissued_on: Days
    recheck_on: Days  # NaT: no recheck
    expires_on: Days
    part: Ints  # 1 to 5; 0: not a physical one
    name: Ints
    fare: Ints  # 0 none, 1 第1種, 2 第2種
    returned: Ints  # 0 no, 1 死亡, 2 転出, 3 非該当
    returned_on: Days
    elsewhere: Bools
    void: Bools
    hold: Bools

    def __len__(self) -> int:
        return len(self.person)

    @property
    def special(self) -> Bools:
        """特別障害者: 身体 1 and 2, 療育 A, 精神 1."""
        first = self.grade == 0
        special: Bools = np.select([self.kind == 0, self.kind == 1], [self.grade <= 1, self.grade <= 7], first)
        return special


def make_cards(rng: Generator, people: People) -> Cards:
    """One handbook in twenty people, more of the old; a few hold two of different kinds."""
    person, kind = _who(rng, people)
    count = len(person)
    grade = np.select(
        [kind == 0, kind == 1],
        [rng.choice(6, size=count, p=[0.3, 0.16, 0.17, 0.22, 0.08, 0.07]), rng.integers(6, 10, count)],
        default=rng.choice(3, size=count, p=[0.1, 0.6, 0.3]),
    ).astype(np.int64)
    returned, returned_on = _returned(rng, people, person)
    issued_on = _issued(rng, people, person, returned_on)
    stays = (returned == 0) & (people.status[person] == RESIDENT) & ~people.dv[person]
    pending = some(rng, stays, 0.008)
    issued_on = np.where(pending, _NEVER, issued_on)
    old = (issued_on < day("2005-01-01")) & (issued_on > day("1975-01-01")) & ~_year_of_two_eras(issued_on)
    unknown = np.where(old, rng.choice(4, size=count, p=[0.9, 0.05, 0.04, 0.01]), 0).astype(np.int64)
    reissued = (rng.random(count) < 0.15) & (issued_on < day("2014-01-01"))
    part = np.where(kind == 0, rng.choice([1, 2, 3, 4, 5], size=count, p=[0.08, 0.1, 0.02, 0.5, 0.3]), 0)
    usable = ~pending & stays
    return Cards(
        person=person,
        kind=kind,
        grade=grade,
        issued_on=issued_on,
        unknown=unknown,
        reissued_on=np.where(reissued, day("2014-02-01") + rng.integers(0, 500, count), _NEVER),
        recheck_on=np.where((kind < 2) & (rng.random(count) < 0.3), _months(rng, "2017-06", 22, count), _NEVER),
        expires_on=np.where(kind == 2, _months(rng, "2017-06", 21, count) - 1, _NEVER),
        part=part.astype(np.int64),
        name=rng.integers(0, 60, count),
        fare=_fare(rng, kind, grade),
        returned=returned,
        returned_on=returned_on,
        elsewhere=rng.random(count) < 0.06,
        void=some(rng, usable, 0.005),
        hold=some(rng, usable, 0.006),
    )


def _who(rng: Generator, people: People) -> tuple[Ints, Ints]:
    chance = np.select([people.age < 40, people.age < 65], [0.022, 0.045], default=0.11)
    held = rng.random(len(people)) < chance
    for rare in (people.dv, people.died_on < day("2016-01-01"), (people.status == OUTSIDE) & ~people.number_known):
        held |= some(rng, rare, 0.05)
    first = np.flatnonzero(held & (people.age >= 3))
    kind = rng.choice(3, size=len(first), p=[0.7, 0.14, 0.16])
    second = rng.random(len(first)) < 0.03
    other = (kind[second] + 1) % 3
    return np.concatenate([first, first[second]]).astype(np.int64), np.concatenate([kind, other]).astype(np.int64)


def _returned(rng: Generator, people: People, person: Ints) -> tuple[Ints, Days]:
    """Given back when people moved out, by four in five of the families of the dead, and by some who recovered."""
    status, chance = people.status[person], rng.random(len(person))
    dead = status == DEAD
    kept = some(rng, dead & (people.died_on[person] < day("2016-01-01")), 0.2)
    back = dead & ~kept
    stays = (status == RESIDENT) & ~people.dv[person]
    recovered = stays & (chance < 0.02)
    long_ago = some(rng, stays & ~recovered, 0.01)
    returned = np.select([back, status == MOVED, recovered | long_ago], [1, 2, 3], default=0).astype(np.int64)
    later = day("2016-01-20") + rng.integers(0, 400, len(person))
    before = day("2015-02-01") + rng.integers(0, 300, len(person))
    died = np.minimum(people.died_on[person] + 12, _TODAY)
    moved = people.moved_on[person]
    return returned, np.select([back, status == MOVED, long_ago, recovered], [died, moved, before, later], _NEVER)


def _issued(rng: Generator, people: People, person: Ints, returned_on: Days) -> Days:
    """Some time in life since 1975, before it was given back."""
    first = np.maximum(people.born[person] + 200, day("1975-02-01"))
    last = np.where(np.isnat(returned_on), day("2017-03-31"), returned_on - 60)
    last = np.minimum(last, np.where(people.status[person] == DEAD, people.died_on[person] - 60, last))
    span = np.maximum((last - first).astype(np.int64), 1)
    issued: Days = np.minimum(first + (span * np.sqrt(rng.random(len(person)))).astype(np.int64), last)
    return issued


def _year_of_two_eras(days: Days) -> Bools:
    years: Bools = days.astype("datetime64[Y]") == np.datetime64("1989", "Y")
    return years


def _months(rng: Generator, first: str, months: int, count: int) -> Days:
    """The first day of one of so many months. They end with 平成: nobody knew of another era in 2017."""
    days: Days = (np.datetime64(first, "M") + rng.integers(0, months + 1, count)).astype("datetime64[D]")
    return days


def _fare(rng: Generator, kind: Ints, grade: Ints) -> Ints:
    """第1種: 身体 1 and 2, 療育 A; 第2種: 身体 5 and 6, 療育 B; one of them: 身体 3 and 4; 精神 has none."""
    first = np.isin(grade, [0, 1, 6, 7])
    second = np.isin(grade, [4, 5, 8, 9])
    fare: Ints = np.select([kind == 2, first, second], [0, 1, 2], default=rng.integers(1, 3, len(kind)))
    return fare.astype(np.int64)
