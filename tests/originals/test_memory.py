from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fukuhon.errors import DataError, FatalError
from fukuhon.originals import Fingerprint, Source, require_known_columns

Make = Callable[..., Source]
QUERY = "SELECT * FROM t"
TABLE = "CREATE TABLE t (no text, amount integer)"
ROW = "INSERT INTO t VALUES ('1', 1)"


def test_a_system_that_was_changed_overnight_is_named_by_column(sqlite: Make, tmp_path: Path) -> None:
    """Today and tomorrow, until somebody accepts it."""
    memory = tmp_path / "columns" / "tk.json"
    columns = require_known_columns(sqlite(TABLE, ROW), QUERY, {}, memory)
    assert columns == Fingerprint.of({"no": "text", "amount": "integer"})
    assert memory.stat().st_mode & 0o777 == 0o600
    changed = sqlite("DROP TABLE t", "CREATE TABLE t (no integer, extra text)", "INSERT INTO t VALUES (1, 'x')")
    for _ in range(2):
        with pytest.raises(DataError, match="ORIGINALS-011") as caught:
            require_known_columns(changed, QUERY, {}, memory)
        for told in ("amount：なくなった", "extra：増えた", "no：型が変わった（text→integer）"):
            assert told in caught.value.message
    require_known_columns(changed, QUERY, {}, memory, accept=True)
    require_known_columns(changed, QUERY, {}, memory)


def test_a_kind_that_nothing_tells_is_remembered(sqlite: Make, tmp_path: Path) -> None:
    """SQLite tells kinds by values: a day without any is no change, and the next day is still compared."""
    memory = tmp_path / "tk.json"
    require_known_columns(sqlite(TABLE, ROW), QUERY, {}, memory)
    require_known_columns(sqlite("DELETE FROM t"), QUERY, {}, memory)
    with pytest.raises(DataError, match="ORIGINALS-011"):
        require_known_columns(sqlite("INSERT INTO t VALUES ('1', 'x')"), QUERY, {}, memory)


def test_another_query_is_no_change_of_the_source(sqlite: Make, tmp_path: Path) -> None:
    """Its columns are the new ones to compare with."""
    memory = tmp_path / "tk.json"
    source = sqlite(TABLE, ROW)
    require_known_columns(source, QUERY, {}, memory)
    assert require_known_columns(source, "SELECT no FROM t", {}, memory) == Fingerprint.of({"no": "text"})


@pytest.mark.parametrize("text", ["", "[]", '{"query": 1}', '{"query": "", "columns": []}'])
def test_a_broken_memory_is_told(sqlite: Make, tmp_path: Path, text: str) -> None:
    """It is not taken for the first time."""
    memory = tmp_path / "tk.json"
    memory.write_text(text, encoding="utf-8")
    with pytest.raises(FatalError, match="ORIGINALS-030"):
        require_known_columns(sqlite(TABLE, ROW), QUERY, {}, memory)
