"""The subject of the residents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rehearsal.city.jumin.dirt import KINDS
from rehearsal.city.jumin.households import household_book
from rehearsal.city.jumin.life import JuminLife
from rehearsal.city.jumin.residents import resident_book
from rehearsal.city.jumin.schema import HOUSEHOLD, RESIDENT
from rehearsal.city.subject import Dataset, Subject

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.book import Book
    from rehearsal.city.subject import World

__all__ = ["JUMIN"]


def _books(rng: Generator, world: World) -> dict[str, Book]:
    return {"resident": resident_book(rng, world), "household": household_book(rng, world)}


JUMIN = Subject(
    name="jumin",
    source="jumin",
    kind="sqlite",
    tables=(RESIDENT, HOUSEHOLD),
    spis=("TM00000000000001",),
    datasets=(
        Dataset(
            code="TK00000100000005",
            table="resident",
            row="resident_no",
            key="resident_no",
            variation="nationality",
            labels={"1": "日本人", "2": "外国人"},
            record_bytes=420,
        ),
        Dataset(
            code="TK00000100000006",
            table="household",
            row="household_row",
            key="household_no",
            variation="household_kind",
            labels={"1": "一般世帯", "2": "施設等の世帯"},
            record_bytes=330,
        ),
    ),
    kinds=KINDS,
    books=_books,
    life=JuminLife,
)
