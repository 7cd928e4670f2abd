from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from fukuhon.files import Spool


def test_what_is_set_aside_comes_back(tmp_path: Path, records: Callable[..., pa.Table]) -> None:
    """Filled while it is judged, read as often as one likes, gone at the end."""
    table = records({"I0101": [str(row) for row in range(1000)]})
    with Spool(tmp_path / "spool") as spool:
        assert pa.Table.from_batches(spool.fill(table.to_batches(max_chunksize=100))).equals(table)
        assert spool.records == 1000
        assert stat.S_IMODE(spool.path.stat().st_mode) == 0o600
        assert pa.Table.from_batches(spool.batches()).equals(table)
        assert pa.Table.from_batches(spool.batches()).equals(table)
        kept = pa.Table.from_batches(spool.batches(pa.array([3, 999])))
        assert kept["row_no"].to_pylist() == [3, 999]
        assert not list(spool.batches(pa.array([5000])))
    assert not list(tmp_path.iterdir())


def test_an_empty_spool_is_no_error(tmp_path: Path) -> None:
    """A quiet day has nothing to set aside."""
    with Spool(tmp_path / "spool") as spool:
        assert not list(spool.fill([]))
        assert not list(spool.batches())


def test_a_failure_upstream_leaves_nothing(tmp_path: Path, records: Callable[..., pa.Table]) -> None:
    """Where the source breaks off, no half spool stays behind."""

    def broken() -> Iterator[pa.RecordBatch]:
        yield from records({"I0101": ["1"]}).to_batches()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), Spool(tmp_path / "spool") as spool:
        list(spool.fill(broken()))
    assert not list(tmp_path.iterdir())
