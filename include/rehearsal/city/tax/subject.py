"""The subject of the tax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rehearsal.city.book import plain_book
from rehearsal.city.people import taxpayers
from rehearsal.city.subject import Dataset, Subject
from rehearsal.city.tax.dirt import KINDS
from rehearsal.city.tax.life import TaxLife
from rehearsal.city.tax.notices import make_notices
from rehearsal.city.tax.schema import ASSESSMENT, NOTICE, TAXPAYER
from rehearsal.city.tax.tables import assessment_book, notice_book
from rehearsal.city.tax.taxes import make_assessments

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.book import Book
    from rehearsal.city.subject import World

__all__ = ["TAX"]


def _books(rng: Generator, world: World) -> dict[str, Book]:
    people = world.people
    taxes = make_assessments(rng, people)
    notices = make_notices(rng, taxes)
    return {
        "taxpayer": plain_book(TAXPAYER, taxpayers(people)),
        "assessment": assessment_book(rng, people, taxes),
        "notice": notice_book(people, notices, world.seed),
    }


TAX = Subject(
    name="tax",
    source="tax",
    kind="sqlite",
    tables=(TAXPAYER, ASSESSMENT, NOTICE),
    spis=("TM00000000000002",),
    datasets=(
        Dataset(
            code="TK00000200000001",
            table="assessment",
            row="assessment_no",
            key="fiscal_year",
            variation="levy_class",
            labels={"1": "住民", "2": "住登外", "3": "家屋敷", "4": "転出済"},
            record_bytes=640,
        ),
        Dataset(
            code="TK00000200000002",
            table="notice",
            row="notice_row",
            key="notice_no",
            variation="collection",
            labels={"1": "普通徴収", "2": "給与特別徴収", "3": "年金特別徴収"},
            record_bytes=365,
        ),
    ),
    kinds=KINDS,
    books=_books,
    life=TaxLife,
)
