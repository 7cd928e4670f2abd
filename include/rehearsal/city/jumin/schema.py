"""Tables of the 住民情報システム beside the addressee register: the same on SQLite and MariaDB."""

from __future__ import annotations

from rehearsal.city.schema import Table

__all__ = ["COUNTS", "HOUSEHOLD", "RESIDENT"]

RESIDENT = Table(
    "resident",
    "resident_no",
    (
        "resident_no",
        "addressee_no",
        "nationality",
        "resident_class",
        "birth_on",
        "sex",
        "kana",
        "address_code",
        "household_no",
        "relation",
        "member_order",
        "became_on",
        "became_reason",
        "settled_on",
        "changed_on",
        "change_reason",
        "notified_on",
        "from_city",
        "leaving_on",
        "to_city",
        "removed_on",
        "removal_reason",
        "void_flag",
        "dv_flag",
    ),
    frozenset({"member_order"}),
)
COUNTS = ("members", "spouses", "children", "others", "minors", "elders")
HOUSEHOLD = Table(
    "household",
    "household_row",
    (
        "household_row",
        "household_no",
        "addressee_no",
        "household_kind",
        *COUNTS,
        "composition",
        "address_code",
        "formed_on",
        "changed_on",
        "change_reason",
        "dissolved_on",
        "dv_flag",
    ),
    frozenset(COUNTS),
)
