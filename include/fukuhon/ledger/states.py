"""The life of a file: its states and the one published table of what may follow what.

``docs/file-states.md`` shows the same table to people; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

__all__ = ["ACCEPTED", "FINISHED", "ON_THE_WIRE", "QUEUED", "TRANSITIONS", "WAITING", "FileState", "allowed"]


class FileState(StrEnum):
    """Where a file stands between the disk and the books."""

    PREPARED = "prepared"
    VALIDATED = "validated"
    PLANNED = "planned"
    SENDING = "sending"
    RECEIVED = "received"
    WAITING = "waiting"
    PROCESSED = "processed"
    PROCESSED_WITH_ERRORS = "processed_with_errors"
    REJECTED_WHOLE = "rejected_whole"
    RECONCILED = "reconciled"
    CLOSED = "closed"
    CUT = "cut"
    IN_DOUBT = "in_doubt"
    UNPLACEABLE = "unplaceable"
    SUPERSEDED = "superseded"


_S = FileState

TRANSITIONS: Mapping[FileState, frozenset[FileState]] = MappingProxyType(
    {
        _S.PREPARED: frozenset({_S.VALIDATED, _S.SUPERSEDED}),
        _S.VALIDATED: frozenset({_S.PLANNED, _S.UNPLACEABLE, _S.SUPERSEDED}),
        # Back to validated: its window went by, or what it was checked against has changed; it is planned again.
        _S.PLANNED: frozenset({_S.SENDING, _S.VALIDATED, _S.UNPLACEABLE, _S.SUPERSEDED}),
        # Planned again: the server was busy and took nothing. Validated again: it refused the file, somebody looks.
        _S.SENDING: frozenset({_S.RECEIVED, _S.CUT, _S.IN_DOUBT, _S.PLANNED, _S.VALIDATED}),
        _S.RECEIVED: frozenset({_S.WAITING, _S.PROCESSED, _S.PROCESSED_WITH_ERRORS, _S.REJECTED_WHOLE}),
        _S.WAITING: frozenset({_S.PROCESSED, _S.PROCESSED_WITH_ERRORS, _S.REJECTED_WHOLE}),
        _S.PROCESSED: frozenset({_S.RECONCILED}),
        _S.PROCESSED_WITH_ERRORS: frozenset({_S.RECONCILED}),
        # An end: the server holds nothing of it, so there is nothing to reconcile, and `closed` always means accepted.
        _S.REJECTED_WHOLE: frozenset(),
        _S.RECONCILED: frozenset({_S.CLOSED}),
        _S.CLOSED: frozenset(),
        _S.CUT: frozenset({_S.PLANNED, _S.UNPLACEABLE}),
        # Settled by looking, never by sending (seed 1.4.1: the same file twice is for the server to see only by us).
        _S.IN_DOUBT: frozenset({_S.RECEIVED, _S.CUT}),
        # Superseded here means: split again, its records travel in newer files.
        _S.UNPLACEABLE: frozenset({_S.PLANNED, _S.SUPERSEDED}),
        _S.SUPERSEDED: frozenset(),
    },
)

ON_THE_WIRE = frozenset({_S.SENDING, _S.IN_DOUBT})
"""States in which bytes are, or may be, on the wire: at most one file of the body at a time (seed 1.4.1)."""

ACCEPTED = frozenset({_S.PROCESSED, _S.PROCESSED_WITH_ERRORS, _S.RECONCILED, _S.CLOSED})
"""States in which the server holds the file's records, less its errors."""

FINISHED = ACCEPTED | {_S.REJECTED_WHOLE, _S.SUPERSEDED}
"""States after which nothing more reaches the server from this file."""

QUEUED = frozenset({_S.PREPARED, _S.VALIDATED, _S.PLANNED, _S.SENDING, _S.CUT, _S.UNPLACEABLE})
"""States that an accounting calls ``queued``: filed, and the server has not taken it."""

WAITING = frozenset({_S.RECEIVED, _S.WAITING})
"""States that an accounting calls ``waiting``: taken, not yet processed (処理待ち)."""


def allowed(before: FileState, after: FileState) -> bool:
    """Whether the table lets ``after`` follow ``before``."""
    return after in TRANSITIONS[before]
