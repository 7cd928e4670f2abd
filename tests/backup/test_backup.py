"""From one place to another and back; what was cut, written over or made by somebody else is refused."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from fukuhon import backup
from fukuhon.backup.archive import MANIFEST, SEAL, seal
from fukuhon.errors import ConfigurationError, DataError, FukuhonError, RefusedError, RetriableError
from fukuhon.ledger import Event, Ledger, audit, files, orders
from fukuhon.registration.desk import Desk
from fukuhon.sender import Mark, alone
from fukuhon.site import load

Change = Callable[[list[tuple[tarfile.TarInfo, bytes]], bytes], None]


@pytest.fixture
def there(world: Any, tmp_path: Path) -> tuple[Path, Path]:
    """A backup and its key."""
    path, key = tmp_path / "backup.tar", tmp_path / "elsewhere" / "backup.key"
    backup.write(world.desk, path, key)
    return path, key


@pytest.fixture
def restored(world: Any, there: tuple[Path, Path], tmp_path: Path, at: Any) -> Desk:
    """The desk of the restored site."""
    backup.restore(*there, tmp_path / "new", "admin")
    return at(tmp_path / "new", world.clock, world.server)


def rows(ledger: Ledger) -> list[Any]:
    """The files of the books, without where they lie."""
    with ledger.reading() as reader:
        return [(file.id, file.name, file.state, file.as_of) for file in files.find(reader)]


def test_everything_comes_back(world: Any, restored: Desk, there: tuple[Path, Path]) -> None:
    """Books, sidecars, settings and the key, where the new folder is; private."""
    assert rows(restored.ledger) == rows(world.desk.ledger)
    with restored.ledger.reading() as reader:
        audit.verify(reader)
        for file in files.find(reader):
            assert Path(file.sidecar).is_relative_to(restored.site.work)
            assert Path(file.sidecar).read_text(encoding="utf-8").startswith("keys of")
            assert Path(file.path).exists()
    assert restored.site.hash_key() == world.desk.site.hash_key()
    assert (restored.site.folder / "queries" / "q.sql").exists()
    assert {path.stat().st_mode & 0o777 for path in there} == {0o600}


def test_the_books_go_on_where_they_ended(world: Any, restored: Desk) -> None:
    """New rows get new numbers."""
    again = type(world)(restored, world.server, world.clock)
    assert again.file("c", files.FileState.PREPARED) == 3


def test_no_secret_is_in_the_file(world: Any, there: tuple[Path, Path]) -> None:
    """Neither the key nor a password, nor what a running sender has."""
    Mark.of(world.desk.site.work).path.parent.mkdir(exist_ok=True)
    content = there[0].read_bytes()
    assert world.desk.site.hash_key().hex().encode() not in content
    with tarfile.open(there[0]) as tar:
        assert not [name for name in tar.getnames() if "secret" in name or "sender" in name]


def test_nothing_is_sent_before_somebody_has_looked(world: Any, restored: Desk) -> None:
    """The stop is there at once; receipts of before are known, those of after are not."""
    with restored.ledger.reading() as reader:
        assert orders.stop_requested(reader)
    assert backup.is_pending(restored)
    received = world.later()
    world.server.take("0001201704120001", received)
    found = backup.look(restored)
    assert found.unknown == ("0001201704120001",)
    with pytest.raises(RefusedError, match="SENDER-021"):
        found.require()


def test_where_nothing_was_sent_since_the_look_is_enough(world: Any, restored: Desk) -> None:
    """And it is written down that somebody has looked."""
    world.later()
    found = backup.look(restored)
    found.require()
    backup.accept(restored, found, None)
    assert not backup.is_pending(restored)


def test_books_that_were_put_back_without_us_are_noticed(world: Any) -> None:
    """A copy of the database file from before: the sender's mark is a line that it does not hold."""
    desk, mark = world.desk, Mark.of(world.desk.site.work)
    old = desk.site.folder / "old.db"
    desk.ledger.close()
    with desk.ledger.reading() as reader:
        assert mark.holds(reader)
    shutil.copy(desk.site.folder / "ledger.db", old)
    with desk.ledger.transaction("sender") as tx:
        tx.note(Event("attempt.claimed", "files:1"))
    with desk.ledger.reading() as reader:
        mark.note(reader)
    assert not backup.is_pending(desk)
    desk.ledger.close()
    for path in desk.site.folder.glob("ledger.db*"):
        path.unlink()
    shutil.copy(old, desk.site.folder / "ledger.db")
    assert backup.is_pending(desk)
    backup.accept(desk, backup.look(desk), None)
    assert not backup.is_pending(desk)


def test_only_into_an_empty_ledger(world: Any, there: tuple[Path, Path], tmp_path: Path) -> None:
    """Books with lines in them stay as they are."""
    with pytest.raises(RefusedError, match="BACKUP-006"):
        backup.restore(*there, world.desk.site.folder, "admin")


def test_what_differs_stays_and_wants_a_reason(world: Any, there: tuple[Path, Path], tmp_path: Path) -> None:
    """Settings that were changed since the backup."""
    new = tmp_path / "new"
    shutil.copytree(world.desk.site.folder / "queries", new / "queries")
    (new / "queries" / "q.sql").write_text("SELECT 2", encoding="utf-8")
    with pytest.raises(RefusedError, match="BACKUP-007"):
        backup.restore(*there, new, "admin")
    assert backup.restore(*there, new, "admin", "新しい照会を使う").kept == 1
    assert (new / "queries" / "q.sql").read_text(encoding="utf-8") == "SELECT 2"


def test_beside_a_running_sender_nothing_is_restored(there: tuple[Path, Path], tmp_path: Path) -> None:
    """The sender holds its work folder."""
    with alone(tmp_path / "new" / "work" / "sender"), pytest.raises(RefusedError, match="SENDER-001"):
        backup.restore(*there, tmp_path / "new", "admin")


def test_a_backup_is_never_written_over(world: Any, there: tuple[Path, Path]) -> None:
    """Neither the file nor the key."""
    with pytest.raises(RefusedError, match="BACKUP-001"):
        backup.write(world.desk, there[0], there[1].with_name("other.key"))


def changed(path: Path, change: Change, key: bytes) -> None:
    """Take a backup apart, change it, put it together again."""
    with tarfile.open(path) as tar:
        parts = [(info, (tar.extractfile(info) or io.BytesIO()).read()) for info in tar.getmembers()]
    change(parts, key)
    with tarfile.open(path, "w") as tar:
        for info, content in parts:
            info.size = len(content) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(content))


def another_name(name: str, **facts: Any) -> Change:
    """Adds a member."""

    def change(parts: list[tuple[tarfile.TarInfo, bytes]], _key: bytes) -> None:
        info = tarfile.TarInfo(name)
        for key, value in facts.items():
            setattr(info, key, value)
        parts.insert(0, (info, b""))

    return change


def content_changed(parts: list[tuple[tarfile.TarInfo, bytes]], _key: bytes) -> None:
    """A member's content, same size."""
    at = next(place for place, (info, _) in enumerate(parts) if info.name == "work/files/a.parquet")
    parts[at] = (parts[at][0], parts[at][1].replace(b"a", b"x"))


def manifest_changed(parts: list[tuple[tarfile.TarInfo, bytes]], _key: bytes) -> None:
    """The manifest, by somebody without the key."""
    manifest = parts[-2][1].replace(b"992011", b"992012")
    parts[-2:] = [(parts[-2][0], manifest), (parts[-1][0], seal(manifest, b"guessed").encode())]


def facts_changed(**new: Any) -> Change:
    """The manifest, by somebody who has the key."""

    def change(parts: list[tuple[tarfile.TarInfo, bytes]], key: bytes) -> None:
        facts = json.loads(parts[-2][1])
        for name, value in new.items():
            facts[name] = facts[name] | value if isinstance(value, dict) else value
        manifest = json.dumps(facts).encode()
        parts[-2:] = [(parts[-2][0], manifest), (parts[-1][0], seal(manifest, key).encode())]

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (content_changed, "BACKUP-003"),
        (manifest_changed, "BACKUP-004"),
        (lambda parts, _key: parts.pop(0), "BACKUP-003"),
        (lambda parts, _key: parts.pop(), "BACKUP-002"),
        (another_name("work/more"), "BACKUP-003"),
        (another_name("../evil"), "BACKUP-005"),
        (another_name("work/../../evil"), "BACKUP-005"),
        (another_name("/etc/evil"), "BACKUP-005"),
        (another_name("work/link", type=tarfile.SYMTYPE, linkname="/etc"), "BACKUP-005"),
        (another_name("work/device", type=tarfile.CHRTYPE), "BACKUP-005"),
        (facts_changed(body="992022"), "BACKUP-008"),
        (facts_changed(ledger={"version": 999}), "BACKUP-009"),
        (facts_changed(ledger={"seq": 1}), "LEDGER-090"),
    ],
)
def test_what_was_tampered_with_is_refused(
    world: Any, there: tuple[Path, Path], tmp_path: Path, change: Change, code: str
) -> None:
    """And the books stay empty."""
    changed(there[0], change, world.desk.site.hash_key())
    with pytest.raises(FukuhonError) as refused:
        backup.restore(*there, tmp_path / "new", "admin")
    assert refused.value.code == code
    assert not (tmp_path / "evil").exists()
    if (tmp_path / "new" / "ledger.db").exists():
        ledger = Ledger.open(load(tmp_path / "new").ledger_url(), world.clock)
        with ledger.reading() as reader:
            assert audit.tail(reader).seq == 0
        ledger.close()


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_file_is_refused(there: tuple[Path, Path], tmp_path: Path, part: float) -> None:
    """Wherever it was cut."""
    content = there[0].read_bytes()
    end = content.rindex(SEAL.encode())
    there[0].write_bytes(content[: int(end * part)])
    with pytest.raises(DataError, match=r"BACKUP-00[23]"):
        backup.restore(*there, tmp_path / "new", "admin")


def test_another_key(there: tuple[Path, Path], tmp_path: Path) -> None:
    """Of another site, or none at all."""
    there[1].write_text("0" * 64)
    with pytest.raises(DataError, match="BACKUP-004"):
        backup.restore(*there, tmp_path / "new", "admin")
    there[1].write_text("no key")
    with pytest.raises(ConfigurationError, match="SITE-007"):
        backup.restore(*there, tmp_path / "new", "admin")


def test_the_disk_is_full(world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither half a backup nor a key is left."""

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "")

    world.desk.site.hash_key()
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RetriableError, match="FILES-001"):
        backup.write(world.desk, tmp_path / "out" / "backup.tar", tmp_path / "out" / "backup.key")
    assert list((tmp_path / "out").iterdir()) == []


def test_the_disk_is_full_at_restoring(
    there: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried again with room, it goes through."""
    real, calls = os.fsync, iter(range(100))

    def full(descriptor: int) -> None:
        if next(calls) == 5:
            raise OSError(errno.ENOSPC, "")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RetriableError, match="FILES-001"):
        backup.restore(*there, tmp_path / "new", "admin")
    assert backup.restore(*there, tmp_path / "new", "admin").kept == 0


@pytest.mark.parametrize("moment", [0.6, 0.9, 1.1, 1.3, 1.6])
def test_killed_in_the_middle_of_restoring(
    world: Any, there: tuple[Path, Path], tmp_path: Path, moment: float, at: Any
) -> None:
    """Run again, it is whole; or it was whole already, and says that there are books."""
    program = (
        "import sys; from pathlib import Path; from fukuhon import backup; "
        "backup.restore(*map(Path, sys.argv[1:4]), 'admin')"
    )
    process = subprocess.Popen([sys.executable, "-c", program, *map(str, there), str(tmp_path / "new")])
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with suppress(RefusedError):
        backup.restore(*there, tmp_path / "new", "admin")
    desk = at(tmp_path / "new", world.clock, world.server)
    assert rows(desk.ledger) == rows(world.desk.ledger)
    assert backup.is_pending(desk)
    desk.ledger.close()


def test_the_manifest_is_what_it_says(there: tuple[Path, Path]) -> None:
    """Format, body and the end of the trail stand in it, for people who look."""
    with tarfile.open(there[0]) as tar:
        facts = json.loads((tar.extractfile(MANIFEST) or io.BytesIO()).read())
    assert (facts["format"], facts["body"]) == (1, "992011")
    assert facts["ledger"]["seq"] > 0
