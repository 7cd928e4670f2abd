"""Files that can no longer go as they are: written in a layout that is not in force when they would be processed.

The sender refuses them (SENDER-019). A new run of the same kind takes their records up again, in the version that is in
force by then, and puts them aside in the transaction in which it writes its own files down: nothing is lost between.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from fukuhon.ledger import File, Reader, Tx, files
from fukuhon.ledger.states import FileState
from fukuhon.registration.desk import Desk
from fukuhon.sender.layouts import processing_day

__all__ = ["outdated", "put_aside"]

_UNSENT = (FileState.PREPARED, FileState.VALIDATED, FileState.PLANNED, FileState.CUT, FileState.UNPLACEABLE)
_ALSO = {"differential": "deletion"}
"""A run of 差分 writes deletions, too, and finds again what is gone."""


def outdated(desk: Desk, reader: Reader, kind: str, datasets: Collection[str]) -> list[File]:
    """Unsent files of a kind that would be refused if they were sent today."""
    kinds = {kind, _ALSO.get(kind, kind)}
    found = [file for file in files.find(reader, state=_UNSENT) if file.kind in kinds and file.dataset in datasets]
    now = desk.now()
    return [
        file
        for file in found
        if desk.packs.in_force(file.dataset, processing_day(file.channel, now)).version != file.layout
    ]


def put_aside(tx: Tx, found: Iterable[File]) -> None:
    """Let none of them be sent any more. Their run counts their records as superseded, and its sums still close."""
    for file in found:
        if file.state is FileState.CUT:  # the server took nothing of it
            files.move(tx, file.id, FileState.UNPLACEABLE, reason="layout")
        files.move(tx, file.id, FileState.SUPERSEDED, reason="layout")
