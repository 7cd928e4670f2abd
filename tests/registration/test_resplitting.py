"""A file that fits no window is split again: the same records in smaller files, the old one superseded, sums closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from fukuhon.clock import tokyo
from fukuhon.files import read_file, read_sidecar
from fukuhon.ledger import File, FileState, files, runs, tallies
from fukuhon.registration import initial, planning, resplitting
from fukuhon.windows.schedule import upload_windows
from rehearsal.town import SPI, Town

ROOM = 60_000


def _narrow(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """Let no window take more than so many bytes."""
    monkeypatch.setattr(
        planning, "upload_windows", lambda site: [replace(one, bytes_limit=room) for one in upload_windows(site)]
    )


def _records(found: Iterable[File]) -> set[tuple[object, ...]]:
    """What the server would be told, and what the sidecars say of it; an item that nobody in a file has is missing."""
    told = set()
    for file in found:
        sidecar = read_sidecar(Path(file.sidecar))
        rows = zip(
            read_file(Path(file.path)).to_pylist(),
            sidecar.select(["row_no", "variation", "identity_hash", "content_hash"]).to_pylist(),
            strict=True,
        )
        for each, more in rows:
            there = {name: value for name, value in (each | more).items() if value is not None}
            told.add((file.dataset, *sorted(there.items(), key=str)))
    return told


def test_what_fits_no_window_is_split_below_what_does(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost or doubled, each new file fits, and a second splitting finds nothing to do."""
    initial.prepare(town.desk, SPI, tokyo(date(2017, 4, 10)))
    _narrow(monkeypatch, ROOM)
    assert planning.plan(town.desk).counts["unplaceable"] > 0
    with town.desk.ledger.reading() as reader:
        before = files.find(reader)
        old = [file for file in before if file.state is FileState.UNPLACEABLE]

    told = resplitting.resplit(town.desk)
    plan = planning.plan(town.desk)

    assert told.counts["split"] == len(old)
    assert (told.counts["left"], plan.counts["unplaceable"]) == (0, 0)
    assert plan.counts["placed"] > 0
    with town.desk.ledger.reading() as reader:
        after = files.find(reader)
        for run in runs.find(reader):
            tallies.verify(reader, run.id)
    assert {(file.state, file.replaced) for file in after if file.id in {one.id for one in old}} == {
        (FileState.SUPERSEDED, True)
    }
    live = [file for file in after if file.state is not FileState.SUPERSEDED]
    assert max(file.bytes for file in live) < ROOM
    assert sum(file.records for file in live) == sum(file.records for file in before)
    assert _records(live) == _records(before)
    assert resplitting.resplit(town.desk).counts == {"split": 0, "made": 0, "left": 0}


def test_what_no_splitting_helps_stays_as_it_is(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that takes not even one record: nothing is written, and the file waits for another allotment."""
    initial.prepare(town.desk, SPI, tokyo(date(2017, 4, 10)))
    _narrow(monkeypatch, 10)
    lost = planning.plan(town.desk).counts["unplaceable"]

    assert resplitting.resplit(town.desk).counts == {"split": 0, "made": 0, "left": lost}
    assert planning.plan(town.desk).counts["unplaceable"] == lost
    monkeypatch.undo()
