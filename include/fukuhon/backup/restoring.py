"""``restore``: from a backup that was checked from end to end, into a place where nothing is lost by it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fukuhon.backup.archive import Archive, opened
from fukuhon.errors import ConfigurationError, DataError, RefusedError
from fukuhon.files import beside
from fukuhon.ledger import Ledger, audit, copying
from fukuhon.ledger.chain import Tail
from fukuhon.sender import Mark, alone
from fukuhon.site import Site, load, read_key_file

__all__ = ["Restored", "restore"]

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: lines of the trail, files, when the backup was made, files that were there and stayed."""

    seq: int
    files: int
    made: datetime
    kept: int


def restore(path: Path, key_path: Path, folder: Path, actor: str, reason: str | None = None) -> Restored:
    """Restore a backup into a site's folder, its work folder and its ledger.

    The settings of the backup tell where those two are; settings that stand there already hold, where they are the
    same or a ``reason`` is given. The ledger has to be empty. Killed at any point, it is repaired by running it again:
    the books come last, in one transaction, and with them the stop of all sending.

    Raises DataError BACKUP-002 to -005, RefusedError -006 and -007, ConfigurationError -008 and -009, RefusedError
    SENDER-001 while a sender runs here, and what settings and ledger raise.
    """
    key = read_key_file(key_path)
    with opened(path, key) as archive:
        version = archive.facts["ledger"]["version"]
        if version > copying.VERSION:
            raise ConfigurationError("BACKUP-009", found=version, known=copying.VERSION)
        kept = _lay_out(archive, "site", folder, reason)
        site = load(folder)
        if site.body.code != archive.facts["body"]:
            raise ConfigurationError("BACKUP-008", found=archive.facts["body"], expected=site.body.code)
        with alone(site.work / "sender"):
            return _restore(archive, site, key, actor, reason, kept)


def _restore(  # noqa: PLR0913, PLR0917 - the two ends of one copy
    archive: Archive, site: Site, key: bytes, actor: str, reason: str | None, kept: int
) -> Restored:
    ledger = Ledger.open(site.ledger_url(), site.clock())
    try:
        with ledger.reading() as reader:
            if not copying.is_empty(reader):
                raise RefusedError("BACKUP-006", lines=audit.tail(reader).seq)
        _put_key(site, key)
        kept += _lay_out(archive, "work", site.work, reason)
        expected = Tail(archive.facts["ledger"]["seq"], archive.facts["ledger"]["hash"])
        made = datetime.fromisoformat(archive.facts["made"])
        with ledger.transaction(actor) as tx:
            if not copying.is_empty(tx):
                raise RefusedError("BACKUP-006", lines=audit.tail(tx).seq)
            for name in copying.names():
                copying.load(tx, name, archive.lines(f"ledger/{name}.jsonl"), site.work)
            copying.restored(tx, expected, made, reason)
        Mark.of(site.work).remove()  # the stop that has just been written takes its place
    finally:
        ledger.close()
    return Restored(expected.seq, sum(name.startswith(("site/", "work/")) for name in archive.members), made, kept)


def _lay_out(archive: Archive, top: str, folder: Path, reason: str | None) -> int:
    """Write the members below ``top``, each whole or not at all; what is there already and differs stays.

    Returns how many stayed. Raises RefusedError BACKUP-007 where some would, and there is no reason.
    """
    names = [f"{top}/{name}" for name in archive.names(top)]
    there = [name for name in names if (folder / name.removeprefix(f"{top}/")).exists()]
    differ = [name for name in there if _sha256(folder / name.removeprefix(f"{top}/")) != archive.members[name].sha256]
    if differ and not reason:
        raise RefusedError("BACKUP-007", count=len(differ), name=differ[0])
    for name in set(names) - set(there):
        _write(archive, name, folder / name.removeprefix(f"{top}/"))
    return len(differ)


def _write(archive: Archive, name: str, path: Path) -> None:
    with beside(path) as (file,):
        for block in _blocks(archive, name):
            file.write(block)
        if file.commit() != archive.members[name].sha256:
            raise DataError("BACKUP-003", file=archive.path, name=name)


def _blocks(archive: Archive, name: str) -> Iterator[bytes]:
    with archive.open(name) as stream:
        while block := stream.read(_BLOCK):
            yield block


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _put_key(site: Site, key: bytes) -> None:
    """Put the key where the settings look for it; one that stands there has to be the same (BACKUP-004)."""
    file = site.hash_key_ref.file
    if file is not None and not file.exists():
        with beside(file) as (written,):
            written.write(f"{key.hex()}\n".encode())
    if site.hash_key() != key:
        raise DataError("BACKUP-004", file=file or site.hash_key_ref.env)
