"""個人住民税: who is taxed, what they earn, how it is collected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rehearsal.city.columns import Bools, Days, Ints, day
from rehearsal.city.people import MOVED, OUTSIDE
from rehearsal.city.tax.law import Incomes, assess, salary_income

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.people import People

__all__ = ["Assessments", "make_assessments"]


@dataclass(slots=True)
class Assessments:
    """The assessments of all fiscal years: one value a record in each column."""

    person: Ints
    year: Ints
    incomes: Incomes
    amounts: dict[str, Ints]
    tax_class: Ints
    collection: Ints  # 0 none, 1 普通徴収, 2 給与, 3 年金
    return_kind: Ints
    disability: Ints
    levy_class: Ints
    fixed_on: Days
    corrected_on: Days
    void: Bools
    revising: Bools

    def __len__(self) -> int:
        return len(self.person)


def make_assessments(rng: Generator, people: People) -> Assessments:
    """About 0.6 records a head for 2016, a few of 2015 (out of scope) and some of 2017 (fixed early, or not yet)."""
    taxed = _who(rng, people)
    before = taxed[rng.random(len(taxed)) < 0.04]
    after = taxed[rng.random(len(taxed)) < 0.03]
    person = np.concatenate([taxed, before, after])
    year = np.repeat([2016, 2015, 2017], [len(taxed), len(before), len(after)]).astype(np.int64)
    age = people.age[person]
    disability = rng.choice([0, 1, 2], size=len(person), p=[0.955, 0.03, 0.015]).astype(np.int64)
    incomes = _incomes(rng, age, disability)
    amounts, tax_class = assess(incomes)
    fixed_on = _fixed(rng, year)
    return Assessments(
        person=person,
        year=year,
        incomes=incomes,
        amounts=amounts,
        tax_class=tax_class,
        collection=_collection(rng, incomes, tax_class, age),
        return_kind=_return_kind(rng, incomes),
        disability=disability,
        levy_class=_levy_class(rng, people, person, year),
        fixed_on=fixed_on,
        corrected_on=_corrected(rng, fixed_on, year),
        void=rng.random(len(person)) < 0.004,
        revising=rng.random(len(person)) < 0.003,
    )


def _who(rng: Generator, people: People) -> Ints:
    """Indexes of the people with a record of 2016. The namesakes of outside are taxed, those who live here are not."""
    age = people.age
    chance = np.select([age < 16, age < 23, age < 65, age < 75], [0.0, 0.35, 0.7, 0.6], default=0.5)
    chosen = (rng.random(len(people)) < chance) | (people.status == OUTSIDE)
    chosen[[resident for _, resident in people.namesakes]] = False
    return np.flatnonzero(chosen).astype(np.int64)


def _incomes(rng: Generator, age: Ints, disability: Ints) -> Incomes:
    count = len(age)
    old = age >= 65
    kind = rng.random(count)
    declared = kind > 0.03
    employed = declared & np.where(old, kind < 0.15, kind < 0.88)
    pensioner = declared & old & (kind > 0.08)
    own_business = declared & (kind > 0.86)
    part_time = employed & (rng.random(count) < 0.22)
    salary = np.where(part_time, rng.uniform(3e5, 1.6e6, count), rng.lognormal(15.02, 0.45, count))
    salary = np.where(employed, salary // 1000 * 1000, 0).astype(np.int64)
    pension = np.where(pensioner, np.clip(rng.normal(1.6e6, 7e5, count), 2e5, 4.5e6) // 1000 * 1000, 0).astype(np.int64)
    other = _other_income(rng, own_business, declared)
    earned = salary_income(salary)
    pensioned = _pension_income(pension, old)
    gained = np.maximum(earned + pensioned + other, 0)
    loses = own_business & (other > 0) & (rng.random(count) < 0.25)
    loss = np.where(loses, np.minimum(rng.uniform(5e4, 1.5e6, count) // 1000 * 1000, gained), 0).astype(np.int64)
    return Incomes(salary, earned, pension, pensioned, other, loss, *_deductions(rng, gained, disability), declared)


def _other_income(rng: Generator, own_business: Bools, declared: Bools) -> Ints:
    """Business and rent; one in eight has a loss (negative)."""
    count = len(declared)
    business = rng.lognormal(14.5, 0.7, count) // 1000 * 1000
    business = np.where(rng.random(count) < 0.12, -business // 3 // 1000 * 1000, business)
    rent = np.where(declared & (rng.random(count) < 0.03), rng.uniform(1e5, 2e6, count) // 1000 * 1000, 0)
    other: Ints = np.where(own_business, business, rent).astype(np.int64)
    return other


def _pension_income(gross: Ints, old: Bools) -> Ints:
    deduction = np.where(old, np.where(gross < 3_300_000, 1_200_000, gross // 4 + 375_000), 700_000)
    income: Ints = np.maximum(gross - deduction, 0)
    return income


def _deductions(rng: Generator, gained: Ints, disability: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
    """Social and life insurance, spouse, dependants' and other deductions, and the number of dependants."""
    count = len(gained)
    earns = gained > 0
    social = np.where(earns, gained * rng.uniform(0.08, 0.2, count), 0).astype(np.int64)
    life = np.where(earns & (rng.random(count) < 0.6), rng.integers(6, 71, count) * 1000, 0)
    spouse = np.where((gained > 1_200_000) & (rng.random(count) < 0.28), 330_000, 0)
    dependants = np.where(gained > 1_200_000, rng.choice(5, size=count, p=[0.62, 0.19, 0.14, 0.04, 0.01]), 0)
    grown = rng.binomial(dependants, 0.5)
    each = np.where(rng.random(count) < 0.3, 450_000, 330_000)
    other = np.array([0, 260_000, 300_000])[disability]
    wide = [value.astype(np.int64) for value in (social, life, spouse, grown * each, other, dependants)]
    return wide[0], wide[1], wide[2], wide[3], wide[4], wide[5]


def _collection(rng: Generator, incomes: Incomes, tax_class: Ints, age: Ints) -> Ints:
    by_employer = (incomes.salary_gross > 0) & (age < 65) & (rng.random(len(age)) < 0.92)
    by_pension = (incomes.pension_gross > 1_200_000) & (age >= 65)
    way = np.where(by_employer, 2, np.where(by_pension, 3, 1))
    collection: Ints = np.where(tax_class <= 2, way, 0).astype(np.int64)
    return collection


def _return_kind(rng: Generator, incomes: Incomes) -> Ints:
    chance = rng.random(len(incomes.salary_gross))
    kind = np.select(
        [~incomes.declared, incomes.other_income != 0, chance < 0.05, incomes.salary_gross > 0],
        [9, 1, 2, 3],
        default=4,
    )
    return kind.astype(np.int64)


def _levy_class(rng: Generator, people: People, person: Ints, year: Ints) -> Ints:
    """1 住民, 2 住登外, 3 家屋敷, 4 転出済 (left before the 賦課期日 of that year)."""
    status = people.status[person]
    levy_day = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    left = (status == MOVED) & (people.moved_on[person] < levy_day)
    outside = np.where(rng.random(len(person)) < 0.8, 2, 3)
    for one, _ in people.namesakes:
        outside[person == one] = 2
    levy_class: Ints = np.where(left, 4, np.where(status == OUTSIDE, outside, 1)).astype(np.int64)
    return levy_class


def _fixed(rng: Generator, year: Ints) -> Days:
    """The day on which the tax was fixed: 10 June, for a few later; of 2017 half on 5 April, half not yet (NaT)."""
    usual = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]") + np.timedelta64(161, "D")
    late = np.where(rng.random(len(year)) < 0.05, rng.integers(20, 200, len(year)), 0).astype("timedelta64[D]")
    early = np.where(rng.random(len(year)) < 0.5, day("2017-04-05"), np.datetime64("NaT", "D"))
    return np.where(year == 2017, early, usual + late)


def _corrected(rng: Generator, fixed_on: Days, year: Ints) -> Days:
    """The day of a correction (更正), for three in a hundred of the years before 2017."""
    when = fixed_on + rng.integers(5, 80, len(year)).astype("timedelta64[D]")
    return np.where((rng.random(len(year)) < 0.03) & (year < 2017), when, np.datetime64("NaT", "D"))
