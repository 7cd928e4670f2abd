from __future__ import annotations

import numpy as np
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fukuhon.identifiers import AddresseeNumber, contains_my_number
from rehearsal.city import City
from rehearsal.city.columns import scattered
from rehearsal.city.people import addressees, make_people, taxpayers


def test_addressee_numbers_are_fifteen_digits_with_zeros_in_front(city: City) -> None:
    """Every number is an addressee number, borne once; all begin with zeros, so that a number type would lose some."""
    numbers = city.rows("addressee")["addressee_no"].unique().to_pylist()
    assert len(numbers) == city.books["addressee"].base.num_rows + len(city.books["addressee"].added) > city.people
    assert all(AddresseeNumber.parse(number).startswith("0000") for number in numbers)


def test_no_column_holds_a_my_number(city: City) -> None:
    """A 個人番号 must never appear, not even by chance."""
    for table in city.books:
        rows = city.rows(table)
        for name in rows.column_names:
            if rows[name].type == "string" and not name.startswith("valid"):
                assert not any(contains_my_number(text) for text in rows[name].unique().to_pylist() if text)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_register_never_disagrees_in_both_name_and_address(seed: int) -> None:
    """The tax system is a little behind, but never so far that a person could not be recognised."""
    rng = np.random.default_rng(seed)
    people = make_people(rng, 5000, seed)
    register, own = addressees(people, rng), taxpayers(people)
    renamed = pc.not_equal(register["kana"], own["kana"])
    moved = pc.not_equal(register["address_code"], own["address_code"])
    assert pc.sum(renamed).as_py() > 0
    assert pc.sum(moved).as_py() > 0
    assert not pc.any(pc.and_(renamed, moved)).as_py()
    assert register["birth_date"].equals(own["birth_date"])


def test_every_status_occurs_and_some_are_protected() -> None:
    """住民, 住登外, 転出, 死亡, DV and unknown numbers all occur, also in a small city."""
    people = make_people(np.random.default_rng(5), 1000, 5)
    assert set(people.status) == {1, 2, 3, 4}
    assert people.dv.sum() >= 1
    assert len(people.namesakes) >= 6


def test_namesakes_share_what_is_on_paper_but_not_the_address() -> None:
    """A person of outside and a resident with one name, sex and birth date: two attributes alone would match."""
    rng = np.random.default_rng(5)
    people = make_people(rng, 2000, 5)
    register = addressees(people, rng).select(["birth_date", "sex", "kana", "address_code"]).to_pylist()
    for outside, resident in people.namesakes:
        one, other = register[outside], register[resident]
        assert one.pop("address_code") != other.pop("address_code")
        assert one == other


@given(st.sampled_from([7, 8, 11]), st.integers(0, 999))
def test_scattered_numbers_never_repeat(width: int, salt: int) -> None:
    """The shuffle is one to one and stays below its bound."""
    numbers = scattered(5000, width, salt)
    assert len(np.unique(numbers)) == 5000
    assert numbers.min() >= 0
    assert numbers.max() < 10**width
