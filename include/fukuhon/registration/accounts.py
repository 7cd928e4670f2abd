"""Closing the books:

what the server holds after each run, counted from the sidecars, against what the run did (DESIGN §3.4).

``registered`` is counted, ``new``, ``overwritten`` and ``deleted`` come from each file's effects. That both agree,
run after run, is the proof that nothing was lost on the way. The state before a run is told by the variations as they
are after it: a record that changes its variation is overwritten, neither new nor deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from fukuhon.calendars import tokyo_day
from fukuhon.clock import tokyo
from fukuhon.errors import FatalError
from fukuhon.ledger import Reader, Tally, files, runs, tallies
from fukuhon.records import Holdings, expired, save_checkpoint
from fukuhon.registration.books import accepted_files
from fukuhon.registration.desk import Desk

__all__ = ["close_books"]

Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Closed:
    """Where the books stand after a run: the instant, and the records held by dataset."""

    at: datetime
    held: Mapping[str, int]


def close_books(desk: Desk, changed: Collection[int] = ()) -> list[int]:
    """Count what is held after each run from the first of ``changed`` on, and prove every equation of it.

    Returns these runs. A run that was never closed counts as changed. Raises FatalError: REGISTRATION-020 where the
    count before a run is not the one after the run before it, LEDGER-012 where another equation does not hold.
    """
    with desk.ledger.reading() as reader:
        done = [run.id for run in runs.find(reader, state="done")]
        first = next(
            (place for place, run in enumerate(done) if run in changed or not _was_closed(reader, run)), len(done)
        )
        closed = _closed(reader, done[:first])
    for place in range(first, len(done)):
        closed = _close(desk, done[: place + 1], closed)
    _checkpoint(desk)
    return done[first:]


def _checkpoint(desk: Desk) -> None:
    """Once a month keep the state as of the first: old sidecars need not be read again for every question."""
    first = tokyo_day(desk.now()).replace(day=1)
    folder = desk.folder("checkpoints")
    with desk.ledger.reading() as reader:
        accepted = [file for file in accepted_files(reader) if file.completed < tokyo(first)]
    if accepted and not list(folder.glob(f"*{first:%Y-%m-%d}*")):
        save_checkpoint(accepted, folder, first, overflow=desk.folder("overflow"))


def _was_closed(reader: Reader, run: int) -> bool:
    return any(tally.registered for tally in tallies.of_run(reader, run).values())


def _closed(reader: Reader, up_to: list[int]) -> _Closed | None:
    """The books after the last of these runs, as they were written down."""
    if not up_to:
        return None
    held: dict[str, int] = defaultdict(int)
    for (dataset, _), tally in tallies.of_run(reader, up_to[-1]).items():
        held[dataset] += tally.registered
    return _Closed(_instant(reader, up_to), held)


def _instant(reader: Reader, up_to: list[int]) -> datetime:
    """The instant as of which a run is closed: when the last file so far was processed, or the last run prepared."""
    completed = [file.completed_at for run in up_to for file in files.find(reader, run_id=run) if file.completed_at]
    ended = runs.get(reader, up_to[-1]).ended_at
    assert ended is not None, "a run that is done has ended"
    return max([ended, *completed])


def _close(desk: Desk, up_to: list[int], before: _Closed | None) -> _Closed:
    with desk.ledger.reading() as reader:
        at, accepted, cells = _instant(reader, up_to), accepted_files(reader, up_to), tallies.of_run(reader, up_to[-1])
    with Holdings(accepted, at=at, overflow=desk.folder("overflow")) as holdings:
        registered = holdings.counts()
    lost = expired(accepted, since=before.at, at=at) if before else {}
    stored = {
        cell: _state(cells.get(cell, Tally()), registered.get(cell, 0), lost.get(cell, 0))
        for cell in {*cells, *registered, *lost}
    }
    _continuous(up_to[-1], stored, before.held if before else {})
    with desk.ledger.transaction(desk.actor) as tx:
        for (dataset, variation), counts in sorted(stored.items()):
            tallies.put(tx, up_to[-1], dataset, variation, **counts)
        tallies.verify(tx, up_to[-1])
    held: dict[str, int] = defaultdict(int)
    for (dataset, _), count in registered.items():
        held[dataset] += count
    return _Closed(at, held)


def _state(tally: Tally, after: int, lost: int) -> dict[str, int]:
    before = after - tally.new + tally.deleted + lost
    return {"state_before": before, "state_after": after, "registered": after, "expired": lost}


def _continuous(run: int, stored: Mapping[Cell, Mapping[str, int]], before: Mapping[str, int]) -> None:
    """What a run found is what the run before it left, dataset by dataset."""
    found: dict[str, int] = defaultdict(int)
    for (dataset, _), counts in stored.items():
        found[dataset] += counts["state_before"]
    for dataset in {*found, *before}:
        if found[dataset] != before.get(dataset, 0):
            raise FatalError(
                "REGISTRATION-020", run=run, dataset=dataset, before=before.get(dataset, 0), counted=found[dataset]
            )
