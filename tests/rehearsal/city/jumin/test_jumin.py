from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest

from fukuhon.rules.functions import apply
from rehearsal.city import City, make_city
from rehearsal.city.book import in_force
from rehearsal.city.jumin.residents import birth_on
from rehearsal.city.seasons import levy, season

RESIDENTS, HOUSEHOLDS = "TK00000100000005", "TK00000100000006"


def rows_of(city: City, table: str, day: str) -> list[dict[str, object]]:
    """The clean rows of a table at the end of a day."""
    history = city.books[table].history()
    rows: list[dict[str, object]] = history.filter(in_force(history, day)).to_pylist()
    return [row for row in rows if row["_dirt"] is None and row["_scope"] is None]


def test_births_are_kept_in_seven_digits_and_read_back_as_they_were() -> None:
    """Era, year, month, day; unknown parts are zeros, the eras change on their days."""
    days = np.array(
        ["1926-12-24", "1926-12-25", "1989-01-07", "1989-01-08", "1950-05-12", "1923-02-03"], "datetime64[D]"
    )
    births = birth_on(days, np.array([0, 0, 0, 0, 1, 2]))
    assert births.to_pylist() == ["2151224", "3011225", "3640107", "4010108", "3250500", "2120000"]
    assert apply("wareki_date", pa.array(births)).to_pylist()[-2:] == ["1950-05-00", "1923-00-00"]


@pytest.mark.parametrize("place", [0, 4])
def test_a_household_is_what_its_residents_are(city: City, place: int) -> None:
    """On the first day and after four days of moving, leaving, dying, arriving and being born."""
    day = city.truth.days[place].day
    residents = [row for row in rows_of(city, "resident", day) if row["resident_class"] in {"1", "2"}]
    of = Counter(row["household_no"] for row in residents)
    heads = {row["household_no"]: row["addressee_no"] for row in residents if row["relation"] == "01"}
    dirty = {row["household_no"] for row in city.books["resident"].later if row["_dirt"]}
    for row in rows_of(city, "household", day):
        if row["household_no"] not in dirty:
            assert row["members"] == of[row["household_no"]]
            assert row["addressee_no"] == heads[row["household_no"]]
            assert row["members"] == 1 + row["spouses"] + row["children"] + row["others"]  # type: ignore[operator]


def test_the_register_says_the_same_of_everybody_on_every_day(city: City) -> None:
    """Both change at one moment: who moves, leaves, dies, arrives or is born."""
    for day in city.truth.days:
        known = {row["addressee_no"]: row for row in rows_of(city, "addressee", day.day)}
        for row in rows_of(city, "resident", day.day):
            there = known[row["addressee_no"]]
            assert [row[name] for name in ("sex", "kana", "address_code")] == [
                there[name] for name in ("sex", "kana", "address_code")
            ]
            assert there["status"] == {"1": "1", "2": "1", "3": "3", "4": "4"}[str(row["resident_class"])]


def test_a_city_in_spring_moves_four_times_as_much() -> None:
    """0.3 to 0.8% of the records change on an ordinary day, four times that around 1 April; the tax has its June."""
    city = make_city(10_000, seed=3, days=("2017-05-08", "2018-03-30"), subjects=("jumin",))
    shares = []
    for day in city.truth.days[1:3]:
        counts = [by for variations in day.tallies().values() for by in variations.values()]
        changed = sum(by["new"] + by["overwritten"] + by["deleted"] for by in counts)
        shares.append(changed / sum(by["read"] for by in counts))
    assert 0.003 < shares[0] < 0.008
    assert 0.012 < shares[1] < 0.032
    assert (season("2018-04-07"), season("2018-04-08"), levy("2017-06-09"), levy("2017-06-20")) == (4, 1, 6, 1)


def test_no_name_and_no_address_text_reaches_a_file(city: City) -> None:
    """副本 carry neither: the only text of a person in the tables is the kana that is held against the register."""
    texts = {
        name
        for table in ("resident", "household")
        for name, column in zip(city.rows(table).column_names, city.rows(table).columns, strict=True)
        if column.type == "string" and any(not text.isascii() for text in column.unique().to_pylist() if text)
    }
    assert texts == {"kana"}
