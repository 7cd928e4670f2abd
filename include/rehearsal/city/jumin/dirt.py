"""The dirt of the 住民情報システム."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from rehearsal.city.columns import Bools
from rehearsal.city.dirt import Kind, choose, clean_rows
from rehearsal.city.jumin.residents import HEAD, SPOUSE
from rehearsal.city.people import MOVED

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.book import Book
    from rehearsal.city.subject import World

__all__ = ["KINDS"]


def _fits(book: Book, *wanted: tuple[str, tuple[str, ...]]) -> Bools:
    mask = np.ones(book.base.num_rows, dtype=np.bool_)
    for column, values in wanted:
        mask &= np.isin(book.base[column].fill_null("").to_numpy(zero_copy_only=False).astype(str), values)
    return mask


def _resident(book: Book) -> Bools:
    return _fits(book, ("resident_class", ("1", "2")))


def _moved_in(book: Book) -> Bools:
    return _fits(book, ("resident_class", ("1", "2")), ("became_reason", ("2",)), ("birth_on", _known(book)))


def _known(book: Book) -> tuple[str, ...]:
    """The birth dates of which every part is known."""
    births = book.base["birth_on"].unique()
    whole = pc.invert(pc.ends_with(births, "00"))
    return tuple(births.filter(whole).to_pylist())


def _ordinary(book: Book) -> Bools:
    return _fits(book, ("household_kind", ("1",)))


def _year_earlier(birth: str) -> str:
    """The same day a year earlier in the same era (29 February becomes the 28th)."""
    return f"{birth[0]}{int(birth[1:3]) - 1:02d}{birth[3:].replace('0229', '0228')}"


def _two_heads(rng: Generator, _: World, book: Book, count: int) -> None:
    """A household in which the spouse is entered as the head, too."""
    clean = clean_rows(book)
    spouses = clean & _fits(book, ("relation", (SPOUSE,)))
    spouses[1:] &= clean[:-1] & _fits(book, ("relation", (HEAD,)))[:-1]  # the head stands just before
    for row in choose(rng, spouses, count):
        book.rewrite(row - 1, _dirt="two-heads")
        book.rewrite(row, relation=HEAD, member_order=1, _dirt="two-heads")


def _status_behind(rng: Generator, _: World, book: Book, count: int) -> None:
    """Somebody who left is still entered as living here, in a household of their own."""
    left = clean_rows(book) & _fits(book, ("resident_class", ("3",)))
    for number, row in enumerate(choose(rng, left, count)):
        book.rewrite(
            row,
            resident_class="1",
            household_no=f"7{number:09d}",
            relation=HEAD,
            member_order=1,
            changed_on=book.current(row)["settled_on"],
            notified_on=None,
            change_reason="07",
            leaving_on=None,
            to_city=None,
            removed_on=None,
            removal_reason=None,
            _dirt="left-but-still-entered",
        )


def _headed_by_who_left(rng: Generator, world: World, book: Book, count: int) -> None:
    """A household whose head is somebody who left the city."""
    gone = [int(person) for person in rng.choice(np.flatnonzero(world.people.status == MOVED), count, replace=False)]
    for person, row in zip(gone, choose(rng, clean_rows(book), count), strict=True):
        number = world.people.addressee[person].as_py()
        book.rewrite(row, addressee_no=number, _dirt="household-of-who-left")


KINDS = (
    Kind(
        "resident-unknown-to-register",
        "resident",
        "jumin-addressee-known",
        "住民票の宛名番号が宛名の台帳に無い",
        _resident,
        lambda _, strangers: {"addressee_no": strangers.one()},
        keeps_identity=False,
    ),
    Kind(
        "birth-year-behind",
        "resident",
        "jumin-birth-agrees",
        "生年月日が宛名の台帳と一年ずれている",
        lambda book: _moved_in(book) & ~np.isin(book.codes("birth_on") // 10000 % 100, [1]),
        lambda row, _: {"birth_on": _year_earlier(row["birth_on"])},
    ),
    Kind(
        "impossible-birth",
        "resident",
        "layout:I0502:date",
        "暦に無い生年月日",
        _moved_in,
        lambda row, _: {"birth_on": f"{row['birth_on'][:3]}0230"},
    ),
    Kind(
        "left-but-still-entered",
        "resident",
        "jumin-status-agrees",
        "転出した人が住民のままになっている",
        plant=_status_behind,
    ),
    Kind("two-heads", "resident", "jumin-one-head", "一つの世帯に世帯主が二人いる", plant=_two_heads),
    Kind(
        "resident-before-birth",
        "resident",
        "jumin-became-after-birth",
        "住民となった日が生年月日より前",
        _moved_in,
        lambda _, __: {"became_on": "1901-04-01"},
    ),
    Kind(
        "removed-without-day",
        "resident",
        "layout:I0517:required_when",
        "転出・死亡した人の消除年月日が無い",
        lambda book: _fits(book, ("resident_class", ("3", "4"))),
        lambda _, __: {"removed_on": None},
    ),
    Kind(
        "unknown-change-reason",
        "resident",
        "layout:I0512:code",
        "コード表に無い異動事由",
        _resident,
        lambda _, __: {"change_reason": "99"},
    ),
    Kind(
        "changed-in-future",
        "resident",
        "jumin-change-not-future",
        "異動年月日が抽出した日より後（2017を2071と打った）",
        _resident,
        lambda row, _: {"changed_on": f"2071{row['changed_on'][4:].replace('02-29', '02-28')}"},
    ),
    Kind(
        "household-size-wrong",
        "household",
        "household-members-listed",
        "世帯人数が、住民票にある世帯員の数と合わない",
        _ordinary,
        lambda row, _: {"members": row["members"] + 1, "others": row["others"] + 1, "composition": "4"},
    ),
    Kind(
        "household-sum-wrong",
        "household",
        "household-sum",
        "世帯人数が続柄の内訳の和と合わない",
        _ordinary,
        lambda row, _: {"others": row["others"] + 1, "composition": "4"},
    ),
    Kind(
        "household-composition-wrong",
        "household",
        "household-composition",
        "世帯の類型が続柄の内訳と合わない",
        _ordinary,
        lambda row, _: {"composition": "2" if row["composition"] == "1" else "1"},
    ),
    Kind(
        "household-of-who-left",
        "household",
        "household-head-is-resident",
        "世帯主が転出した人になっている",
        plant=_headed_by_who_left,
        keeps_identity=False,
    ),
)
