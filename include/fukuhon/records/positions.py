"""Positions of the records that the server named as errors: counted from 1, a Parquet or JSON file a receipt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from fukuhon.errors import DataError
from fukuhon.files import beside, write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["read_positions", "write_positions"]


def write_positions(path: Path, positions: Iterable[int]) -> None:
    """Write positions, sorted and each once: as Parquet, or as a JSON list where ``path`` ends in ``.json``."""
    ordered = sorted(set(positions))
    if path.suffix == ".json":
        write_bytes(path, json.dumps(ordered).encode())
        return
    with beside(path) as (file,):
        pq.write_table(pa.table({"position": pa.array(ordered, pa.int64())}), file)


def read_positions(path: Path) -> pa.Array:
    """Read positions: a Parquet column ``position``, a JSON list, or a JSON object with a list ``positions``.

    Raises DataError RECORDS-001 for a file that is missing or something else.
    """
    try:
        if path.suffix == ".json":
            body = json.loads(path.read_bytes())
            return pa.array(body["positions"] if isinstance(body, dict) else body, pa.int64())
        with pq.ParquetFile(path) as file:  # `read_table` would look for a whole dataset, ten times as long
            return file.read(columns=["position"])["position"].cast(pa.int64()).combine_chunks()
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
        raise DataError("RECORDS-001", file=path.name) from None
