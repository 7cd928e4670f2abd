"""受給者: which households have children of an age that counts, what they receive, and why they no longer do."""

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

__all__ = ["Recipients", "make_recipients", "monthly_of"]

_TODAY = day("2017-04-10")
_NEVER = np.datetime64("NaT", "D")
_REPORTED = day("2016-06-01")  # who receives on that day has to report (現況届)
# Born on or after: under 3, not yet out of primary school, of junior high school, counted as an elder child (18).
_UNDER_3, _PRIMARY, _JUNIOR, _COUNTED = (day(text) for text in ("2014-04-11", "2005-04-02", "2002-04-02", "1999-04-02"))


@dataclass(slots=True)
class Recipients:
    """One value a recipient in each column."""

    person: Ints
    category: Ints  # 0 被用者, 1 非被用者, 2 施設等
    certified_on: Days
    unknown: Ints
    started: Days
    special: Bools  # 特例給付
    bands: Ints  # a row a band: under 3, primary (first and second child), primary (third and on), junior high
    report: Ints  # 0 済, 1 未, 2 免
    reported_on: Days
    reason: Ints  # 0 goes on, 1 転出, 2 年齢到達, 3 監護しない, 4 死亡
    ended_on: Days
    window: Bools
    remark: Ints
    void: Bools
    hold: Bools

    def __len__(self) -> int:
        return len(self.person)

    @property
    def monthly(self) -> Ints:
        """手当月額 in yen."""
        return monthly_of(self.bands, self.special)


def monthly_of(bands: Ints, special: Bools) -> Ints:
    """What children bring in a month: 15,000 yen under 3 and from the third on, else 10,000; 5,000 each as 特例給付."""
    amounts = np.array([15_000, 10_000, 15_000, 10_000])
    monthly: Ints = np.where(special, 5_000 * bands.sum(axis=0), amounts @ bands)
    return monthly


def make_recipients(rng: Generator, people: People) -> Recipients:
    """The heads of households with children, and a few who look after children in institutions (住登外)."""
    person, bands, eldest = _who(rng, people)
    count = len(person)
    outside = people.status[person] == OUTSIDE
    reason, ended_on = _ended(rng, people, person)
    certified_on = np.maximum(eldest + rng.integers(15, 40, count), day("2010-04-05"))
    latest = np.where(np.isnat(ended_on), day("2017-03-20"), ended_on - np.timedelta64(90, "D"))
    certified_on = np.minimum(certified_on, latest)
    pending = some(rng, (reason == 0) & ~outside & ~people.dv[person], 0.008)
    certified_on = np.where(pending, _NEVER, certified_on)
    month = certified_on.astype("datetime64[M]")
    early = (certified_on - month.astype("datetime64[D]")).astype(np.int64) < 14
    started = np.where(early & (rng.random(count) < 0.3), month, month + 1).astype("datetime64[D]")
    report, reported_on = _report(rng, certified_on, ended_on)
    usable = ~pending & ~outside & ~people.dv[person] & (np.isnat(ended_on) | (ended_on >= day("2016-01-01")))
    return Recipients(
        person=person,
        category=np.where(outside, 2, rng.choice([0, 1], size=count, p=[0.68, 0.32])).astype(np.int64),
        certified_on=certified_on,
        unknown=np.where((certified_on < day("2013-01-01")) & (rng.random(count) < 0.03), 1, 0).astype(np.int64),
        started=started,
        special=rng.random(count) < 0.1,
        bands=bands,
        report=report,
        reported_on=reported_on,
        reason=reason,
        ended_on=ended_on,
        window=rng.random(count) < 0.03,
        remark=np.where(rng.random(count) < 0.05, rng.integers(1, 5, count), 0).astype(np.int64),
        void=some(rng, usable, 0.004),
        hold=some(rng, usable, 0.004),
    )


def _who(rng: Generator, people: People) -> tuple[Ints, Ints, Days]:
    """Each recipient, the children by band, and the birth of the eldest child that counts."""
    head = np.diff(people.household, prepend=-1) > 0
    child = (people.status == RESIDENT) & ~head & (people.born >= _JUNIOR)
    counted = (people.status == RESIDENT) & ~head & (people.born >= _COUNTED)
    band = np.select(
        [people.born >= _UNDER_3, people.born >= _PRIMARY],
        [0, np.where(_place_among_children(people, counted) >= 2, 2, 1)],
        default=3,
    )
    houses = int(people.household[-1]) + 1
    bands = np.stack([np.bincount(people.household[child & (band == one)], minlength=houses) for one in range(4)])
    eldest = np.full(houses, _TODAY)
    np.minimum.at(eldest, people.household[child], people.born[child])
    grown = people.age >= 20
    alone = head & people.dv & (bands.sum(axis=0)[people.household] == 0)
    bands[1][people.household[alone]] = 1  # who is protected has a child along that is registered elsewhere
    chosen = np.flatnonzero(head & grown & (people.status != OUTSIDE) & (bands.sum(axis=0)[people.household] > 0))
    away = (people.status == OUTSIDE) & grown
    outside = np.flatnonzero(some(rng, away & people.number_known, 0.1) | some(rng, away & ~people.number_known, 0.1))
    there = np.zeros((4, len(outside)), dtype=np.int64)
    there[1] = rng.integers(1, 3, len(outside))
    homes = people.household[chosen]
    person = np.concatenate([chosen, outside]).astype(np.int64)
    births = np.concatenate([eldest[homes], np.full(len(outside), day("2009-05-01"))])
    return person, np.concatenate([bands[:, homes], there], axis=1).astype(np.int64), births


def _place_among_children(people: People, counted: Bools) -> Ints:
    """The place of each counted child among those of its household, the eldest first (0)."""
    kids = np.flatnonzero(counted)
    order = kids[np.lexsort((people.born[kids], people.household[kids]))]
    house = people.household[order]
    place = np.zeros(len(people), dtype=np.int64)
    place[order] = np.arange(len(order)) - np.searchsorted(house, house, side="left")
    return place


def _ended(rng: Generator, people: People, person: Ints) -> tuple[Ints, Days]:
    status, count = people.status[person], len(person)
    chance = rng.random(count)
    stays = (status == RESIDENT) & ~people.dv[person]
    aged, given_up, long_ago = (
        stays & (chance < 0.03),
        stays & (chance >= 0.03) & (chance < 0.045),
        some(rng, stays & (chance >= 0.045), 0.016),
    )
    reason = np.select([status == MOVED, status == DEAD, aged, given_up | long_ago], [1, 4, 2, 3], default=0)
    within = day("2016-02-01") + rng.integers(0, 400, count)
    before = day("2015-03-01") + rng.integers(0, 270, count)
    choices = [people.moved_on[person], people.died_on[person], np.full(count, day("2016-03-31")), within, before]
    ended_on = np.select([status == MOVED, status == DEAD, aged, given_up, long_ago], choices, default=_NEVER)
    return reason.astype(np.int64), ended_on


def _report(rng: Generator, certified_on: Days, ended_on: Days) -> tuple[Ints, Days]:
    """現況届 of 2016: of those who received on 1 June; one in sixteen has not reported, one in twenty did so late."""
    count = len(certified_on)
    asked = (certified_on < _REPORTED) & (np.isnat(ended_on) | (ended_on >= day("2016-07-01")))
    missing = some(rng, asked, 0.06)
    late = np.isnat(ended_on) & (rng.random(count) < 0.05)
    reported_on = _REPORTED + np.where(late, rng.integers(30, 200, count), rng.integers(0, 29, count))
    report = np.where(~asked, 2, np.where(missing, 1, 0)).astype(np.int64)
    return report, np.where(report == 0, reported_on, _NEVER)
