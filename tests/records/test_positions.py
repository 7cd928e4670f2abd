from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fukuhon.errors import DataError
from fukuhon.records import read_positions, write_positions


@pytest.mark.parametrize("name", ["errors.json", "errors.parquet"])
def test_positions_come_back_in_order_and_once(tmp_path: Path, name: Any) -> None:
    """Whatever order the details name them in."""
    write_positions(tmp_path / name, [7, 1, 7, 3])
    assert read_positions(tmp_path / name).to_pylist() == [1, 3, 7]
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_an_object_with_positions_is_read(tmp_path: Path) -> None:
    """So that a receipt's file may say more than positions."""
    (tmp_path / "errors.json").write_text(json.dumps({"receipt": "0601", "positions": [2]}))
    assert read_positions(tmp_path / "errors.json").to_pylist() == [2]


@pytest.mark.parametrize("content", ["{}", "[1, 'a']", "", '["x"]', "7"])
def test_other_content_is_refused(tmp_path: Path, content: Any) -> None:
    """Without positions nobody knows what is held."""
    (tmp_path / "errors.json").write_text(content)
    with pytest.raises(DataError, match="RECORDS-001"):
        read_positions(tmp_path / "errors.json")
