"""The dirt of the 税総合システム."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rehearsal.city.columns import Bools, Ints
from rehearsal.city.dirt import Kind, choose, clean_rows
from rehearsal.city.people import MOVED
from rehearsal.city.tax.pairs import duplicate, namesakes, reuse, swap

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.book import Book
    from rehearsal.city.subject import World

__all__ = ["KINDS"]

_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_NO_SUCH_GAIJI = "\ue0a3"  # a private character of an old system: no official map has it


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


def _future_year(rng: Generator, world: World, book: Book, count: int) -> None:
    """Of people who have not left: in a later year those would be out of scope."""
    stays = world.people.status[book.base["_person"].to_numpy()] != MOVED
    for row in choose(rng, clean_rows(book) & _of_2016(book) & stays, count):
        book.clean[row] = book.current(row)
        book.rewrite(row, fiscal_year="2019", _dirt="future-fiscal-year")


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
    Kind("swapped-addressee", "assessment", "tax-person-agrees", "二人の宛名番号が入れ替わっている", plant=swap),
    Kind(
        "namesake-of-resident",
        "assessment",
        "tax-outside-not-a-resident",
        "住登外の人に、同姓同名・同じ生年月日の住民の番号が付いている",
        plant=namesakes,
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
        plant=_future_year,
        keeps_identity=False,
    ),
    Kind(
        "duplicate-key", "assessment", "layout:record_key:unique", "同じ人・同じ年度の記録が二つある", plant=duplicate
    ),
    Kind(
        "full-width-key",
        "notice",
        "layout:record_key:pattern",
        "通知書番号が全角",
        _any,
        lambda row, _: {"notice_no": row["notice_no"].translate(_WIDE)},
        keeps_identity=False,
    ),
    Kind(
        "reused-notice-number",
        "notice",
        "layout:record_key:unique",
        "一つの通知書番号が二人に使われている",
        plant=reuse,
    ),
    Kind(
        "unpaid-wrong",
        "notice",
        "notice-unpaid",
        "未納額が税額と納付済額の差と合わない",
        lambda book: book.codes("paid_state") == 3,
        lambda row, _: {"unpaid": row["unpaid"] + 1000},
    ),
)
