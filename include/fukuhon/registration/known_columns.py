"""The columns that each dataset's query delivered last time, and a person's word that new ones are right.

A system that was changed overnight stops the extract, named by column (ORIGINALS-011), until somebody who answers for
the rules has looked at them and says so, with a reason, in the audit trail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fukuhon.errors import DataError
from fukuhon.ledger import Event, audit
from fukuhon.originals import Change, Source, changed_columns, open_source, require_known_columns
from fukuhon.registration.desk import Desk
from fukuhon.site import DatasetSettings

__all__ = ["Looked", "accept", "look", "require_known"]


@dataclass(frozen=True, slots=True)
class Looked:
    """One dataset's columns today: how many, and what is other than the last time (None: nothing is known of it)."""

    dataset: str
    source: str
    columns: int
    changes: Sequence[Change] | None


def require_known(desk: Desk, dataset: DatasetSettings, source: Source, day: date) -> None:
    """Refuse an extract whose columns changed; the first one is remembered.

    Raises as :func:`fukuhon.originals.require_known_columns`: DataError ORIGINALS-011, FatalError ORIGINALS-030.
    """
    require_known_columns(source, desk.site.query(dataset.query), {"as_of": day}, _memory(desk, dataset))


def look(desk: Desk, dataset: DatasetSettings, day: date) -> Looked:
    """Compare today's columns with the last time's; nothing is written. Raises what the source raises."""
    with open_source(desk.site.source(dataset.source)) as source:
        query = desk.site.query(dataset.query)
        today, changes = changed_columns(source, query, {"as_of": day}, _memory(desk, dataset))
    return Looked(dataset.code, dataset.source, len(today.columns), changes)


def accept(desk: Desk, dataset: DatasetSettings, day: date, reason: str) -> Looked:
    """Let the columns of today be the known ones, in the name of the desk's actor; what changed goes into the trail.

    The line comes first: a crash between the two leaves the extract refused, never silently accepted. Where nothing
    changed nothing is written. Raises DataError REGISTRATION-013 without a reason, and what the source raises.
    """
    if not reason.strip():
        raise DataError("REGISTRATION-013")
    found = look(desk, dataset, day)
    if not found.changes:
        return found
    detail = {
        "source": dataset.source,
        "changes": [change.wording for change in found.changes],
        "reason": reason.strip(),
    }
    with desk.ledger.transaction(desk.actor) as tx:
        audit.note(tx, Event("columns.accepted", f"datasets:{dataset.code}", detail))
    with open_source(desk.site.source(dataset.source)) as source:
        query, memory = desk.site.query(dataset.query), _memory(desk, dataset)
        require_known_columns(source, query, {"as_of": day}, memory, accept=True)
    return found


def _memory(desk: Desk, dataset: DatasetSettings) -> Path:
    return desk.folder("columns") / f"{dataset.code}.json"
