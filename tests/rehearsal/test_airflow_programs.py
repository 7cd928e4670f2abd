"""How the demo's Airflow runs: its workers have the library before they are forked, no writer waits for the disk."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

from rehearsal.supervisor_airflow import base_environment
from rehearsal.supervisor_sqlite import CONNECT_ARGS, PatientConnection

STARTED = """\
import sys
from fukuhon_airflow.executor import LoadedExecutor
heavy = {"pandas", "great_expectations", "fukuhon.registration.desk"}
print("before", sorted(heavy & sys.modules.keys()))
executor = LoadedExecutor(parallelism=1)
executor._spawn_workers_with_gc_freeze = lambda count: print("made", count, sorted(heavy - sys.modules.keys()))
executor.start()
"""


def test_the_library_is_loaded_when_the_workers_are_made_and_not_before(tmp_path: Path) -> None:
    """Who only names the executor, such as the API server, pays nothing."""
    environment = {**base_environment(), "AIRFLOW_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", STARTED], env=environment, capture_output=True, text=True, check=True)
    told = [line for line in done.stdout.splitlines() if line.startswith(("before", "made"))]
    assert told == ["before []", "made 1 []"]


def test_a_writer_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    """The metadata of a demo is worth no flush; 0 is SQLite's OFF."""
    with sqlite3.connect(tmp_path / "one.db", **CONNECT_ARGS) as connection:
        assert isinstance(connection, PatientConnection)
        assert connection.execute("PRAGMA synchronous").fetchone() == (0,)
    connection.close()
