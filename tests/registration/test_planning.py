from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fukuhon.clock import FixedClock, tokyo
from fukuhon.files import SIDECAR
from fukuhon.ledger import FileState, Ledger, NewFile, RunKey, files, runs
from fukuhon.registration import planning
from fukuhon.registration.desk import Desk
from fukuhon.site import load
from rehearsal.city import City, write_site

DATASET, SPI = "TK00000200000001", "TM00000000000002"
MORNING = tokyo(date(2017, 4, 12), 9)


@pytest.fixture
def desk(city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk on the morning of the first window, nothing prepared, no server needed."""
    monkeypatch.setenv("FUKUHON_DATA", str(tmp_path / "data"))
    write_site(city, tmp_path / "site")
    clock, site = FixedClock(MORNING), load(tmp_path / "site")
    ledger = Ledger.open(site.ledger_url(), clock)
    yield Desk(site, ledger, clock, "tester")
    ledger.close()


def prepared(desk: Desk, day: int, people: list[int], size: int = 1000) -> int:
    """A validated file of 初期登録 with the records of these people; returns its id."""
    name = f"file-{day}-{people[0]}"
    sidecar = desk.folder("files") / f"{name}.parquet"
    codes = {"body": "992011", "spi": SPI, "dataset": DATASET, "layout": "2017.1", "operation": "register"}
    rows = [
        {
            "position": place,
            "addressee": f"{person:015d}",
            "record_key": "2016",
            "dataset": DATASET,
            "operation": "register",
            "identity_hash": person.to_bytes(32, "big"),
            "content_hash": bytes(32),
            "as_of": tokyo(date(2017, 4, day)),
        }
        for place, person in enumerate(people, 1)
    ]
    pq.write_table(pa.Table.from_pylist(rows, SIDECAR.with_metadata({b"fukuhon": json.dumps(codes).encode()})), sidecar)
    as_of = tokyo(date(2017, 4, day))
    with desk.ledger.transaction("tester") as tx:
        run = runs.open_run(tx, RunKey("992011", "initial", date(2017, 4, day), SPI, as_of))
        file = NewFile(
            run_id=run.id,
            spi=SPI,
            dataset=DATASET,
            kind="initial",
            operation="register",
            name=f"{name}.xml",
            path=str(sidecar.with_suffix(".xml")),
            sidecar=str(sidecar),
            sha256="0" * 64,
            bytes=size,
            records=len(people),
            as_of=as_of,
            layout="2017.1",
            channel=3,
        )
        return files.move(tx, files.add(tx, file), FileState.VALIDATED).id


def state(desk: Desk, file_id: int) -> FileState:
    """Where a file stands."""
    with desk.ledger.reading() as reader:
        return files.get(reader, file_id).state


def test_a_file_is_placed_into_the_window_that_is_open(desk: Desk) -> None:
    """割り当てられた枠: the first one in which it fits."""
    file = prepared(desk, 11, [1, 2])

    told = planning.plan(desk)

    assert told.facts["windows"] == {"initial-20170412T0900": 1}
    assert state(desk, file) is FileState.PLANNED


def test_a_file_with_the_same_record_waits_for_the_one_before_it(desk: Desk) -> None:
    """Old never overwrites new: of two files with one record the later one is not planned until the other is done."""
    first, second = prepared(desk, 10, [1, 2]), prepared(desk, 11, [2, 3])

    planning.plan(desk)
    assert (state(desk, first), state(desk, second)) == (FileState.PLANNED, FileState.VALIDATED)

    with desk.ledger.transaction("tester") as tx:
        files.move(tx, first, FileState.SUPERSEDED)
    planning.plan(desk)
    assert state(desk, second) is FileState.PLANNED


def test_what_fits_no_window_is_told_with_the_size_that_would(desk: Desk) -> None:
    """Too large for time and volume of every window: known when it is planned, not when it is sent."""
    file = prepared(desk, 11, [1], size=10**9)

    assert planning.plan(desk).counts["unplaceable"] == 1
    with desk.ledger.reading() as reader:
        found = files.get(reader, file)
    assert (found.state, found.reason is not None) == (FileState.UNPLACEABLE, True)


def test_planning_again_changes_nothing(desk: Desk) -> None:
    """The plan is a forecast made anew each time; the same files and windows give the same plan."""
    file = prepared(desk, 11, [1, 2])
    planning.plan(desk)
    with desk.ledger.reading() as reader:
        before = files.get(reader, file)

    planning.plan(desk)

    with desk.ledger.reading() as reader:
        assert files.get(reader, file) == before


def test_after_its_window_a_file_moves_to_the_next(desk: Desk) -> None:
    """Nothing stays planned for the past."""
    file = prepared(desk, 11, [1, 2])
    planning.plan(desk)
    assert isinstance(desk.clock, FixedClock)
    desk.clock.instant = MORNING + timedelta(hours=4)

    planning.plan(desk)

    with desk.ledger.reading() as reader:
        assert files.get(reader, file).window_id == "initial-20170413T0900"
