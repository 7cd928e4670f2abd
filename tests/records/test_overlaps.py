from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from fukuhon.clock import TOKYO
from fukuhon.files import SIDECAR
from fukuhon.records import overlaps

AS_OF = datetime(2017, 5, 9, tzinfo=TOKYO)


def sidecar(path: Path, *people: int) -> Path:
    """A sidecar of records of these people."""
    rows = [
        {
            "position": place,
            "addressee": f"{person:015d}",
            "record_key": "2016",
            "dataset": "TK00000200000001",
            "operation": "register",
            "identity_hash": person.to_bytes(32, "big"),
            "content_hash": bytes(32),
            "as_of": AS_OF,
        }
        for place, person in enumerate(people, 1)
    ]
    codes = {"body": "992011", "spi": "TM00000000000002", "dataset": "TK00000200000001", "layout": "1"}
    header = {b"fukuhon": json.dumps(codes | {"operation": "register"}).encode()}
    pq.write_table(pa.Table.from_pylist(rows, SIDECAR.with_metadata(header)), path)
    return path


def test_the_later_of_two_files_with_one_record_waits(tmp_path: Path) -> None:
    """Yesterday's file and today's both hold person 2: today's waits for yesterday's, and for no other."""
    first, second = sidecar(tmp_path / "a.parquet", 1, 2), sidecar(tmp_path / "b.parquet", 2, 3)
    third = sidecar(tmp_path / "c.parquet", 4)

    assert overlaps([(first, 1), (second, 2), (third, 3)]) == [(0, 1)]


def test_files_of_one_run_never_wait_for_each_other(tmp_path: Path) -> None:
    """A run registers and deletes each identity once: nothing to compare."""
    first, second = sidecar(tmp_path / "a.parquet", 1), sidecar(tmp_path / "b.parquet", 1)

    assert overlaps([(first, 1), (second, 1)]) == []
