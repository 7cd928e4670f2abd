"""Books to write in: SQLite in a folder of the test, and PostgreSQL where a deep test asks for it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import psycopg
import pytest

from fukuhon.clock import TOKYO, FixedClock
from fukuhon.ledger import FileState, Holder, Ledger, NewFile, RunKey, Tx, files, lease, runs

NINE = datetime(2017, 4, 12, 9, tzinfo=TOKYO)
POSTGRESQL = "postgresql://postgres@127.0.0.1:5432"


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at nine o'clock of the first day."""
    return FixedClock(NINE)


@pytest.fixture
def ledger(tmp_path: Path, clock: FixedClock) -> Iterator[Ledger]:
    """Empty books in SQLite."""
    books = Ledger.open(f"sqlite:///{tmp_path}/ledger.db", clock)
    yield books
    books.close()


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The address of an empty database; skipped where there is no server, unless services are required."""
    name = f"fukuhon_{uuid.uuid4().hex[:12]}"
    try:
        with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True, connect_timeout=3) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
    except psycopg.OperationalError:
        if os.environ.get("FUKUHON_REQUIRE_SERVICES") == "1":
            raise
        pytest.skip("no PostgreSQL on 127.0.0.1:5432")
    yield f"{POSTGRESQL}/{name}"
    with psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.deep)])
def any_ledger(request: pytest.FixtureRequest, tmp_path: Path, clock: FixedClock) -> Iterator[Ledger]:
    """The same books in both databases."""
    url = f"sqlite:///{tmp_path}/any.db" if request.param == "sqlite" else request.getfixturevalue("postgresql")
    books = Ledger.open(url, clock)
    yield books
    books.close()


@pytest.fixture
def new() -> Callable[..., NewFile]:
    """A file to be added: every field has a value, those that matter are named by the test."""

    def make(run_id: int, name: str = "a.xml", **fields: object) -> NewFile:
        given: dict[str, object] = {
            "spi": "TM00000000000002",
            "dataset": "TK00000200000001",
            "kind": "initial",
            "operation": "register",
            "path": name,
            "sidecar": f"{name}.parquet",
            "sha256": "0" * 64,
            "bytes": 1000,
            "records": 10,
            "as_of": NINE,
            "layout": "2017.1",
            "channel": 3,
        }
        return NewFile(run_id=run_id, name=name, **(given | fields))  # type: ignore[arg-type]

    return make


@pytest.fixture
def planned(new: Callable[..., NewFile]) -> Callable[..., int]:
    """Puts a file into the books and plans it; returns its id."""

    def make(tx: Tx, name: str = "a.xml", *, to: FileState = FileState.PLANNED, **fields: object) -> int:
        key = RunKey("mihon", "initial", date(2017, 4, 12), None, NINE)
        file_id = files.add(tx, new(runs.open_run(tx, key).id, name, **fields))
        if to is not FileState.PREPARED:
            files.move(tx, file_id, FileState.VALIDATED)
        if to is FileState.PLANNED:
            files.place(tx, file_id, "initial-20170412T0900", NINE, 1)
        return file_id

    return make


@pytest.fixture
def fence() -> Callable[[Tx], lease.Fence]:
    """Takes the lease for this process."""
    return lambda tx: lease.acquire(tx, Holder.this_process())
