"""The 手帳台帳 as the 福祉総合システム exports it."""

from __future__ import annotations

from rehearsal.city.fukushi import PERSON_WIDTHS
from rehearsal.city.schema import Table

__all__ = ["HANDBOOKS"]

_WIDTHS = {
    "card_no": 10,
    **PERSON_WIDTHS,
    "died_on": 8,
    "kind": 1,
    "grade": 2,
    "issued_on": 7,
    "reissued_on": 7,
    "recheck": 1,
    "recheck_month": 5,
    "expires_on": 7,
    "part": 2,
    "fare": 1,
    "disability": 40,
    "returned": 1,
    "returned_on": 7,
    "special": 1,
    "issuer": 6,
    "void_flag": 1,
    "hold_flag": 1,
}
HANDBOOKS = Table("handbook", "card_no", tuple(_WIDTHS), widths=_WIDTHS)
