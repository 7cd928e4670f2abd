from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fukuhon.errors import RetriableError
from fukuhon.records import Holdings, effects, expired, save_checkpoint, write_positions


@pytest.fixture
def spring(books: Any, row: Any, at: Any) -> Any:
    """Two months of files."""
    books.accept([row(n) for n in range(1, 6)], at("2017-04-12 22:10"), errors=[2])
    books.accept([row(1), row(3)], at("2017-04-20 22:10"), operation="delete")
    books.accept([row(4, "b"), row(6, until=date(2017, 5, 20))], at("2017-04-28 22:10"))
    books.accept([row(3, "c"), row(5)], at("2017-05-08 22:10"), errors=[2])
    return books


def state(books: Any, instant: Any, folder: Path | None = None) -> pa.Table:
    """What is held at an instant."""
    with Holdings(books.accepted, at=instant, checkpoint_folder=folder) as holdings:
        return holdings.state()


def test_the_state_is_the_same_with_and_without(spring: Any, at: Any, tmp_path: Path) -> None:
    """Deleted, expired and error records included."""
    folder = tmp_path / "checkpoints"
    save_checkpoint(spring.accepted, folder, date(2017, 5, 1))
    for instant in ("2017-05-01 00:00", "2017-05-10 08:00", "2017-06-01 08:00"):
        assert state(spring, at(instant)).equals(state(spring, at(instant), folder)), instant


def test_old_sidecars_need_not_be_there(spring: Any, at: Any, tmp_path: Path) -> None:
    """That is what a checkpoint is for."""
    folder = tmp_path / "checkpoints"
    expected = state(spring, at("2017-05-10 08:00"))
    save_checkpoint(spring.accepted, folder, date(2017, 5, 1))
    for file in spring.accepted[:3]:
        file.sidecar.unlink()
    assert state(spring, at("2017-05-10 08:00"), folder).equals(expected)
    last = spring.accepted[-1]
    (found,) = effects(spring.accepted, {last.receipt}, checkpoint_folder=folder)
    assert (found.new, found.overwritten, found.errors) == (1, 0, 1)
    until = expired(spring.accepted, since=at("2017-05-02 00:00"), at=at("2017-06-01 00:00"), checkpoint_folder=folder)
    assert sum(until.values()) == 1


def test_a_checkpoint_builds_on_an_older_one(spring: Any, at: Any, tmp_path: Path) -> None:
    """May's is made from April's and from May's files only."""
    folder = tmp_path / "checkpoints"
    save_checkpoint(spring.accepted, folder, date(2017, 5, 1))
    expected = state(spring, at("2017-06-02 08:00"))
    spring.accepted[0].sidecar.unlink()
    made = save_checkpoint(spring.accepted, folder, date(2017, 6, 1))
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert state(spring, at("2017-06-02 08:00"), folder).equals(expected)


def test_a_late_result_makes_it_void(spring: Any, row: Any, at: Any, tmp_path: Path) -> None:
    """A file of April whose result came in May belongs before it: the state is computed anew."""
    folder = tmp_path / "checkpoints"
    save_checkpoint(spring.accepted, folder, date(2017, 5, 1))
    spring.accept([row(4, "late")], at("2017-04-29 22:10"))
    expected = state(spring, at("2017-05-10 08:00"))
    assert state(spring, at("2017-05-10 08:00"), folder).equals(expected)


def test_changed_errors_make_it_void(spring: Any, at: Any, tmp_path: Path) -> None:
    """Details that were read again and name other records."""
    folder = tmp_path / "checkpoints"
    save_checkpoint(spring.accepted, folder, date(2017, 5, 1))
    write_positions(spring.accepted[0].error_positions, [5])
    assert state(spring, at("2017-05-10 08:00"), folder).equals(state(spring, at("2017-05-10 08:00")))


def test_earlier_states_do_not_use_it(spring: Any, at: Any, tmp_path: Path) -> None:
    """A checkpoint knows nothing of the days before it."""
    folder = tmp_path / "checkpoints"
    save_checkpoint(spring.accepted, folder, date(2017, 5, 1))
    assert state(spring, at("2017-04-25 08:00"), folder).equals(state(spring, at("2017-04-25 08:00")))


def test_foreign_files_in_the_folder_are_no_checkpoints(spring: Any, at: Any, tmp_path: Path) -> None:
    """A copy, a broken file, a file without a digest."""
    folder = tmp_path / "checkpoints"
    made = save_checkpoint(spring.accepted, folder, date(2017, 5, 1))
    (folder / "held-2017-05-02.parquet").write_bytes(b"no")
    (folder / "held-copy.parquet").write_bytes(made.path.read_bytes())
    pq.write_table(pq.read_table(made.path).replace_schema_metadata({}), folder / "held-2017-05-03.parquet")
    assert state(spring, at("2017-05-10 08:00"), folder).equals(state(spring, at("2017-05-10 08:00")))


def test_a_full_disk_leaves_no_checkpoint(spring: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a state would be worse than none."""

    def refuse(_: int) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(RetriableError, match="FILES-001"):
        save_checkpoint(spring.accepted, tmp_path / "checkpoints", date(2017, 5, 1))
    assert not list((tmp_path / "checkpoints").iterdir())
