"""Dirt of the 税総合システム that takes two records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rehearsal.city.book import START
from rehearsal.city.dirt import choose, clean_rows

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.book import Book
    from rehearsal.city.people import People
    from rehearsal.city.subject import World

__all__ = ["duplicate", "namesakes", "reuse", "swap"]


def swap(rng: Generator, world: World, book: Book, count: int) -> None:
    """Exchange the addressee numbers of two people who differ in sex, birth date, name and address."""
    person = book.base["_person"].to_numpy()
    fits = clean_rows(book) & (book.codes("fiscal_year") == 2016) & (book.codes("levy_class") == 1)
    women = iter(choose(rng, fits & world.people.female[person], 8 * count))
    for man in choose(rng, fits & ~world.people.female[person], count):
        woman = next(row for row in women if _differ(world.people, person[man], person[row]))
        numbers = book.current(man)["addressee_no"], book.current(woman)["addressee_no"]
        book.rewrite(man, addressee_no=numbers[1], _dirt="swapped-addressee")
        book.rewrite(woman, addressee_no=numbers[0], _dirt="swapped-addressee")


def _differ(people: People, one: int, other: int) -> bool:
    return all(column[one] != column[other] for column in (people.born, people.family, people.given, people.town))


def namesakes(_: Generator, world: World, book: Book, count: int) -> None:
    """Give the record of a person of outside the number of the resident who bears the same name and birth date."""
    rows = clean_rows(book) & (book.codes("fiscal_year") == 2016)
    person = book.base["_person"].to_numpy()
    planted = 0
    for outside, resident in world.people.namesakes:
        found = np.flatnonzero(rows & (person == outside))
        if len(found) and planted < count:
            book.rewrite(
                int(found[0]), addressee_no=world.people.addressee[resident].as_py(), _dirt="namesake-of-resident"
            )
            planted += 1
    assert planted >= 5, "more people are needed"


def duplicate(rng: Generator, _: World, book: Book, count: int) -> None:
    """A second record of the same person and year, as if the return had been entered twice."""
    fits = clean_rows(book) & (book.codes("fiscal_year") == 2016) & (book.codes("return_kind") == 3)
    for number, row in enumerate(choose(rng, fits, count)):
        first = book.current(row)
        book.rewrite(row, _dirt="duplicate-key")
        second = {**first, "assessment_no": f"D{number + 1:08d}", "return_kind": "2", "_dirt": "duplicate-key"}
        book.add(START, **second)


def reuse(rng: Generator, _: World, book: Book, count: int) -> None:
    """One notice number on the notices of two people."""
    rows = choose(rng, clean_rows(book), 2 * count)
    person = book.base["_person"].to_numpy()
    for one, other in zip(rows[::2], rows[1::2], strict=True):
        if person[one] == person[other]:
            continue
        book.rewrite(one, _dirt="reused-notice-number")
        book.rewrite(other, notice_no=book.current(one)["notice_no"], _dirt="reused-notice-number")
