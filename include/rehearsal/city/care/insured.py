"""被保険者: everybody of 65, a few younger ones; who is certified, and what each has to pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rehearsal.city.care.law import full_age, premium_of
from rehearsal.city.columns import Bools, Days, Ints, day
from rehearsal.city.daily import some
from rehearsal.city.people import DEAD, MOVED, OUTSIDE, RESIDENT

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.people import People

__all__ = ["Insured", "make_insured"]

_NEVER = np.datetime64("NaT", "D")
_TODAY = day("2017-04-10")
_BEGUN = day("2000-04-01")  # 介護保険 began
_SOON = (day("2018-04-01"), day("2019-02-01"))  # who comes of age then is entered in advance already
_LONGEST = (6, 12, 24)
FIRST, SECOND, ELSEWHERE = 0, 1, 2  # 第1号, 第2号, 住所地特例


@dataclass(slots=True)
class Insured:
    """One value an insured person in each column."""

    person: Ints
    kind: Ints
    acquired_on: Days
    why: Ints  # 1 年齢到達, 2 転入, 3 第2号の認定, 4 制度の開始
    lost_on: Days
    lost_why: Ints  # 0 not lost, 1 転出, 2 死亡
    level: Ints  # -1: not certified
    certified_on: Days
    period_from: Days
    period_to: Days
    copay: Ints
    relief: Ints
    levy_year: Ints
    stage: Ints  # from 0
    months: Ints
    by_pension: Bools
    void: Bools
    hold: Bools

    def __len__(self) -> int:
        return len(self.person)

    @property
    def premium(self) -> Ints:
        """保険料額 in yen."""
        return premium_of(self.stage, self.months)


def make_insured(rng: Generator, people: People) -> Insured:
    """The insured as of the first load, with some who will come of age within the next two years."""
    person, kind, acquired_on, why = _who(rng, people)
    lost_on, lost_why = _lost(people, person)
    there = np.isnat(lost_on) | (acquired_on < lost_on)
    person, kind, why, lost_why = person[there], kind[there], why[there], lost_why[there]
    acquired_on, lost_on = acquired_on[there], lost_on[there]
    count = len(person)
    period_from, period_to, level = _certified(rng, people.age[person], kind, acquired_on, lost_on)
    acquired_on = np.where(kind == SECOND, period_from, acquired_on)
    stage = rng.choice(9, size=count, p=[0.17, 0.08, 0.07, 0.14, 0.15, 0.16, 0.13, 0.06, 0.04]).astype(np.int64)
    levy_year, months = _levied(acquired_on, lost_on)
    has = level >= 0
    usable = (people.status[person] == RESIDENT) & ~people.dv[person] & (acquired_on <= _TODAY)
    return Insured(
        person=person,
        kind=kind,
        acquired_on=acquired_on,
        why=why,
        lost_on=lost_on,
        lost_why=lost_why,
        level=level,
        certified_on=np.where(has, np.minimum(period_from + rng.integers(-30, 31, count), _TODAY), _NEVER),
        period_from=period_from,
        period_to=period_to,
        copay=np.where((stage >= 6) & (kind != SECOND) & (rng.random(count) < 0.6), 2, 1).astype(np.int64),
        relief=np.where(has & (kind != SECOND) & (stage < 3) & (rng.random(count) < 0.4), stage + 1, 0),
        levy_year=levy_year,
        stage=stage,
        months=months,
        by_pension=(months == 12) & (rng.random(count) < 0.93),
        void=some(rng, usable, 0.002),
        hold=some(rng, usable & has, 0.006),
    )


def _who(rng: Generator, people: People) -> tuple[Ints, Ints, Days, Ints]:
    """Each person, their kind, and when and why they became insured. A few residents are left out, to come later."""
    of_age = full_age(people.born, 65)
    chance = rng.random(len(people))
    here = people.status != OUTSIDE
    old = of_age <= _TODAY
    soon = (people.status == RESIDENT) & (of_age >= _SOON[0]) & (of_age < _SOON[1]) & (chance < 0.3)
    second = (people.status == RESIDENT) & (people.age >= 45) & (people.age < 62) & (chance < 0.012)
    kind = np.select(
        [here & old & (chance < 0.97), soon, second & ~soon, ~here & old & ((chance < 0.45) | ~people.number_known)],
        [FIRST, FIRST, SECOND, ELSEWHERE],
        default=-1,
    )
    person = np.flatnonzero(kind >= 0).astype(np.int64)
    kind, of_age = kind[person], of_age[person]
    why = np.select([kind == SECOND, of_age < _BEGUN], [3, 4], default=1).astype(np.int64)
    acquired_on = np.maximum(of_age, _BEGUN)
    span = np.maximum((day("2017-03-31") - acquired_on).astype(np.int64), 1)
    came = (rng.random(len(person)) < 0.12) & (kind == FIRST) & (acquired_on < day("2015-01-01"))
    later = acquired_on + 1 + (span * rng.random(len(person))).astype(np.int64)
    return person, kind, np.where(came, later, acquired_on), np.where(came, 2, why)


def _lost(people: People, person: Ints) -> tuple[Days, Ints]:
    status = people.status[person]
    dates = [people.moved_on[person], people.died_on[person] + np.timedelta64(1, "D")]
    lost_on = np.select([status == MOVED, status == DEAD], dates, default=_NEVER)
    return lost_on, np.select([status == MOVED, status == DEAD], [1, 2], default=0).astype(np.int64)


def _certified(rng: Generator, age: Ints, kind: Ints, acquired_on: Days, lost_on: Days) -> tuple[Days, Days, Ints]:
    """The period of each certification and its level (-1: none). The periods end with 平成, as of 2017."""
    count = len(age)
    chance = np.select([kind == SECOND, age < 75, age < 85], [1.0, 0.05, 0.18], default=0.5)
    begins = np.datetime64("2016-02", "M") + rng.integers(0, 14, count)
    period_from = begins.astype("datetime64[D]")
    able = (kind == SECOND) | ((acquired_on < period_from) & (np.isnat(lost_on) | (lost_on > period_from)))
    has = able & (rng.random(count) < chance)
    ends = (begins + rng.choice(_LONGEST, size=count, p=[0.2, 0.6, 0.2])).astype("datetime64[D]") - 1
    level = np.where(has, rng.choice(7, size=count, p=[0.14, 0.14, 0.2, 0.18, 0.13, 0.12, 0.09]), -1)
    return np.where(has, period_from, _NEVER), np.where(has, ends, _NEVER), level.astype(np.int64)


def _levied(acquired_on: Days, lost_on: Days) -> tuple[Ints, Ints]:
    """The fiscal year of the latest premium, and of how many of its months."""
    last = np.where(np.isnat(lost_on), day("2017-03-31"), lost_on - 1)
    last = np.maximum(np.minimum(last, day("2017-03-31")), acquired_on)
    months = last.astype("datetime64[M]").astype(np.int64)
    april = (months - 3) // 12 * 12 + 3
    begin = np.maximum(acquired_on.astype("datetime64[M]").astype(np.int64), april)
    lost = np.where(np.isnat(lost_on), april + 12, lost_on.astype("datetime64[M]").astype(np.int64))
    count = np.clip(np.minimum(lost, april + 12) - begin, 0, 12)
    return (1970 + april // 12).astype(np.int64), count.astype(np.int64)
