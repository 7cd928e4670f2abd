"""What a sample without (or with few) wrong records says about all of them: exact bounds, no approximation.

"Fewer than k in 10,000 are wrong, with 99%": k is the least share of wrong records at which a sample like this one
would turn up in at most one case of a hundred. 4,603 random records without a wrong one buy k = 10; 50 buy 880 (DESIGN
§3.16).
"""

from __future__ import annotations

from math import ceil, exp, lgamma, log

__all__ = ["CONFIDENCE", "TEN_THOUSAND", "bound_of", "needed", "wrong_below"]

CONFIDENCE = 0.99
TEN_THOUSAND = 10_000


def wrong_below(population: int, sampled: int, wrong: int = 0, confidence: float = CONFIDENCE) -> int:
    """The least K such that fewer than K of ``population`` records are wrong.

    Given are ``wrong`` among ``sampled`` that were drawn without return: hypergeometric. With nothing sampled it is
    ``population`` + 1: nothing is known.
    """
    low, high = wrong, population + 1
    while low < high:
        middle = (low + high) // 2
        if _hypergeometric(population, middle, sampled, wrong) <= _chance(confidence):
            high = middle
        else:
            low = middle + 1
    return low


def bound_of(sampled: int, wrong: int = 0, population: int | None = None, confidence: float = CONFIDENCE) -> int:
    """The least k such that fewer than k in 10,000 are wrong; 10,000 where the sample says nothing.

    With a ``population`` the finite one counts (a sample of everything is certain), else an endless one.
    """
    if population is not None:
        if population <= 0:
            return 0
        return min(TEN_THOUSAND, ceil(wrong_below(population, sampled, wrong, confidence) * TEN_THOUSAND / population))
    low, high = 0, TEN_THOUSAND
    while low < high:
        middle = (low + high) // 2
        if _binomial(middle / TEN_THOUSAND, sampled, wrong) <= _chance(confidence):
            high = middle
        else:
            low = middle + 1
    return low


def needed(bound: int, population: int | None = None, confidence: float = CONFIDENCE) -> int:
    """How many random records without a wrong one it takes to state ``bound`` in 10,000."""
    low, high = (
        1,
        population if population is not None else ceil(log(1 - confidence) / log(1 - bound / TEN_THOUSAND)) + 1,
    )
    while low < high:
        middle = (low + high) // 2
        if bound_of(middle, 0, population, confidence) <= bound:
            high = middle
        else:
            low = middle + 1
    return low


def _chance(confidence: float) -> float:
    """The chance that is left, with what floating point may add to an exact tie."""
    return (1 - confidence) * (1 + 1e-9)


def _hypergeometric(population: int, bad: int, sampled: int, wrong: int) -> float:
    """The chance of at most ``wrong`` bad ones among ``sampled`` of ``population`` records of which ``bad`` are bad."""
    if bad > population:
        return 0.0
    total = _choose(population, sampled)
    least = max(0, sampled - (population - bad))
    return sum(
        exp(_choose(bad, found) + _choose(population - bad, sampled - found) - total)
        for found in range(least, min(wrong, bad, sampled) + 1)
    )


def _binomial(share: float, sampled: int, wrong: int) -> float:
    """The chance of at most ``wrong`` bad ones among ``sampled`` draws, each bad with probability ``share``."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 1.0 if wrong >= sampled else 0.0
    return sum(
        exp(_choose(sampled, found) + found * log(share) + (sampled - found) * log(1 - share))
        for found in range(min(wrong, sampled) + 1)
    )


def _choose(total: int, taken: int) -> float:
    """The logarithm of the number of ways to take some of all."""
    return lgamma(total + 1) - lgamma(taken + 1) - lgamma(total - taken + 1)
