from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from rehearsal.city import City, make_city
from rehearsal.city.dirt import Strangers, clean_rows
from rehearsal.city.people import make_people
from rehearsal.city.planting import correct, spoil
from rehearsal.city.tax.dirt import KINDS

KIND = {kind.name: kind for kind in KINDS}
NOON = "2017-06-01T12:00:00+09:00"


def test_at_least_twelve_kinds_with_five_records_each(city: City) -> None:
    """Every kind of dirt is there on the first load, several times."""
    planted = Counter(city.truth.days[0].records["kind"].to_pylist())
    assert len(city.kinds) >= 12
    assert all(planted[kind.name] >= 5 for kind in city.kinds), planted


@pytest.mark.parametrize("seed", range(5))
def test_a_small_city_has_every_kind_whatever_the_seed(seed: int) -> None:
    """Planting does not depend on luck."""
    village = make_city(people=1000, seed=seed, days=1)
    planted = Counter(village.truth.days[0].records["kind"].to_pylist())
    assert all(planted[kind.name] >= 5 for kind in village.kinds), planted


def test_new_mistakes_are_made_and_old_ones_mended_on_later_days(city: City) -> None:
    """The quarantine has a life: records come into it and leave it."""
    first, *later = [
        {row["source_row"] for row in day.records.to_pylist() if row["outcome"] == "quarantined"}
        for day in city.truth.days
    ]
    assert all(one - first for one in later)
    assert first - later[-1]


def test_a_mistake_that_is_mended_leaves_the_content_that_was_there() -> None:
    """Spoilt after it was registered, mended since: what is held is right again, and nothing has to go out."""
    book = make_city(people=1000, seed=2, days=1, subjects=("tax",)).books["assessment"]
    row = int(np.flatnonzero(clean_rows(book))[0])
    before = book.current(row)
    spoil(book, row, KIND["levy-sum-wrong"], Strangers(make_people(np.random.default_rng(0), 100, 0), 0), NOON)
    assert book.current(row)["_content"] != before["_content"]
    correct(book, row, "2017-06-02T12:00:00+09:00")
    after = book.current(row)
    assert {name: after[name] for name in before} == before


def test_swapped_people_differ_in_all_four_attributes(city: City) -> None:
    """What the number says and what the tax system says have nothing in common."""
    people = {row["addressee_no"]: row for row in city.books["addressee"].base.to_pylist()}
    own = {row["taxpayer_no"]: row for row in city.books["taxpayer"].base.to_pylist()}
    swapped = [row for row in city.books["assessment"].later if row["_dirt"] == "swapped-addressee"]
    assert len(swapped) >= 10
    for row in swapped:
        there, here = people[row["addressee_no"]], own[row["taxpayer_no"]]
        assert all(there[name] != here[name] for name in ("birth_date", "sex", "kana"))


def test_each_kind_names_its_rule_once(city: City) -> None:
    """Names are unique, and the truth can say which rule has to find a record."""
    assert len({kind.name for kind in city.kinds}) == len(city.kinds)
    assert KIND["loss-ignored"].rule == "tax-income-recomputed"
