"""The subject of the child allowance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rehearsal.city.allowance.dirt import KINDS
from rehearsal.city.allowance.life import AllowanceLife
from rehearsal.city.allowance.payments import make_payments
from rehearsal.city.allowance.recipients import make_recipients
from rehearsal.city.allowance.schema import CLAIMANT, PAYMENT, RECIPIENT
from rehearsal.city.allowance.tables import claimant_book, payment_book, recipient_book
from rehearsal.city.subject import Dataset, Subject

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.book import Book
    from rehearsal.city.subject import World

__all__ = ["ALLOWANCE"]


def _books(rng: Generator, world: World) -> dict[str, Book]:
    recipients = make_recipients(rng, world.people)
    payments = make_payments(rng, recipients)
    return {
        "claimant": claimant_book(world.people, recipients.person, world.seed),
        "recipient": recipient_book(world.people, recipients, world.seed),
        "payment": payment_book(world.people, recipients, payments, world.seed),
    }


ALLOWANCE = Subject(
    name="allowance",
    source="kodomo",
    kind="csv",
    tables=(CLAIMANT, RECIPIENT, PAYMENT),
    spis=("TM00000000000003",),
    datasets=(
        Dataset(
            code="TK00000300000001",
            table="recipient",
            row="recipient_no",
            key="recipient_no",
            variation="category",
            labels={"10": "被用者", "20": "非被用者", "40": "施設等受給者"},
            record_bytes=400,
        ),
        Dataset(
            code="TK00000300000002",
            table="payment",
            row="payment_row",
            key="pay_month",
            variation="kind",
            labels={"T": "定時払", "Z": "随時払"},
            record_bytes=420,
        ),
    ),
    kinds=KINDS,
    books=_books,
    life=AllowanceLife,
)
