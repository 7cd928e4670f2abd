"""Books of one database restored into the other: everything is there, and the next numbers follow the last."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from fukuhon import backup
from fukuhon.errors import RefusedError
from fukuhon.ledger import FileState, Holder, Ledger, audit, files, lease, orders
from fukuhon.ledger.copying import names
from fukuhon.ledger.schema import metadata

pytestmark = pytest.mark.deep
POSTGRESQL = "postgresql://postgres@127.0.0.1:5432"
SQLITE = '"sqlite:///ledger.db"'


@pytest.fixture
def database() -> Iterator[Callable[[], str]]:
    """Makes empty databases; skipped where there is no server, unless services are required."""
    made: list[str] = []
    try:
        connection = psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        if os.environ.get("FUKUHON_REQUIRE_SERVICES") == "1":
            raise
        pytest.skip("no PostgreSQL on 127.0.0.1:5432")

    def make() -> str:
        made.append(f"fukuhon_{uuid.uuid4().hex[:12]}")
        connection.execute(f'CREATE DATABASE "{made[-1]}"')
        return f"{POSTGRESQL}/{made[-1]}"

    with connection:
        yield make
        for name in made:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def written(ledger: Ledger) -> dict[str, list[Any]]:
    """Every row of every table, but for the trail's, the lease's and the stop's: restoring writes those."""
    with ledger.reading() as reader:
        return {
            name: [tuple(row) for row in reader.rows(metadata.tables[name].select())]
            for name in names()
            if name not in {"audit", "lease", "control", "files"}
        }


@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
def test_restored_into_postgresql(  # noqa: PLR0917 - fixtures
    world: Any, database: Callable[[], str], at: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """Equal in every table; new rows get the numbers that follow."""
    folder = world.desk.site.folder
    settings = folder / "site.yaml"
    text = settings.read_text(encoding="utf-8")
    before = text.replace(f"{{url: {SQLITE}}}", "{env: LEDGER_URL}")
    assert before != text
    settings.write_text(before, encoding="utf-8")
    world.desk.ledger.close()
    first = f"sqlite:///{folder / 'ledger.db'}" if source == "sqlite" else database()
    monkeypatch.setenv("LEDGER_URL", first)
    old = type(world)(at(folder, world.clock, world.server), world.server, world.clock)
    for n in range(20 if source == "postgresql" else 18):
        old.file(f"f{n}", FileState.VALIDATED)
    with old.desk.ledger.transaction("sender") as tx:
        lease.acquire(tx, Holder.this_process())
    path, key = tmp_path / "backup.tar", tmp_path / "backup.key"
    backup.write(old.desk, path, key)

    monkeypatch.setenv("LEDGER_URL", database())
    backup.restore(path, key, tmp_path / "new", "admin")
    new = type(world)(at(tmp_path / "new", world.clock, world.server), world.server, world.clock)
    assert written(new.desk.ledger) == written(old.desk.ledger)
    with old.desk.ledger.reading() as reader:
        known = [(file.id, file.name, file.state, file.sha256, file.as_of) for file in files.find(reader)]
    with new.desk.ledger.reading() as reader:
        assert [(file.id, file.name, file.state, file.sha256, file.as_of) for file in files.find(reader)] == known
        assert len(known) == 20
        audit.verify(reader)
        assert orders.stop_requested(reader)
        assert lease.holder(reader) is None
    assert new.file("next", FileState.VALIDATED) == 21
    with new.desk.ledger.transaction("sender") as tx:
        lease.acquire(tx, Holder.this_process())
    assert backup.is_pending(new.desk)
    backup.accept(new.desk, backup.look(new.desk), None)
    assert not backup.is_pending(new.desk)
    with pytest.raises(RefusedError, match="BACKUP-006"):
        backup.restore(path, key, tmp_path / "new", "admin")
    for desk in (old.desk, new.desk):
        desk.ledger.close()
