"""From the ledger's rows to what the holdings are computed from."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import Path

from fukuhon.ledger import Reader, files
from fukuhon.ledger.states import QUEUED, WAITING, FileState
from fukuhon.records import AcceptedFile, Holdings, PendingFile
from fukuhon.registration.desk import Desk

__all__ = ["ON_ITS_WAY", "accepted_files", "holdings", "pending_files"]

ON_ITS_WAY = (QUEUED | WAITING | {FileState.IN_DOUBT}) - {FileState.UNPLACEABLE}
"""States in which a file's records may come to be held."""


def accepted_files(reader: Reader, runs: Collection[int] | None = None) -> list[AcceptedFile]:
    """The files whose records the server holds; of these runs only, where they are named."""
    return [
        AcceptedFile(
            sidecar=Path(file.sidecar),
            state=file.state.value,
            completed=_completed(file),
            receipt=file.receipt or "",
            error_positions=Path(file.detail_path) if file.detail_path else None,
            operation=file.operation,
            kind=file.kind,
            received=file.received_at,
        )
        for file in files.accepted(reader)
        if runs is None or file.run_id in runs
    ]


def pending_files(found: Iterable[files.File]) -> list[PendingFile]:
    """Files on their way, as the holdings want them."""
    return [PendingFile(Path(file.sidecar), file.state.value, file.operation) for file in found]


def holdings(desk: Desk, *, at: datetime | None = None, without: Collection[int] = ()) -> Holdings:
    """What the server holds and what is on its way, as far as the books know. Use as a context manager.

    ``without``: files that will not go after all, by id.
    """
    with desk.ledger.reading() as reader:
        accepted = accepted_files(reader)
        under_way = pending_files(file for file in files.find(reader, state=ON_ITS_WAY) if file.id not in without)
    return Holdings(
        accepted,
        under_way,
        at=at or desk.now(),
        checkpoint_folder=desk.folder("checkpoints"),
        overflow=desk.folder("overflow"),
    )


def _completed(file: files.File) -> datetime:
    assert file.completed_at is not None, "an accepted file has its 処理完了日時"
    return file.completed_at
