"""The books of one body.

Runs, files, orders, attempts, the lease, results, approvals, 突合, and the trail of who did what.

Small and transactional, counts and codes only. ``Ledger.open(url, clock)``, then ``with ledger.transaction(actor) as
tx`` and the functions of the modules here; ``with ledger.reading() as reader`` where nothing is written.
"""

from fukuhon.ledger import (
    approvals,
    attempts,
    audit,
    cap_plans,
    copying,
    files,
    lease,
    meters,
    orders,
    quarantines,
    reconciliations,
    results,
    runs,
    tallies,
)
from fukuhon.ledger.files import File, NewFile
from fukuhon.ledger.holders import Holder
from fukuhon.ledger.runs import RunKey
from fukuhon.ledger.states import TRANSITIONS, FileState
from fukuhon.ledger.tally import Tally
from fukuhon.ledger.transactions import Event, Ledger, Reader, Tx

__all__ = [
    "TRANSITIONS",
    "Event",
    "File",
    "FileState",
    "Holder",
    "Ledger",
    "NewFile",
    "Reader",
    "RunKey",
    "Tally",
    "Tx",
    "approvals",
    "attempts",
    "audit",
    "cap_plans",
    "copying",
    "files",
    "lease",
    "meters",
    "orders",
    "quarantines",
    "reconciliations",
    "results",
    "runs",
    "tallies",
]
