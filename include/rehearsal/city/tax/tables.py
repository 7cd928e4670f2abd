"""From columns of numbers to tables of the old system, with the reasons that keep a record out of scope or back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from rehearsal.city.book import Book
from rehearsal.city.columns import Bools, Days, Ints, day, flags, iso, joined, labelled, padded, scattered, wareki
from rehearsal.city.people import DEAD, MOVED
from rehearsal.city.tax.law import BASIC
from rehearsal.city.tax.notices import PERIODS
from rehearsal.city.tax.schema import ASSESSMENT, NOTICE

if TYPE_CHECKING:
    from numpy.random import Generator

    from rehearsal.city.people import People
    from rehearsal.city.tax.notices import Notices
    from rehearsal.city.tax.taxes import Assessments

__all__ = ["REMARKS", "SCOPES", "WITHHOLDS", "assessment_book", "notice_book"]

SCOPES = (None, "SC-BEFORE-2016", "SC-VOID", "SC-NOT-FIXED", "SC-MOVED-OUT", "SC-DIED", "SC-NO-NUMBER")
WITHHOLDS = (None, "WH-DV", "WH-REVISING")
REMARKS = (
    None,
    "前職分合算",
    "租税条約適用",
    "扶養の異動あり",
    "給与支払報告書再提出",
    "髙橋商店分を合算",
    "﨑山工業所分を合算",
    "𠮷田製作所で年末調整済",
    "住宅借入金等特別控除の確認済",
)


def assessment_book(rng: Generator, people: People, taxes: Assessments) -> Book:
    """The 課税台帳."""
    amounts = {name: pa.array(values) for name, values in taxes.amounts.items()}
    remarks = np.where(rng.random(len(taxes)) < 0.05, rng.integers(1, len(REMARKS), len(taxes)), 0)
    incomes = {
        name: pa.array(getattr(taxes.incomes, name)) for name in taxes.incomes.__slots__ if name in ASSESSMENT.integers
    }
    reasons = _scope(people, taxes.person, taxes.year, taxes.void, taxes.fixed_on)
    held = np.where(people.dv[taxes.person], 1, np.where(taxes.revising, 2, 0))
    columns = {
        "assessment_no": joined("A", padded(np.arange(1, len(taxes) + 1), 8)),
        **_whose(people, taxes.person, taxes.year, taxes.void, taxes.fixed_on),
        "levy_class": labelled(taxes.levy_class, ["", "1", "2", "3", "4"]),
        "revising_flag": flags(taxes.revising),
        "tax_class": labelled(taxes.tax_class, ["", "1", "2", "3", "4"]),
        "return_kind": labelled(taxes.return_kind, [str(n) for n in range(10)]),
        "collection": labelled(taxes.collection, [None, "1", "2", "3"]),
        **incomes,
        **amounts,
        "basic_deduction": pa.array(np.full(len(taxes), BASIC)),
        "disability": labelled(taxes.disability, ["0", "1", "2"]),
        "corrected_on": wareki(taxes.corrected_on),
        "remark": labelled(remarks, REMARKS),
        "_scope": labelled(reasons, SCOPES),
        "_withhold": labelled(np.where(reasons == 0, held, 0), WITHHOLDS),
    }
    return Book.of(ASSESSMENT, pa.table(columns))


def notice_book(people: People, notices: Notices, seed: int) -> Book:
    """The 収納台帳."""
    count = len(notices)
    reasons = _scope(people, notices.person, notices.year, notices.void, notices.fixed_on)
    letter = labelled(notices.collection, ["", "A", "B", "C"])
    columns = {
        "notice_row": joined("N", padded(np.arange(1, count + 1), 8)),
        "notice_no": joined(padded(notices.year % 100, 2), letter, padded(scattered(count, 7, seed % 1000), 7)),
        **_whose(people, notices.person, notices.year, notices.void, notices.fixed_on),
        "period": labelled(notices.period, PERIODS),
        "collection": labelled(notices.collection, ["", "1", "2", "3"]),
        "due_on": iso(notices.due_on),
        "amount": pa.array(notices.amount),
        "paid": pa.array(notices.paid),
        "unpaid": pa.array(notices.amount - notices.paid),
        "paid_state": labelled(notices.paid_state, ["", "1", "2", "3"]),
        "paid_on": iso(notices.paid_on),
        "reminded_on": iso(notices.reminded_on),
        "direct_debit": flags(notices.direct_debit),
        "_scope": labelled(reasons, SCOPES),
        "_withhold": labelled(np.where((reasons == 0) & people.dv[notices.person], 1, 0), WITHHOLDS),
    }
    return Book.of(NOTICE, pa.table(columns))


def _whose(people: People, person: Ints, year: Ints, void: Bools, fixed_on: Days) -> dict[str, pa.Array]:
    """The columns that both tables share."""
    places = pa.array(person)
    return {
        "taxpayer_no": people.taxpayer.take(places),
        "addressee_no": people.addressee.take(places),
        "fiscal_year": pa.array(year).cast(pa.string()),
        "void_flag": flags(void),
        "fixed_on": iso(fixed_on),
        "_person": places,
    }


def _scope(people: People, person: Ints, year: Ints, void: Bools, fixed_on: Days) -> Ints:
    """The first reason that puts a record out of scope, as a place in ``SCOPES``; 0 for none."""
    status = people.status[person]
    levy_day = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    reasons = [
        year < 2016,
        void,
        np.isnat(fixed_on),
        (status == MOVED) & (people.moved_on[person] < levy_day),
        (status == DEAD) & (people.died_on[person] < day("2016-01-01")),
        ~people.number_known[person],
    ]
    places: Ints = np.select(reasons, list(range(1, len(SCOPES))), default=0).astype(np.int64)
    return places
