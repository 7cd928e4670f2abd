"""Dirt of the 介護保険."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from rehearsal.city.book import START
from rehearsal.city.dirt import Kind, choose, clean_rows

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.book import Book
    from rehearsal.city.columns import Bools
    from rehearsal.city.subject import World

__all__ = ["KINDS"]


def _any(book: Book) -> Bools:
    return np.ones(book.base.num_rows, dtype=np.bool_)


def _certified(book: Book) -> Bools:
    mask: Bools = pc.equal(book.base["certified"], "1").to_numpy()
    return mask


def _first(book: Book) -> Bools:
    mask: Bools = pc.equal(book.base["kind"], "A").to_numpy()
    return mask


def _two_numbers(rng: Generator, _: World, book: Book, count: int) -> None:
    """A second number of the same person, as if they had been entered twice when they moved in."""
    fits = clean_rows(book) & _first(book) & pc.is_null(book.base["lost_on"]).to_numpy()
    for number, row in enumerate(choose(rng, fits, count)):
        book.rewrite(row, _dirt="care-two-numbers")
        book.add(START, **{**book.current(row), "insured_no": f"{9_900_000_000 + number}"})


KINDS = (
    Kind(
        "care-unknown-addressee",
        "insured",
        "care-addressee-known",
        "宛名の台帳に無い宛名番号",
        _any,
        lambda _, strangers: {"addressee_no": strangers.one()},
        keeps_identity=False,
    ),
    Kind(
        "care-premium-wrong",
        "insured",
        "care-premium-of-stage",
        "保険料額が段階と月数に合わない",
        _first,
        lambda row, _: {"premium": row["premium"] + 100},
    ),
    Kind(
        "care-period-reversed",
        "insured",
        "care-period-order",
        "認定有効期間の末日が初日より前",
        _certified,
        lambda row, _: {"period_to": f"{int(row['period_from'][:3]) - 1}0331"},
    ),
    Kind(
        "care-limit-of-another-level",
        "insured",
        "care-limit-of-level",
        "支給限度額が要介護状態区分に合わない",
        _certified,
        lambda row, _: {"care_limit": row["care_limit"] + 1_000},
    ),
    Kind(
        "care-two-numbers",
        "insured",
        "care-one-person-one-number",
        "同じ人に被保険者番号が二つある",
        plant=_two_numbers,
    ),
)
