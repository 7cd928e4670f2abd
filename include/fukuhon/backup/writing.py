"""``backup``: the ledger at one moment, the files that it still needs, and the settings."""

from __future__ import annotations

import os
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from fukuhon.backup.archive import Writer
from fukuhon.errors import RefusedError
from fukuhon.files import beside
from fukuhon.ledger import FileState, Reader, audit, copying, files
from fukuhon.registration.desk import Desk

__all__ = ["Written", "write"]

_OPEN = (FileState.PREPARED, FileState.VALIDATED, FileState.PLANNED, FileState.CUT, FileState.IN_DOUBT)
"""Files that may still have to be sent: their XML belongs to the backup. That of the others is on the server."""
_NOT_WORK = frozenset({"sender", "spool", "overflow", "locks", "logs", "terminal"})
"""What belongs to running processes and to people at the terminal."""
_SETTINGS = ("rules", "queries", "layouts", "expectations")


@dataclass(frozen=True, slots=True)
class Written:
    """What a backup holds: lines of the trail, members, bytes, and files that the books name but the disk lacks."""

    seq: int
    members: int
    bytes: int
    missing: int


def write(desk: Desk, path: Path, key_path: Path) -> Written:
    """Write a backup to ``path`` and the hash key to ``key_path``, each whole or not at all, 0600.

    The books are read at one moment while others go on writing. Raises RefusedError BACKUP-001 where a file is there
    already, RetriableError FILES-001 or FILES-002 where the disk does not take it.
    """
    for each in (path, key_path):
        if each.exists():
            raise RefusedError("BACKUP-001", file=each)
    key = desk.site.hash_key()
    with beside(path, key_path) as (archive, key_file), desk.ledger.reading() as reader:
        with tarfile.open(fileobj=cast("IO[bytes]", archive), mode="w|") as tar:
            made = _write(desk, reader, Writer(tar), key)
        key_file.write(f"{key.hex()}\n".encode())
        size = archive.bytes
    return Written(made.seq, made.members, size, made.missing)


def _write(desk: Desk, reader: Reader, writer: Writer, key: bytes) -> Written:
    last, work, missing = audit.tail(reader), desk.site.work, 0
    for name in copying.names():
        with tempfile.TemporaryFile() as lines:
            lines.writelines(copying.dump(reader, name, work))
            size = lines.tell()
            lines.seek(0)
            writer.add(f"ledger/{name}.jsonl", lines, size)
    for file in _needed(reader, work):
        missing += not _add(writer, f"work/{file.relative_to(work).as_posix()}", file)
    for file in _settings(desk.site.folder):
        _add(writer, f"site/{file.relative_to(desk.site.folder).as_posix()}", file)
    facts = {
        "format": 1,
        "body": desk.site.body.code,
        "made": desk.now().isoformat(),
        "ledger": {"version": copying.VERSION, "seq": last.seq, "hash": last.hash},
    }
    writer.finish(facts, key)
    return Written(last.seq, len(writer.members), 0, missing)


def _add(writer: Writer, name: str, file: Path) -> bool:
    """Add a file as it lies there; False where it does not."""
    try:
        stream = file.open("rb")
    except FileNotFoundError:
        return False
    with stream:
        writer.add(name, stream, os.fstat(stream.fileno()).st_size)
    return True


def _needed(reader: Reader, work: Path) -> Iterator[Path]:
    """What the books refer to or the next run reads; the XML only of what may still have to be sent."""
    known, xml = set(), set()
    for file in files.find(reader):
        known.add(work / file.sidecar)
        xml.add(work / file.path)
        if file.state in _OPEN:
            known.add(work / file.path)
    for folder, names, found in os.walk(work):
        here = Path(folder)
        if here == work:
            names[:] = [name for name in names if name not in _NOT_WORK]
        names[:] = sorted(name for name in names if not (here / name).is_symlink())
        for path in sorted(here / name for name in found):
            if path not in xml and path.is_file() and not path.is_symlink() and path.suffix != ".part":
                known.add(path)
    yield from sorted(path for path in known if path.is_relative_to(work))


def _settings(site: Path) -> Iterator[Path]:
    """The settings of a site: never its secrets or its data."""
    yield from sorted(path for path in site.glob("*.yaml") if path.is_file())
    for folder in _SETTINGS:
        yield from sorted(path for path in (site / folder).rglob("*") if path.is_file() and not path.is_symlink())
