"""From columns of numbers to the 被保険者台帳."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rehearsal.city.book import Book
from rehearsal.city.care.insured import ELSEWHERE, SECOND
from rehearsal.city.care.law import LEVELS, LIMITS
from rehearsal.city.care.schema import INSURED
from rehearsal.city.columns import Bools, day, flags, joined, labelled, padded, scattered
from rehearsal.city.eras import coded
from rehearsal.city.fukushi import own_people

if TYPE_CHECKING:
    from rehearsal.city.care.insured import Insured
    from rehearsal.city.people import People

__all__ = ["insured_book"]

_SCOPES = (None, "SC-BEFORE-2016", "SC-NOT-YET", "SC-VOID", "SC-NO-NUMBER")
_TODAY = day("2017-04-10")


def insured_book(people: People, insured: Insured, seed: int) -> Book:
    """The 被保険者台帳."""
    reasons = np.select(
        [
            insured.lost_on < day("2016-01-01"),
            insured.acquired_on > _TODAY,
            insured.void,
            ~people.number_known[insured.person],
        ],
        [1, 2, 3, 4],
        default=0,
    )
    held = np.where(people.dv[insured.person], 1, np.where(insured.hold, 2, 0))
    first, has = insured.kind != SECOND, insured.level >= 0
    columns = {
        "insured_no": padded(scattered(len(insured), 8, seed % 1000 + 23), 10),
        **own_people(people, insured.person),
        "kind": labelled(insured.kind, ["A", "B", "C"]),
        "acquired_on": coded(insured.acquired_on),
        "acquired_why": labelled(insured.why, [None, "11", "12", "13", "14"]),
        "lost_on": coded(insured.lost_on),
        "lost_why": labelled(insured.lost_why, [None, "21", "22"]),
        "certified": flags(has),
        "level": labelled(insured.level + 1, [None, *LEVELS]),
        "certified_on": coded(insured.certified_on),
        "period_from": coded(insured.period_from),
        "period_to": coded(insured.period_to),
        "care_limit": _where(has, pa.array(LIMITS[np.maximum(insured.level, 0)])),
        "copay": _where(has, labelled(insured.copay, [None, "10", "20"])),
        "relief": labelled(insured.relief, ["0", "1", "2", "3"]),
        "levy_year": _where(first, joined("4", padded(insured.levy_year - 1988, 2))),
        "stage": _where(first, padded(insured.stage + 1, 2)),
        "premium": _where(first, pa.array(insured.premium)),
        "months": _where(first, pa.array(insured.months)),
        "collection": _where(first, labelled(insured.by_pension, ["F", "T"])),
        "special_place": flags(insured.kind == ELSEWHERE),
        "void_flag": flags(insured.void),
        "hold_flag": flags(insured.hold),
        "_scope": labelled(reasons, _SCOPES),
        "_withhold": labelled(np.where(reasons == 0, held, 0), [None, "WH-DV", "WH-RECERTIFYING"]),
    }
    return Book.of(INSURED, pa.table(columns))


def _where(mask: Bools, values: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(mask), values, pa.scalar(None, values.type))
