"""From columns of numbers to the 手帳台帳."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rehearsal.city.book import Book
from rehearsal.city.columns import day, flags, iso, joined, labelled, padded, scattered
from rehearsal.city.eras import coded, coded_month
from rehearsal.city.fukushi import own_people
from rehearsal.city.handbook.cards import GRADES, KINDS, NAMES
from rehearsal.city.handbook.schema import HANDBOOKS

if TYPE_CHECKING:
    from rehearsal.city.handbook.cards import Cards
    from rehearsal.city.people import People

__all__ = ["handbook_book"]

_SCOPES = (None, "SC-NOT-ISSUED", "SC-BEFORE-2016", "SC-VOID", "SC-DIED", "SC-NO-NUMBER")


def handbook_book(people: People, cards: Cards, seed: int) -> Book:
    """The 手帳台帳."""
    died_on = people.died_on[cards.person]
    reasons = np.select(
        [
            np.isnat(cards.issued_on),
            cards.returned_on < day("2016-01-01"),
            cards.void,
            died_on < day("2016-01-01"),
            ~people.number_known[cards.person],
        ],
        [1, 2, 3, 4, 5],
        default=0,
    )
    held = np.where(people.dv[cards.person], 1, np.where(cards.hold, 2, 0))
    kind = labelled(cards.kind, KINDS)
    columns = {
        "card_no": joined(kind, "00", padded(scattered(len(cards), 7, seed % 1000 + 17), 7)),
        **own_people(people, cards.person),
        "died_on": pc.replace_substring(iso(died_on), "-", ""),
        "kind": kind,
        "grade": labelled(cards.grade, GRADES),
        "issued_on": coded(cards.issued_on, cards.unknown),
        "reissued_on": coded(cards.reissued_on),
        "recheck": flags(~np.isnat(cards.recheck_on)),
        "recheck_month": coded_month(cards.recheck_on),
        "expires_on": coded(cards.expires_on),
        "part": labelled(cards.part, [None, "01", "02", "03", "04", "05"]),
        "fare": labelled(cards.fare, [None, "A", "B"]),
        "disability": _names(cards),
        "returned": labelled(cards.returned, [None, "1", "2", "3"]),
        "returned_on": coded(cards.returned_on),
        "special": labelled(cards.special, ["N", "Y"]),
        "issuer": labelled(cards.elsewhere, ["990001", "980005"]),
        "void_flag": flags(cards.void),
        "hold_flag": flags(cards.hold),
        "_scope": labelled(reasons, _SCOPES),
        "_withhold": labelled(np.where(reasons == 0, held, 0), [None, "WH-DV", "WH-REGRADING"]),
    }
    return Book.of(HANDBOOKS, pa.table(columns))


def _names(cards: Cards) -> pa.Array:
    """The name that belongs to part or kind."""
    group = np.where(cards.kind == 0, cards.part - 1, cards.kind + 4)
    starts = np.cumsum([0, *(len(names) for names in NAMES)])
    sizes = np.diff(starts)
    place = starts[group] + cards.name % sizes[group]
    return labelled(place, [name for names in NAMES for name in names])
