"""突合: which minutes and keys to ask for, what came back against what was sent, and what that says of all records."""

from __future__ import annotations

from fukuhon.reconciliation.comparing import Comparison, Confirmed, compare, confirm
from fukuhon.reconciliation.confidence import bound_of, needed, wrong_below
from fukuhon.reconciliation.outcome import Outcome, StratumOutcome, sum_up
from fukuhon.reconciliation.planning import (
    KeyRule,
    Plan,
    PlannedRequest,
    Question,
    Stratum,
    key_hash,
    make_plan,
    read_plan,
)
from fukuhon.reconciliation.timing import Span, spans

__all__ = [
    "Comparison",
    "Confirmed",
    "KeyRule",
    "Outcome",
    "Plan",
    "PlannedRequest",
    "Question",
    "Span",
    "Stratum",
    "StratumOutcome",
    "bound_of",
    "compare",
    "confirm",
    "key_hash",
    "make_plan",
    "needed",
    "read_plan",
    "spans",
    "sum_up",
    "wrong_below",
]
