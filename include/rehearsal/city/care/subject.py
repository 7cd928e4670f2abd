"""The subject of the care insurance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rehearsal.city.care.dirt import KINDS
from rehearsal.city.care.insured import make_insured
from rehearsal.city.care.life import CareLife
from rehearsal.city.care.schema import INSURED
from rehearsal.city.care.tables import insured_book
from rehearsal.city.subject import Dataset, Subject

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.book import Book
    from rehearsal.city.subject import World

__all__ = ["CARE"]


def _books(rng: Generator, world: World) -> dict[str, Book]:
    return {"insured": insured_book(world.people, make_insured(rng, world.people), world.seed)}


CARE = Subject(
    name="care",
    source="fukushi",
    kind="fixed",
    tables=(INSURED,),
    spis=("TM00000000000006",),
    datasets=(
        Dataset(
            code="TK00000600000001",
            table="insured",
            row="insured_no",
            key="insured_no",
            variation="kind",
            labels={"A": "第1号", "B": "第2号", "C": "住所地特例"},
            record_bytes=470,
        ),
    ),
    kinds=KINDS,
    books=_books,
    life=CareLife,
)
