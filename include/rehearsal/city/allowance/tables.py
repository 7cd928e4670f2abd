"""From columns of numbers to the tables that the 児童手当システム exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rehearsal.city.allowance.schema import CLAIMANT, PAYMENT, RECIPIENT
from rehearsal.city.book import Book
from rehearsal.city.columns import Ints, day, flags, labelled, padded, scattered
from rehearsal.city.eras import dotted, dotted_month
from rehearsal.city.people import own_copy

if TYPE_CHECKING:
    from rehearsal.city.allowance.payments import Payments
    from rehearsal.city.allowance.recipients import Recipients
    from rehearsal.city.people import People

__all__ = ["claimant_book", "claimant_numbers", "claimants", "payment_book", "recipient_book"]

SCOPES = (None, "SC-NOT-CERTIFIED", "SC-BEFORE-2016", "SC-VOID", "SC-NO-NUMBER")
_PAYMENT_SCOPES = (None, "SC-BEFORE-2016", "SC-VOID", "SC-NOT-PAID", "SC-NO-NUMBER")
_REMARKS = (None, "受給者変更あり", "髙橋から改姓", "﨑山学園に入所中の児童あり", "学校給食費の徴収の申出あり")


def claimant_numbers(count: int, seed: int) -> pa.Array:
    """The system's own number of each person of the city."""
    return padded(scattered(count, 8, seed % 1000 + 11), 8)


def claimants(people: People, seed: int) -> pa.Table:
    """The system's own copy of each person; it writes days by their era."""
    return pa.table(
        {
            "claimant_no": claimant_numbers(len(people), seed),
            **own_copy(people),
            "birth_date": dotted(people.born, people.unknown),
            "number_known": flags(people.number_known),
            "dv_flag": flags(people.dv),
        }
    )


def claimant_book(people: People, person: Ints, seed: int) -> Book:
    """The 受給者宛名: only of those who have claimed."""
    places = pa.array(np.unique(person))
    none = pa.nulls(len(places), pa.string())
    rows = claimants(people, seed).take(places)
    hidden = {"_person": places, "_scope": none, "_withhold": none}
    return Book.of(CLAIMANT, pa.table({**{name: rows[name] for name in rows.column_names}, **hidden}))


def recipient_book(people: People, recipients: Recipients, seed: int) -> Book:
    """The 受給者台帳."""
    bands = {
        name: pa.array(recipients.bands[row]) for row, name in enumerate(("under3", "primary12", "primary3", "junior"))
    }
    reasons = np.select(
        [
            np.isnat(recipients.certified_on),
            recipients.ended_on < day("2016-01-01"),
            recipients.void,
            ~people.number_known[recipients.person],
        ],
        [1, 2, 3, 4],
        default=0,
    )
    held = np.where(people.dv[recipients.person], 1, np.where(recipients.hold, 2, 0))
    columns = {
        "recipient_no": padded(scattered(len(recipients), 7, seed % 1000 + 5), 8),
        **_whose(people, recipients.person, seed),
        "category": labelled(recipients.category, ["10", "20", "40"]),
        "certified_on": dotted(recipients.certified_on, recipients.unknown),
        "started": dotted_month(recipients.started),
        "income_class": labelled(recipients.special, ["0", "9"]),
        **bands,
        "children": pa.array(recipients.bands.sum(axis=0)),
        "monthly": pa.array(recipients.monthly),
        "report_state": labelled(recipients.report, ["済", "未", "免"]),
        "reported_on": dotted(recipients.reported_on),
        "ended_reason": labelled(recipients.reason, [None, "01", "02", "03", "04"]),
        "ended_on": dotted(recipients.ended_on),
        "payment": labelled(recipients.window, ["K", "M"]),
        "remark": labelled(recipients.remark, _REMARKS),
        "void_flag": flags(recipients.void),
        "hold_flag": flags(recipients.hold),
        "_scope": labelled(reasons, SCOPES),
        "_withhold": labelled(np.where(reasons == 0, held, 0), [None, "WH-DV", "WH-INQUIRY"]),
    }
    return Book.of(RECIPIENT, pa.table(columns))


def payment_book(people: People, recipients: Recipients, payments: Payments, seed: int) -> Book:
    """The 支払台帳."""
    count = len(payments)
    person = recipients.person[payments.recipient]
    reasons = np.select(
        [
            payments.pay_month < np.datetime64("2016-01", "M").astype(np.int64),
            payments.void,
            payments.state == 3,
            ~people.number_known[person],
        ],
        [1, 2, 3, 4],
        default=0,
    )
    columns = {
        "payment_row": pc.binary_join_element_wise("P", padded(np.arange(1, count + 1), 8), ""),
        **_whose(people, person, seed),
        "pay_month": _western(payments.pay_month),
        "paid_on": dotted(payments.paid_on),
        "kind": labelled(payments.regular, ["Z", "T"]),
        "income_class": labelled(recipients.special[payments.recipient], ["0", "9"]),
        "children": pa.array(recipients.bands.sum(axis=0)[payments.recipient]),
        "method": labelled(recipients.window[payments.recipient], ["K", "M"]),
        "state": labelled(payments.state, ["00", "10", "20", "90"]),
        **_months(payments),
        "adjusted": pa.array(payments.adjusted),
        "total": pa.array(payments.total),
        "void_flag": flags(payments.void),
        "_scope": labelled(reasons, _PAYMENT_SCOPES),
        "_withhold": labelled(np.where((reasons == 0) & people.dv[person], 1, 0), [None, "WH-DV"]),
    }
    return Book.of(PAYMENT, pa.table(columns))


def _months(payments: Payments) -> dict[str, pa.Array]:
    """Four months, each with its amount; null where the payment is for fewer."""
    columns: dict[str, pa.Array] = {}
    for place in range(4):
        there = pa.array(payments.months > place)
        days = (payments.first + place).astype("datetime64[M]").astype("datetime64[D]")
        columns[f"month{place + 1}"] = pc.if_else(there, dotted_month(days), pa.scalar(None, pa.string()))
        columns[f"amount{place + 1}"] = pc.if_else(there, pa.array(payments.monthly), pa.scalar(None, pa.int64()))
    return columns


def _western(months: Ints) -> pa.Array:
    """``201606``."""
    return padded(1970 * 100 + months // 12 * 100 + months % 12 + 1, 6)


def _whose(people: People, person: Ints, seed: int) -> dict[str, pa.Array]:
    places = pa.array(person)
    return {
        "claimant_no": claimant_numbers(len(people), seed).take(places),
        "addressee_no": people.addressee.take(places),
        "_person": places,
    }
