"""The 被保険者台帳 as the 福祉総合システム exports it."""

from __future__ import annotations

from rehearsal.city.fukushi import PERSON_WIDTHS
from rehearsal.city.schema import Table

__all__ = ["INSURED"]

_WIDTHS = {
    "insured_no": 10,
    **PERSON_WIDTHS,
    "kind": 1,
    "acquired_on": 7,
    "acquired_why": 2,
    "lost_on": 7,
    "lost_why": 2,
    "certified": 1,
    "level": 2,
    "certified_on": 7,
    "period_from": 7,
    "period_to": 7,
    "care_limit": 6,
    "copay": 2,
    "relief": 1,
    "levy_year": 3,
    "stage": 2,
    "premium": 7,
    "months": 2,
    "collection": 1,
    "special_place": 1,
    "void_flag": 1,
    "hold_flag": 1,
}
INSURED = Table("insured", "insured_no", tuple(_WIDTHS), frozenset({"care_limit", "premium", "months"}), widths=_WIDTHS)
