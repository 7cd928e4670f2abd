from __future__ import annotations

import pytest

from rehearsal.city import City, make_city


def test_the_same_numbers_give_the_same_city(city: City) -> None:
    """A city can be made again from three numbers: nothing in it comes from elsewhere."""
    again = make_city(people=2000, seed=7, days=4)
    assert all(again.rows(table.name).equals(city.rows(table.name)) for table in city.tables("tax"))
    assert all(one.records.equals(two.records) for one, two in zip(again.truth.days, city.truth.days, strict=True))


def test_another_seed_gives_another_city(city: City) -> None:
    """The seed reaches the people and their taxes."""
    other = make_city(people=2000, seed=8, days=4)
    assert not other.rows("addressee").equals(city.rows("addressee"))
    assert not other.rows("assessment").equals(city.rows("assessment"))


def test_the_demos_city_is_of_the_size_that_was_asked_for() -> None:
    """12,000 people: more than 10,000 records of the tax registered, 0.6 assessments a head for the year 2016."""
    city = make_city(12_000, subjects=("tax",))
    first = city.truth.days[0].records.to_pandas()
    assert (first["outcome"] == "new").sum() > 10_000
    of_2016 = (first["dataset"] == "TK00000200000001") & (first["record_key"] == "2016")
    assert 0.5 < of_2016.sum() / 12_000 < 0.7


def test_days_are_working_days(city: City) -> None:
    """Daily life happens on business days; the quiet day is the one after."""
    assert city.days == ("2017-05-08", "2017-05-09", "2017-05-10", "2017-05-11")
    assert city.quiet_day == "2017-05-12"
    assert make_city(people=1000, seed=1, days=5).quiet_day == "2017-05-15"


def test_a_village_is_refused() -> None:
    """With too few people the kinds of dirt would not find their victims."""
    with pytest.raises(ValueError, match="1000"):
        make_city(people=999)
