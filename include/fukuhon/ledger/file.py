"""A file as it is added, as the ledger has it, and what the server made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from fukuhon.ledger.runs import Kind
from fukuhon.ledger.states import FileState

__all__ = ["FACTS", "File", "NewFile", "Outcome"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file as it was written: what it holds, where it lies, and its records by business variation."""

    run_id: int
    spi: str
    dataset: str
    kind: Kind
    operation: str  # register | delete
    name: str
    path: str
    sidecar: str
    sha256: str
    bytes: int
    records: int
    as_of: datetime
    layout: str
    channel: int  # 1 to 4, the domain's own numbers
    variations: Mapping[str, int] = field(default_factory=dict)
    key_low_hash: str | None = None
    key_high_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as the ledger has it."""

    id: int
    run_id: int
    spi: str
    dataset: str
    kind: Kind
    operation: str
    name: str
    path: str
    sidecar: str
    sha256: str
    bytes: int
    records: int
    as_of: datetime
    layout: str
    channel: int
    key_low_hash: str | None
    key_high_hash: str | None
    state: FileState
    prepared_at: datetime
    changed_at: datetime
    window_id: str | None
    window_start: datetime | None
    position: int | None
    fence: int | None
    receipt: str | None
    received_at: datetime | None
    requester: str | None
    waiting_since: datetime | None
    slips: int
    slipped_to: date | None
    completed_at: datetime | None
    processed: int | None
    errors: int | None
    detail_path: str | None
    replaced: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the server made of one variation's records in a file."""

    ok: int
    errors: int
    new: int
    overwritten: int
    deleted: int


FACTS: Mapping[FileState, frozenset[str]] = {
    FileState.VALIDATED: frozenset({"reason"}),
    FileState.PLANNED: frozenset({"window_id", "window_start", "position", "reason"}),
    FileState.UNPLACEABLE: frozenset({"reason"}),
    FileState.SUPERSEDED: frozenset({"replaced", "reason"}),
    FileState.WAITING: frozenset({"waiting_since"}),
    FileState.PROCESSED: frozenset({"completed_at", "processed", "errors", "detail_path"}),
    FileState.PROCESSED_WITH_ERRORS: frozenset({"completed_at", "processed", "errors", "detail_path"}),
    FileState.REJECTED_WHOLE: frozenset({"completed_at", "processed", "errors", "detail_path", "reason"}),
}
"""What may be said with a move, by the state moved to."""
