"""Files, the only thing that travels.

Added once, moved along the published table, each move with its facts and its event.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa

from fukuhon.errors import FatalError
from fukuhon.ledger import schema
from fukuhon.ledger.file import FACTS, File, NewFile, Outcome
from fukuhon.ledger.runs import Kind
from fukuhon.ledger.states import ACCEPTED, ON_THE_WIRE, FileState, allowed
from fukuhon.ledger.transactions import Event, Reader, Tx

__all__ = [
    "FACTS",
    "File",
    "NewFile",
    "Outcome",
    "accepted",
    "add",
    "clear",
    "find",
    "get",
    "move",
    "place",
    "processed",
    "shift",
    "slip",
    "variations",
]

_f, _v, _o = schema.files, schema.variations, schema.orders


_COUNTED = frozenset({FileState.PROCESSED, FileState.PROCESSED_WITH_ERRORS})


def add(tx: Tx, new: NewFile) -> int:
    """Write a prepared file down; the same name with the same sha256 again is the same file. Returns its id.

    Raises FatalError: LEDGER-013 for the same name with other bytes, LEDGER-014 when the variations do not sum up to
    the records.
    """
    variations_ = dict(new.variations) or {"": new.records}
    if sum(variations_.values()) != new.records:
        raise FatalError("LEDGER-014", name=new.name)
    found = tx.row(sa.select(_f.c.id, _f.c.sha256).where(_f.c.name == new.name))
    if found is not None:
        if found.sha256 != new.sha256:
            raise FatalError("LEDGER-013", name=new.name)
        return int(found.id)
    columns = {name: getattr(new, name) for name in NewFile.__slots__ if name != "variations"}
    columns |= {"state": FileState.PREPARED, "prepared_at": tx.now, "changed_at": tx.now}
    file_id = tx.insert(
        _f,
        columns,
        "file.prepared",
        {"name": new.name, "sha256": new.sha256, "bytes": new.bytes, "records": new.records},
    )
    rows = [{"file_id": file_id, "variation": name, "records": count} for name, count in variations_.items()]
    tx.record(Event("file.variations", f"files:{file_id}", variations_), sa.insert(_v).values(rows))
    return file_id


def get(reader: Reader, file_id: int) -> File:
    """One file. Raises FatalError (LEDGER-011) when there is none."""
    found = reader.load_one(File, sa.select(_f).where(_f.c.id == file_id))
    if found is None:
        raise FatalError("LEDGER-011", what="file", id=file_id)
    return found


def find(  # noqa: PLR0913 - each is a filter
    reader: Reader,
    *,
    state: FileState | Collection[FileState] | None = None,
    kind: Kind | Collection[Kind] | None = None,
    run_id: int | None = None,
    dataset: str | None = None,
    spi: str | None = None,
    window_id: str | None = None,
    receipt: str | None = None,
) -> Sequence[File]:
    """The files that match all that is given, in the order in which they were added."""
    wanted = {
        "state": state,
        "kind": kind,
        "run_id": run_id,
        "dataset": dataset,
        "spi": spi,
        "window_id": window_id,
        "receipt": receipt,
    }
    query = sa.select(_f).order_by(_f.c.id)
    for name, value in wanted.items():
        if isinstance(value, str | int):
            query = query.where(_f.c[name] == value)
        elif value is not None:
            query = query.where(_f.c[name].in_(value))
    return reader.load(File, query)


def accepted(reader: Reader, *, dataset: str | None = None) -> Sequence[File]:
    """The files whose records the server holds, in the order in which it processed them."""
    query = sa.select(_f).where(_f.c.state.in_(ACCEPTED)).order_by(_f.c.completed_at, _f.c.receipt, _f.c.id)
    if dataset is not None:
        query = query.where(_f.c.dataset == dataset)
    return reader.load(File, query)


def variations(reader: Reader, file_id: int) -> dict[str, int]:
    """A file's records by business variation."""
    return {
        row.variation: row.records
        for row in reader.rows(sa.select(_v).where(_v.c.file_id == file_id).order_by(_v.c.variation))
    }


def move(tx: Tx, file_id: int, to: FileState, **facts: object) -> File:
    """Move a file along the table and write the facts of the new state. Returns the file as it is then.

    What is on the wire is moved by ``lease.claim``, ``attempts.end`` and ``attempts.settle`` alone, since each of these
    moves needs its attempt; what was processed by ``processed`` alone, since that needs its counts. Raises FatalError:
    LEDGER-015 where the table or one of these rules forbids the move, LEDGER-016 for facts that do not belong to the
    state.
    """
    before = get(tx, file_id).state
    if before in ON_THE_WIRE or to in ON_THE_WIRE | _COUNTED:
        raise FatalError("LEDGER-015", id=file_id, before=before, after=to)
    return _step(tx, file_id, before, to, facts)


def _step(tx: Tx, file_id: int, before: FileState, to: FileState, facts: dict[str, object]) -> File:
    if unknown := set(facts) - FACTS.get(to, frozenset()):
        raise FatalError("LEDGER-016", state=to, facts=", ".join(sorted(unknown)))
    if to is FileState.WAITING:
        facts.setdefault("waiting_since", tx.now)
    shift(tx, file_id, before, to, facts)
    return get(tx, file_id)


def shift(tx: Tx, file_id: int, before: FileState, to: FileState, facts: Mapping[str, object]) -> None:
    """The bare move, for this package.

    Raises FatalError (LEDGER-015) when the table forbids it or the file stands elsewhere.
    """
    change = sa.update(_f).where(_f.c.id == file_id, _f.c.state == before).values(state=to, changed_at=tx.now, **facts)
    event = Event(f"file.{to.value}", f"files:{file_id}", {"from": before.value, **facts})
    if not allowed(before, to) or tx.record(event, change) != 1:
        raise FatalError("LEDGER-015", id=file_id, before=before, after=to)


def place(tx: Tx, file_id: int, window_id: str, window_start: datetime, position: int) -> File:
    """Plan a file into a window, as the ``position``-th of it. An order that is open then has something to do again."""
    facts = {"window_id": window_id, "window_start": window_start, "position": position}
    placed = move(tx, file_id, FileState.PLANNED, **facts, reason=None)
    waiting = sa.update(_o).where(_o.c.state == "open", _o.c.idle).values(idle=False)
    tx.record(Event("order.busy", f"files:{file_id}"), waiting)
    return placed


def processed(tx: Tx, file_id: int, outcomes: Mapping[str, Outcome], **facts: object) -> File:
    """Move a file to processed, or to processed_with_errors, with what became of each variation's records.

    Raises FatalError (LEDGER-017) when a variation is missing or unknown.
    """
    if set(outcomes) != set(variations(tx, file_id)):
        raise FatalError("LEDGER-017", id=file_id)
    for name, outcome in outcomes.items():
        counts = {part: getattr(outcome, part) for part in Outcome.__slots__} | {
            "processed": outcome.ok + outcome.errors
        }
        change = sa.update(_v).where(_v.c.file_id == file_id, _v.c.variation == name).values(**counts)
        tx.record(Event("file.outcome", f"files:{file_id}", {"variation": name, **counts}), change)
    failed = any(outcome.errors for outcome in outcomes.values())
    to = FileState.PROCESSED_WITH_ERRORS if failed else FileState.PROCESSED
    return _step(tx, file_id, get(tx, file_id).state, to, facts)


def slip(tx: Tx, file_id: int, to: date) -> None:
    """Count that the server put a waiting file off to a later day (seed 1.5.4).

    Raises FatalError (LEDGER-015) when it is not waiting.
    """
    change = (
        sa.update(_f)
        .where(_f.c.id == file_id, _f.c.state == FileState.WAITING)
        .values(slips=_f.c.slips + 1, slipped_to=to)
    )
    if tx.record(Event("file.slipped", f"files:{file_id}", {"to": to}), change) != 1:
        raise FatalError("LEDGER-015", id=file_id, before=get(tx, file_id).state, after=FileState.WAITING)


def clear(tx: Tx, file_id: int) -> None:
    """Let a file that the server refused be planned again: a person has looked and says so.

    Raises FatalError (LEDGER-015) when it is not a refused one.
    """
    refused = [_f.c.id == file_id, _f.c.state == FileState.VALIDATED, _f.c.reason.is_not(None)]
    change = sa.update(_f).where(*refused).values(reason=None)
    if tx.record(Event("file.cleared", f"files:{file_id}"), change) != 1:
        raise FatalError("LEDGER-015", id=file_id, before=get(tx, file_id).state, after=FileState.VALIDATED)
