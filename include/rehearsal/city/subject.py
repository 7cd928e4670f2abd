"""What a subject of the city is: an existing system's tables, the datasets that are registered from them, their life.

The frame (:mod:`rehearsal.city.city`) makes the people and the addressee register; a subject declares the rest, in one
:class:`Subject` that :mod:`rehearsal.city.subjects` lists. Each subject draws from a stream of its own, so that one
more subject changes nothing in the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.random import Generator

    from rehearsal.city.book import Book
    from rehearsal.city.columns import Bools
    from rehearsal.city.dirt import Kind, Strangers
    from rehearsal.city.people import People
    from rehearsal.city.schema import Table

__all__ = ["Dataset", "Happenings", "Life", "Subject", "World"]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset as the truth follows it: the book it comes from, and the columns that matter to the truth.

    ``row`` is the source's own number of a row: unique on any day, the first column of the site's query, and what the
    query orders by (by bytes). ``labels`` gives the business variation of each value of the column ``variation``.
    """

    code: str
    table: str
    row: str
    key: str
    variation: str
    labels: Mapping[str, str]
    record_bytes: int  # of a record in a 特定個人情報ファイル, on average


@dataclass(slots=True)
class World:
    """The city while it is made: its people, the numbers nobody bears, and every book by its table's name."""

    seed: int
    people: People
    strangers: Strangers
    books: dict[str, Book]
    fixed: Bools  # people to whom nothing more happens: a record of theirs is wrong, or was


@dataclass(frozen=True, slots=True)
class Happenings:
    """What a day brings to people (places in :class:`People`); the register knows it already, at ``instant``."""

    day: str
    instant: str
    moved: Mapping[int, str] = field(default_factory=dict)  # within the city: person → new address code
    died: tuple[int, ...] = ()
    left: tuple[int, ...] = ()  # moved out


class Life(Protocol):
    """The life of a subject from day to day."""

    def live(self, happenings: Happenings) -> None:
        """One working day."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject. ``source`` is the id in site.yaml; subjects of one source share its kind.

    ``books`` makes the books of its ``tables``, as of the first load; ``life`` begins its daily life once the dirt is
    planted. A file of kind ``csv`` lies at ``data/<source>/<table>_<day>.csv``, of kind ``fixed`` at
    ``data/<source>/<table>.txt``, a database at ``data/<source>.sqlite``.
    """

    name: str
    source: str
    kind: Literal["sqlite", "csv", "fixed"]
    tables: tuple[Table, ...]
    spis: tuple[str, ...] = ()
    datasets: tuple[Dataset, ...] = ()
    kinds: tuple[Kind, ...] = ()
    books: Callable[[Generator, World], dict[str, Book]] | None = None
    life: Callable[[Generator, World], Life] | None = None
