from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fukuhon.reconciliation import bound_of, needed, wrong_below


def test_4603_random_records_buy_ten_in_ten_thousand() -> None:
    """The rule of DESIGN §3.16: one record fewer does not."""
    assert needed(10) == 4603
    assert bound_of(4603) == 10
    assert bound_of(4602) == 11


def test_fifty_a_day_buy_880() -> None:
    """So much for a day's requests."""
    assert bound_of(50) == 880
    assert bound_of(20) == 2057


@pytest.mark.parametrize("bound", [1, 5, 10, 100, 880, 5000, 9999])
def test_needed_is_the_least_sample(bound: int) -> None:
    """It states the bound, and one record fewer does not."""
    count = needed(bound)
    assert bound_of(count) <= bound
    assert count == 1 or bound_of(count - 1) > bound


def test_nothing_looked_at_says_nothing() -> None:
    """Of an endless or of a finite population."""
    assert bound_of(0) == 10_000
    assert bound_of(0, 0, 500) == 10_000
    assert wrong_below(500, 0) == 501


def test_looking_at_everything_is_certain() -> None:
    """Fewer than one wrong record, whatever the confidence."""
    assert wrong_below(500, 500) == 1
    assert bound_of(500, 0, 500) == 20
    assert wrong_below(500, 500, 3) == 4
    assert bound_of(0, 0, 0) == 0


@settings(deadline=None)
@given(population=st.integers(1, 120), data=st.data())
def test_the_bound_is_exact(population: int, data: st.DataObject) -> None:
    """With fractions: K would turn up like this in at most 1 of 100 cases, K − 1 in more."""
    sampled = data.draw(st.integers(0, population))
    wrong = data.draw(st.integers(0, min(sampled, 3)))
    least = wrong_below(population, sampled, wrong)

    def chance(bad: int) -> Fraction:
        ways = sum(comb(bad, x) * comb(population - bad, sampled - x) for x in range(wrong + 1))
        return Fraction(ways, comb(population, sampled))

    assert wrong <= least <= population + 1
    if least <= population:
        assert chance(least) <= Fraction(1, 100)
    if least > wrong:
        assert chance(least - 1) > Fraction(1, 100)


@settings(deadline=None)
@given(sampled=st.integers(1, 5000), wrong=st.integers(0, 5), more=st.integers(1, 500))
def test_more_records_never_say_less(sampled: int, wrong: int, more: int) -> None:
    """And a wrong one more never says better."""
    assert bound_of(sampled + more, wrong) <= bound_of(sampled, wrong)
    assert bound_of(sampled, wrong + 1) >= bound_of(sampled, wrong)
    assert bound_of(sampled, wrong, 10_000) <= bound_of(sampled, wrong) + 1


def test_large_cities_are_bounded_too() -> None:
    """A million records: nearly as if endless."""
    assert bound_of(4603, 0, 1_000_000) == 10
    assert bound_of(4603, 0, 10_000_000) == 10
