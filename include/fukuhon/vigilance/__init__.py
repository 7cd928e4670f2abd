"""Watching: preconditions, passwords, progress, deadlines, duties, queues. Absence alarms.

Everything here is a function of plain values: who wires it reads ledger and server and hands over what it found.
"""

from __future__ import annotations

from fukuhon.vigilance.alarms import Alarm, together
from fukuhon.vigilance.answers import Answer, Foreseen, foresee
from fukuhon.vigilance.deadlines import Pending, overdue
from fukuhon.vigilance.duties import DUTIES, Duty, Rhythm, alarms, alarms_of, missed
from fukuhon.vigilance.freshness import stale
from fukuhon.vigilance.passwords import PasswordState, PasswordStatus, Role, WayBack, password_status
from fukuhon.vigilance.preconditions import FACTS, Fact, Item, Preflight, Pretest, Reason, check, require
from fukuhon.vigilance.procedures import PROCEDURES, Procedure, ProcedureId, Term, plan_stop, term
from fukuhon.vigilance.progress import CUTOFFS_2017, Shown, area_complete_due, cutoff_due, next_cutoff, shown
from fukuhon.vigilance.queue import Age, Queue, QueuedFile, ages, old
from fukuhon.vigilance.readiness import AccountState, DepartmentState, Evidence, Readiness, evidence, lacking
from fukuhon.vigilance.scope import Deletion, Scope, scope_of

__all__ = [
    "CUTOFFS_2017",
    "DUTIES",
    "FACTS",
    "PROCEDURES",
    "AccountState",
    "Age",
    "Alarm",
    "Answer",
    "Deletion",
    "DepartmentState",
    "Duty",
    "Evidence",
    "Fact",
    "Foreseen",
    "Item",
    "PasswordState",
    "PasswordStatus",
    "Pending",
    "Preflight",
    "Pretest",
    "Procedure",
    "ProcedureId",
    "Queue",
    "QueuedFile",
    "Readiness",
    "Reason",
    "Rhythm",
    "Role",
    "Scope",
    "Shown",
    "Term",
    "WayBack",
    "ages",
    "alarms",
    "alarms_of",
    "area_complete_due",
    "check",
    "cutoff_due",
    "evidence",
    "foresee",
    "lacking",
    "missed",
    "next_cutoff",
    "old",
    "overdue",
    "password_status",
    "plan_stop",
    "require",
    "scope_of",
    "shown",
    "stale",
    "term",
    "together",
]
