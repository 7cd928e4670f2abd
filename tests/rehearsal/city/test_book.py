from __future__ import annotations

import pyarrow as pa
import pytest

from rehearsal.city.book import END, START, Book, at
from rehearsal.city.schema import Table

TABLE = Table("thing", "name", ("name", "size"), frozenset({"size"}))


@pytest.fixture
def book() -> Book:
    """A book of three rows."""
    none = pa.nulls(3, pa.string())
    rows = {"name": ["a", "b", "c"], "size": [1, 2, 3], "_person": [0, 1, 2], "_scope": none, "_withhold": none}
    return Book.of(TABLE, pa.table(rows))


def versions(book: Book) -> list[tuple[object, ...]]:
    """Every version, without what only the truth knows."""
    names = ["name", "size", "valid_from", "valid_to"]
    return sorted(tuple(row[name] for name in names) for row in book.history().to_pylist())


def test_a_change_ends_one_version_and_begins_the_next(book: Book) -> None:
    """The log has no gap and no overlap: a version ends at the instant the next begins."""
    noon, two = at("2017-05-08", 180), at("2017-05-08", 300)
    book.replace(1, noon, size=20)
    book.replace(1, two, size=30)
    book.end(2, two)
    assert versions(book) == [
        ("a", 1, START, END),
        ("b", 2, START, noon),
        ("b", 20, noon, two),
        ("b", 30, two, END),
        ("c", 3, START, two),
    ]


def test_a_rewritten_row_was_so_from_the_start(book: Book) -> None:
    """Dirt of the first load has no history."""
    book.rewrite(0, size=-1)
    assert versions(book)[0] == ("a", -1, START, END)
    assert len(versions(book)) == 3


def test_a_row_saved_as_it_was_keeps_its_content_and_a_change_does_not(book: Book) -> None:
    """The content's number tells whether an item changed."""
    book.replace(0, at("2017-05-08", 1), content=0)
    assert book.current(0)["_content"] == 0
    book.replace(0, at("2017-05-08", 2), size=9)
    assert book.current(0)["_content"] not in range(3)


def test_a_row_that_is_gone_cannot_change(book: Book) -> None:
    """Neither read nor written again."""
    book.end(0, at("2017-05-08", 1))
    with pytest.raises(KeyError):
        book.current(0)
    with pytest.raises(KeyError):
        book.replace(0, at("2017-05-08", 2), size=9)


def test_new_rows_get_numbers_of_their_own(book: Book) -> None:
    """A row's number is never used again."""
    first = book.add(at("2017-05-08", 1), name="d", size=4, _person=3, _scope=None, _withhold=None, _dirt=None)
    second = book.add(at("2017-05-08", 1), name="e", size=5, _person=4, _scope=None, _withhold=None, _dirt=None)
    assert (first, second) == (3, 4)
    assert list(book.untouched()) == [True, True, True]
