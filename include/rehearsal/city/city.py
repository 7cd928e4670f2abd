"""The whole city: people, register, the books of its subjects, days and truth."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from fukuhon.calendars import BusinessCalendar
from rehearsal.city.book import plain_book
from rehearsal.city.dirt import Strangers
from rehearsal.city.people import addressees, make_people
from rehearsal.city.planting import plant_all
from rehearsal.city.register import REGISTER, RegisterLife
from rehearsal.city.schema import ADDRESSEE
from rehearsal.city.subject import World
from rehearsal.city.subjects import NAMES, chosen
from rehearsal.city.truth import Truth, tell

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.book import Book
    from rehearsal.city.dirt import Kind
    from rehearsal.city.schema import Table
    from rehearsal.city.subject import Dataset, Subject

__all__ = ["FEWEST", "FIRST_DAY", "LOADED", "City", "make_city", "working_days"]

FEWEST = 1000  # with fewer people not every kind of dirt finds its victims
LOADED = "2017-04-10"  # pretest and first load show the books as of this day; nothing happens until FIRST_DAY
FIRST_DAY = "2017-05-08"


@dataclass(frozen=True, slots=True)
class City:
    """A municipality. ``days`` are those on which something happens; ``quiet_day`` is the working day after."""

    seed: int
    people: int
    subjects: tuple[Subject, ...]
    books: dict[str, Book]
    days: tuple[str, ...]
    quiet_day: str
    truth: Truth

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Every kind of dirt of its subjects."""
        return tuple(kind for subject in self.subjects for kind in subject.kinds)

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """Every dataset of its subjects."""
        return tuple(dataset for subject in self.subjects for dataset in subject.datasets)

    @property
    def sources(self) -> dict[str, tuple[Subject, ...]]:
        """The existing systems by their id, with what each of them holds: the register's is always there."""
        found: dict[str, tuple[Subject, ...]] = {}
        for subject in (REGISTER, *self.subjects):
            found[subject.source] = (*found.get(subject.source, ()), subject)
        return found

    def tables(self, source: str) -> tuple[Table, ...]:
        """The tables of an existing system."""
        return tuple(table for subject in self.sources[source] for table in subject.tables)

    def rows(self, table: str) -> pa.Table:
        """Every version of every row of ``table``, as a database stores it."""
        return self.stream(table).read_all()

    def stream(self, table: str) -> pa.RecordBatchReader:
        """The same rows, a batch at a time."""
        book = self.books[table]
        pieces = book.pieces(book.table.columns)
        batches = (batch for piece in pieces for batch in piece.cast(book.table.arrow).to_batches())
        return pa.RecordBatchReader.from_batches(book.table.arrow, batches)


def make_city(
    people: int = 30_000, seed: int = 1, days: int | tuple[str, ...] = 4, subjects: tuple[str, ...] = NAMES
) -> City:
    """Generate the city with some of its ``subjects``. The same arguments give the same city.

    ``days``: how many working days something happens on from ``FIRST_DAY`` on, or which ones.

    Raises ValueError for fewer people than ``FEWEST`` and for a subject that is not known.
    """
    if people < FEWEST:
        raise ValueError(f"at least {FEWEST} people are needed")
    of = chosen(subjects)
    world = _world(people, seed)
    streams = {subject.name: _stream(seed, subject.name) for subject in of}
    for subject in of:
        if subject.books is not None:
            world.books |= subject.books(streams[subject.name], world)
    for subject in of:
        plant_all(streams[subject.name], world, subject.kinds)
    lived = working_days(days + 1) if isinstance(days, int) else [*days, _after(days[-1])]
    _live(world, of, streams, lived[:-1])
    rules = {kind.name: kind.rule for subject in of for kind in subject.kinds}
    datasets = [dataset for subject in of for dataset in subject.datasets]
    truth = tell(world.books, datasets, (LOADED, *lived), rules)
    return City(seed, people, of, world.books, tuple(lived[:-1]), lived[-1], truth)


def working_days(count: int) -> list[str]:
    """``count`` business days from ``FIRST_DAY`` on."""
    days = [FIRST_DAY]
    while len(days) < count:
        days.append(_after(days[-1]))
    return days


def _after(day: str) -> str:
    """The working day after one."""
    return BusinessCalendar().next_business_day(date.fromisoformat(day)).isoformat()


def _stream(seed: int, name: str) -> Generator:
    """A stream of its own for each subject: one more subject changes nothing in the others."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def _world(count: int, seed: int) -> World:
    rng = np.random.default_rng(seed)
    people = make_people(rng, count, seed)
    register = plain_book(ADDRESSEE, addressees(people, rng))
    return World(seed, people, Strangers(people, seed), {"addressee": register}, np.zeros(count, dtype=np.bool_))


def _live(world: World, of: tuple[Subject, ...], streams: dict[str, Generator], days: list[str]) -> None:
    lives = [subject.life(streams[subject.name], world) for subject in of if subject.life is not None]
    register = RegisterLife(_stream(world.seed, REGISTER.name), world)
    for day in days:
        happenings = register.live(day)
        for life in lives:
            life.live(happenings)
