"""Tables of the 児童手当システム, as it exports them."""

from __future__ import annotations

from rehearsal.city.schema import PERSON, Table

__all__ = ["CLAIMANT", "PAYMENT", "RECIPIENT"]

CLAIMANT = Table("claimant", "claimant_no", ("claimant_no", *PERSON, "number_known", "dv_flag"))
_CHILDREN = ("under3", "primary12", "primary3", "junior", "children")
RECIPIENT = Table(
    "recipient",
    "recipient_no",
    (
        "recipient_no",
        "claimant_no",
        "addressee_no",
        "category",
        "certified_on",
        "started",
        "income_class",
        *_CHILDREN,
        "monthly",
        "report_state",
        "reported_on",
        "ended_reason",
        "ended_on",
        "payment",
        "remark",
        "void_flag",
        "hold_flag",
    ),
    frozenset({*_CHILDREN, "monthly"}),
)
_AMOUNTS = ("amount1", "amount2", "amount3", "amount4")
PAYMENT = Table(
    "payment",
    "payment_row",
    (
        "payment_row",
        "claimant_no",
        "addressee_no",
        "pay_month",
        "paid_on",
        "kind",
        "income_class",
        "children",
        "method",
        "state",
        *(name for number in range(1, 5) for name in (f"month{number}", f"amount{number}")),
        "adjusted",
        "total",
        "void_flag",
    ),
    frozenset({"children", "adjusted", "total", *_AMOUNTS}),
)
