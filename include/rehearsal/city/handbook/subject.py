"""The subject of the handbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rehearsal.city.handbook.cards import make_cards
from rehearsal.city.handbook.dirt import KINDS
from rehearsal.city.handbook.life import HandbookLife
from rehearsal.city.handbook.schema import HANDBOOKS
from rehearsal.city.handbook.tables import handbook_book
from rehearsal.city.subject import Dataset, Subject

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.book import Book
    from rehearsal.city.subject import World

__all__ = ["HANDBOOK"]


def _books(rng: Generator, world: World) -> dict[str, Book]:
    return {"handbook": handbook_book(world.people, make_cards(rng, world.people), world.seed)}


HANDBOOK = Subject(
    name="handbook",
    source="fukushi",
    kind="fixed",
    tables=(HANDBOOKS,),
    spis=("TM00000000000005",),
    datasets=(
        Dataset(
            code="TK00000500000001",
            table="handbook",
            row="card_no",
            key="card_no",
            variation="kind",
            labels={"S": "身体", "R": "療育", "M": "精神"},
            record_bytes=380,
        ),
    ),
    kinds=KINDS,
    books=_books,
    life=HandbookLife,
)
