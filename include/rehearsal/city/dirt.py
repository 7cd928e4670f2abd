"""Dirt: named kinds of wrong records, each made so that exactly one rule of data quality finds it.

A kind says which records it may befall and what it does to one; kinds that need two records (an exchange, a number used
twice) are planted as pairs. The rule's id is what the quality report must give as the reason, and the only one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from rehearsal.city.columns import Bools, Ints, padded, scattered

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator

    from rehearsal.city.book import Book, Row
    from rehearsal.city.people import People

__all__ = ["KINDS", "Kind", "Strangers", "choose", "clean_rows", "kind_of"]

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_NO_SUCH_GAIJI = "\ue0a3"  # a private character of an old system: no official map has it


class Strangers:
    """Addressee numbers of the right form that nobody bears."""

    def __init__(self, people: People, seed: int) -> None:
        self._numbers = padded(scattered(len(people) + 4096, 11, seed % 1000)[len(people) :], 15).to_pylist()

    def one(self) -> str:
        """Another one at each call."""
        number: str = self._numbers.pop()
        return number


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of dirt: its name and table, the rule that finds it, what it does (``edit``) to a row that ``fits``."""

    name: str
    table: str
    rule: str
    wording: str
    fits: Callable[[Book], Bools] | None = None
    edit: Callable[[Row, Strangers], Row] | None = None
    keeps_identity: bool = True


def _any(book: Book) -> Bools:
    return np.ones(book.base.num_rows, dtype=np.bool_)


def _of_2016(book: Book) -> Bools:
    mask: Bools = book.codes("fiscal_year") == 2016
    return mask


def _taxed(book: Book) -> Bools:
    mask: Bools = _of_2016(book) & (book.codes("tax_class") == 1) & (_amount(book, "pref_income_levy") >= 5000)
    return mask


def _amount(book: Book, name: str) -> Ints:
    amounts: Ints = book.base[name].to_numpy()
    return amounts


KINDS = (
    Kind(
        "lost-leading-zero",
        "assessment",
        "layout:addressee:pattern",
        "宛名番号の先頭の0が落ちている",
        _of_2016,
        lambda row, _: {"addressee_no": row["addressee_no"].lstrip("0")},
        keeps_identity=False,
    ),
    Kind(
        "unknown-addressee",
        "assessment",
        "tax-addressee-known",
        "宛名の台帳に無い宛名番号",
        _of_2016,
        lambda _, strangers: {"addressee_no": strangers.one()},
        keeps_identity=False,
    ),
    Kind("swapped-addressee", "assessment", "tax-person-agrees", "二人の宛名番号が入れ替わっている"),
    Kind(
        "namesake-of-resident",
        "assessment",
        "tax-outside-not-a-resident",
        "住登外の人に、同姓同名・同じ生年月日の住民の番号が付いている",
    ),
    Kind(
        "unmappable-character",
        "assessment",
        "layout:I0128:characters",
        "縮退できない外字",
        _of_2016,
        lambda _, __: {"remark": f"{_NO_SUCH_GAIJI}商店分を合算"},
    ),
    Kind(
        "impossible-date",
        "assessment",
        "layout:I0127:date",
        "暦に無い日付",
        _of_2016,
        lambda _, __: {"corrected_on": "H290230"},
    ),
    Kind(
        "code-outside-list",
        "assessment",
        "layout:I0103:code",
        "コード表に無いコード",
        _of_2016,
        lambda _, __: {"return_kind": "7"},
    ),
    Kind(
        "missing-required",
        "assessment",
        "layout:I0102:required",
        "必須の項目が無い",
        _taxed,
        lambda _, __: {"tax_class": None},
    ),
    Kind(
        "negative-amount",
        "assessment",
        "layout:I0105:pattern",
        "負の金額",
        lambda book: _of_2016(book) & (_amount(book, "salary_gross") > 0),
        lambda row, _: {"salary_gross": -row["salary_gross"]},
    ),
    Kind(
        "levy-sum-wrong",
        "assessment",
        "tax-levy-sum",
        "年税額が内訳の和と合わない",
        _taxed,
        lambda row, _: {"annual_tax": row["annual_tax"] + 1000},
    ),
    Kind(
        "levies-exchanged",
        "assessment",
        "tax-levy-ratio",
        "市町村民税と都道府県民税の所得割が入れ替わっている",
        _taxed,
        lambda row, _: {"muni_income_levy": row["pref_income_levy"], "pref_income_levy": row["muni_income_levy"]},
    ),
    Kind(
        "loss-ignored",
        "assessment",
        "tax-income-recomputed",
        "総所得に純損失の繰越控除が反映されていない",
        lambda book: _of_2016(book) & (_amount(book, "loss_carried") > 0),
        lambda row, _: {"total_income": row["total_income"] + row["loss_carried"]},
    ),
    Kind(
        "future-fiscal-year",
        "assessment",
        "tax-year-not-future",
        "未来の賦課年度",
        _of_2016,
        lambda _, __: {"fiscal_year": "2019"},
        keeps_identity=False,
    ),
    Kind("duplicate-key", "assessment", "layout:record_key:unique", "同じ人・同じ年度の記録が二つある"),
    Kind(
        "full-width-key",
        "notice",
        "layout:record_key:pattern",
        "通知書番号が全角",
        _any,
        lambda row, _: {"notice_no": row["notice_no"].translate(_WIDE)},
        keeps_identity=False,
    ),
    Kind("reused-notice-number", "notice", "layout:record_key:unique", "一つの通知書番号が二人に使われている"),
    Kind(
        "unpaid-wrong",
        "notice",
        "notice-unpaid",
        "未納額が税額と納付済額の差と合わない",
        lambda book: book.codes("paid_state") == 3,
        lambda row, _: {"unpaid": row["unpaid"] + 1000},
    ),
)


def kind_of(name: str) -> Kind:
    """The kind of that name."""
    return next(kind for kind in KINDS if kind.name == name)


def clean_rows(book: Book) -> Bools:
    """Base rows that will be registered and that nothing has happened to."""
    open_ = pc.and_(pc.is_null(book.base["_scope"]), pc.is_null(book.base["_withhold"]))
    mask: Bools = open_.to_numpy() & book.untouched()
    return mask


def choose(rng: Generator, mask: Bools, count: int) -> list[int]:
    """``count`` different places where ``mask`` is set. Raises ValueError where there are too few."""
    places = np.flatnonzero(mask)
    if len(places) < count:
        raise ValueError(f"only {len(places)} of {count} records fit: more people are needed")
    return [int(place) for place in rng.choice(places, size=count, replace=False)]
