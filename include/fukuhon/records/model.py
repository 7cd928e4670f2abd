"""What `records` is told: files that the server has accepted, and files that are on their way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

__all__ = ["ACCEPTED", "UNDER_WAY", "AcceptedFile", "PendingFile"]

# States of a file (DESIGN §3.1) in which its records are held, or may come to be.
ACCEPTED = frozenset({"processed", "processed_with_errors", "reconciled", "closed"})
UNDER_WAY = frozenset({"prepared", "validated", "planned", "sending", "received", "waiting", "cut", "in_doubt"})


@dataclass(frozen=True, slots=True)
class AcceptedFile:
    """A file that the server has processed.

    ``completed`` is the 処理完了日時 of its details (aware) and with ``receipt`` its place in the server's order.
    ``error_positions`` is the file of positions (:mod:`fukuhon.records.positions`) that the details name as errors; a
    file in the state ``processed_with_errors`` cannot do without. ``kind`` is the run's: pretest, initial,
    differential, deletion. ``received``, the 受付日時, only helps to guess when processing began.
    """

    sidecar: Path
    state: str
    completed: datetime
    receipt: str
    error_positions: Path | None = None
    operation: str = "register"
    kind: str = ""
    received: datetime | None = None


@dataclass(frozen=True, slots=True)
class PendingFile:
    """A file that is prepared or under way: its records may be held soon, or already are (``in_doubt``)."""

    sidecar: Path
    state: str
    operation: str = "register"
