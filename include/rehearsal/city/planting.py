"""Put dirt into the books: on the first load, and later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rehearsal.city.dirt import choose, clean_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.random import Generator

    from rehearsal.city.book import Book
    from rehearsal.city.dirt import Kind, Strangers
    from rehearsal.city.subject import World

__all__ = ["born_spoilt", "correct", "plant_all", "spoil"]


def plant_all(rng: Generator, world: World, kinds: Sequence[Kind]) -> None:
    """Plant every kind on the first load: at least six cases of each, more in a large city."""
    for kind in kinds:
        book = world.books[kind.table]
        count = max(6, book.base.num_rows // 4000)
        if kind.plant is not None:
            kind.plant(rng, world, book, count)
            continue
        assert kind.fits is not None, "a kind says which rows it befalls"
        for row in choose(rng, clean_rows(book) & kind.fits(book), count):
            spoil(book, row, kind, world.strangers)


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
