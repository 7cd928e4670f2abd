"""The whole city: books, days and truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from fukuhon.calendars import BusinessCalendar
from rehearsal.city.book import Book
from rehearsal.city.dirt import Strangers
from rehearsal.city.life import Life
from rehearsal.city.notices import make_notices
from rehearsal.city.people import addressees, make_people, taxpayers
from rehearsal.city.planting import plant_all
from rehearsal.city.schema import ADDRESSEE, TABLES, TAXPAYER
from rehearsal.city.tables import assessment_book, notice_book
from rehearsal.city.taxes import make_assessments
from rehearsal.city.truth import Truth, tell

if TYPE_CHECKING:
    from rehearsal.city.people import People
    from rehearsal.city.schema import Table

__all__ = ["FEWEST", "FIRST_DAY", "LOADED", "City", "make_city"]

FEWEST = 1000  # with fewer people not every kind of dirt finds its victims
LOADED = "2017-04-10"  # pretest and first load show the books as of this day; nothing happens until FIRST_DAY
FIRST_DAY = "2017-05-08"


@dataclass(frozen=True, slots=True)
class City:
    """A municipality. ``days`` are those on which something happens; ``quiet_day`` is the working day after."""

    seed: int
    people: int
    books: dict[str, Book]
    days: tuple[str, ...]
    quiet_day: str
    truth: Truth

    def rows(self, table: str) -> pa.Table:
        """Every version of every row of ``table``, as the database stores it."""
        book = self.books[table]
        return book.history().select(list(book.table.stored)).cast(book.table.arrow)


def make_city(people: int = 12_000, seed: int = 1, days: int = 4) -> City:
    """Generate the city. The same numbers give the same city. Raises ValueError for fewer people than ``FEWEST``."""
    if people < FEWEST:
        raise ValueError(f"at least {FEWEST} people are needed")
    rng = np.random.default_rng(seed)
    folk = make_people(rng, people, seed)
    books = _books(rng, folk, seed)
    strangers = Strangers(folk, seed)
    plant_all(rng, folk, books, strangers)
    lived = working_days(days + 1)
    life = Life(rng, folk, books, strangers)
    for day in lived[:-1]:
        life.live(day)
    truth = tell(books, (LOADED, *lived))
    return City(seed, people, books, tuple(lived[:-1]), lived[-1], truth)


def working_days(count: int) -> list[str]:
    """``count`` business days from ``FIRST_DAY`` on."""
    calendar = BusinessCalendar()
    days = [date.fromisoformat(FIRST_DAY)]
    while len(days) < count:
        days.append(calendar.next_business_day(days[-1]))
    return [day.isoformat() for day in days]


def _books(rng: np.random.Generator, people: People, seed: int) -> dict[str, Book]:
    taxes = make_assessments(rng, people)
    notices = make_notices(rng, taxes)
    books = {
        "addressee": _plain(ADDRESSEE, addressees(people, rng)),
        "taxpayer": _plain(TAXPAYER, taxpayers(people)),
        "assessment": assessment_book(rng, people, taxes),
        "notice": notice_book(people, notices, seed),
    }
    assert list(books) == [table.name for table in TABLES]
    return books


def _plain(table: Table, rows: pa.Table) -> Book:
    """A book of people: it has no reasons, only rows."""
    none = pa.nulls(rows.num_rows, pa.string())
    person = pa.array(np.arange(rows.num_rows, dtype=np.int64))
    return Book.of(
        table, rows.append_column("_person", person).append_column("_scope", none).append_column("_withhold", none)
    )
