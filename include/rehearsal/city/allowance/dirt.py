"""Dirt of the 児童手当."""

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


def _is(book: Book, column: str, value: str) -> Bools:
    mask: Bools = pc.equal(book.base[column], value).fill_null(False).to_numpy()
    return mask


def _several(book: Book) -> Bools:
    mask: Bools = pc.is_valid(book.base["month2"]).to_numpy()
    return mask


def _paid_twice(rng: Generator, _: World, book: Book, count: int) -> None:
    """A second record of the same person and month, as if the payment had been entered twice."""
    for number, row in enumerate(choose(rng, clean_rows(book) & _is(book, "state", "00"), count)):
        book.rewrite(row, _dirt="payment-entered-twice")
        second = {**book.current(row), "payment_row": f"D{number + 1:08d}", "adjusted": 0}
        months = [second[f"amount{place}"] or 0 for place in range(1, 5)]
        book.add(START, **{**second, "total": sum(months)})


KINDS = (
    Kind(
        "allowance-child-missing",
        "recipient",
        "allowance-children-sum",
        "支給対象児童数が年齢区分の和と合わない",
        _any,
        lambda row, _: {"children": row["children"] + 1},
    ),
    Kind(
        "allowance-monthly-wrong",
        "recipient",
        "allowance-monthly-recomputed",
        "手当月額が児童数と単価に合わない",
        _any,
        lambda row, _: {"monthly": row["monthly"] + 5_000},
    ),
    Kind(
        "allowance-report-undated",
        "recipient",
        "layout:I0312:required_when",
        "現況届が提出済なのに受理した日が無い",
        lambda book: _is(book, "report_state", "済"),
        lambda _, __: {"reported_on": None},
    ),
    Kind(
        "payment-sum-wrong",
        "payment",
        "payment-sum",
        "支払額が月ごとの手当額の和と合わない",
        lambda book: _is(book, "state", "00"),
        lambda row, _: {"total": row["total"] + 5_000},
    ),
    Kind(
        "payment-month-repeated",
        "payment",
        "payment-months-consecutive",
        "同じ対象月が二度ある",
        _several,
        lambda row, _: {"month1": row["month2"]},
    ),
    Kind(
        "payment-entered-twice",
        "payment",
        "layout:record_key:unique",
        "同じ人・同じ月の支払が二つある",
        plant=_paid_twice,
    ),
)
