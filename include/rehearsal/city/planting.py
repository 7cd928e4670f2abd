"""Put dirt into the books: on the first load, and later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rehearsal.city.book import START
from rehearsal.city.dirt import KINDS, choose, clean_rows

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.book import Book
    from rehearsal.city.dirt import Kind, Strangers
    from rehearsal.city.people import People

__all__ = ["born_spoilt", "correct", "plant_all", "spoil"]


def plant_all(rng: Generator, people: People, books: dict[str, Book], strangers: Strangers) -> None:
    """Plant every kind on the first load: at least six rows of each, more in a large city."""
    for kind in KINDS:
        book = books[kind.table]
        count = max(6, book.base.num_rows // 4000)
        if kind.edit is not None and kind.fits is not None:
            for row in choose(rng, clean_rows(book) & kind.fits(book), count):
                spoil(book, row, kind, strangers)
        else:
            _PAIRS[kind.name](rng, people, book, count)


def spoil(book: Book, row: int, kind: Kind, strangers: Strangers, instant: str | None = None) -> None:
    """Make a clean row dirty: from the start, or from ``instant`` on."""
    assert kind.edit is not None, "a kind that needs two rows is planted as a pair"
    clean = book.current(row)
    edits = {**kind.edit(clean, strangers), "_dirt": kind.name}
    book.clean[row] = clean
    if instant is None:
        book.rewrite(row, **edits)
    else:
        book.replace(row, instant, **edits)


def born_spoilt(book: Book, row: int, kind: Kind, strangers: Strangers) -> None:
    """The row that was added last was wrong from its first day."""
    assert kind.edit is not None, "a kind that needs two rows is planted as a pair"
    version = book.latest[row]
    assert version is not None, "the row is there"
    book.clean[row] = dict(version)
    version.update(kind.edit(version, strangers), _dirt=kind.name)


def correct(book: Book, row: int, instant: str) -> None:
    """The department corrects a dirty row in the 正本: from ``instant`` on it says what it ought to."""
    clean = book.clean.pop(row)
    matter = {name: clean[name] for name in book.table.columns}
    book.replace(row, instant, content=clean["_content"], **matter, _dirt=None)


def _swap(rng: Generator, people: People, book: Book, count: int) -> None:
    """Exchange the addressee numbers of two people who differ in sex, birth date, name and address."""
    person = book.base["_person"].to_numpy()
    fits = clean_rows(book) & (book.codes("fiscal_year") == 2016) & (book.codes("levy_class") == 1)
    women = iter(choose(rng, fits & people.female[person], 8 * count))
    for man in choose(rng, fits & ~people.female[person], count):
        woman = next(row for row in women if _differ(people, person[man], person[row]))
        numbers = book.current(man)["addressee_no"], book.current(woman)["addressee_no"]
        book.rewrite(man, addressee_no=numbers[1], _dirt="swapped-addressee")
        book.rewrite(woman, addressee_no=numbers[0], _dirt="swapped-addressee")


def _differ(people: People, one: int, other: int) -> bool:
    return all(column[one] != column[other] for column in (people.born, people.family, people.given, people.town))


def _namesakes(_: Generator, people: People, book: Book, count: int) -> None:
    """Give the record of a person of outside the number of the resident who bears the same name and birth date."""
    rows = clean_rows(book) & (book.codes("fiscal_year") == 2016)
    person = book.base["_person"].to_numpy()
    planted = 0
    for outside, resident in people.namesakes:
        found = np.flatnonzero(rows & (person == outside))
        if len(found) and planted < count:
            book.rewrite(int(found[0]), addressee_no=people.addressee[resident].as_py(), _dirt="namesake-of-resident")
            planted += 1
    assert planted >= 5, "more people are needed"


def _duplicate(rng: Generator, _: People, book: Book, count: int) -> None:
    """A second record of the same person and year, as if the return had been entered twice."""
    fits = clean_rows(book) & (book.codes("fiscal_year") == 2016) & (book.codes("return_kind") == 3)
    for number, row in enumerate(choose(rng, fits, count)):
        first = book.current(row)
        book.rewrite(row, _dirt="duplicate-key")
        second = {**first, "assessment_no": f"D{number + 1:08d}", "return_kind": "2", "_dirt": "duplicate-key"}
        book.add(START, **second)


def _reuse(rng: Generator, _: People, book: Book, count: int) -> None:
    """One notice number on the notices of two people."""
    rows = choose(rng, clean_rows(book), 2 * count)
    person = book.base["_person"].to_numpy()
    for one, other in zip(rows[::2], rows[1::2], strict=True):
        if person[one] == person[other]:
            continue
        book.rewrite(one, _dirt="reused-notice-number")
        book.rewrite(other, notice_no=book.current(one)["notice_no"], _dirt="reused-notice-number")


_PAIRS = {
    "swapped-addressee": _swap,
    "namesake-of-resident": _namesakes,
    "duplicate-key": _duplicate,
    "reused-notice-number": _reuse,
}
assert set(_PAIRS) == {kind.name for kind in KINDS if kind.edit is None}
