"""The file of a backup: a tar whose last members are a manifest and its seal.

The manifest names every other member with its size and sha256. The seal is an HMAC of the manifest under the site's
hash key, which is kept apart: who can write the file but has not the key cannot make one that is accepted.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from fukuhon.errors import DataError

__all__ = ["MANIFEST", "SEAL", "Archive", "Member", "Writer", "opened", "seal"]

MANIFEST, SEAL = "manifest.json", "manifest.hmac"
_BLOCK = 1 << 20
_SMALL = 64 << 20
_ALLOWED = re.compile(r"(site|work|ledger)/.+")


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its size in bytes and its sha256."""

    bytes: int
    sha256: str


@dataclass(slots=True)
class Writer:
    """Writes members one after the other, and remembers what the manifest has to say of them."""

    tar: tarfile.TarFile
    members: dict[str, Member] = field(default_factory=dict)

    def add(self, name: str, content: IO[bytes], size: int) -> None:
        """Add a member of ``size`` bytes. Raises OSError, also where the content is shorter than that."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        hashing = _Hashing(content)
        self.tar.addfile(info, hashing)
        self.members[name] = Member(size, hashing.sha256.hexdigest())

    def finish(self, facts: dict[str, Any], key: bytes) -> None:
        """Add manifest and seal."""
        members = {name: {"bytes": one.bytes, "sha256": one.sha256} for name, one in self.members.items()}
        text = json.dumps({**facts, "members": members}, ensure_ascii=False, sort_keys=True).encode()
        for name, content in ((MANIFEST, text), (SEAL, seal(text, key).encode())):
            self.add(name, io.BytesIO(content), len(content))


class _Hashing(io.RawIOBase):
    """A stream that hashes what is read through it."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        data = self._content.read(size)
        self.sha256.update(data)
        return data


def seal(manifest: bytes, key: bytes) -> str:
    """What proves that a manifest was written by somebody who has the key."""
    return hmac.new(key, manifest, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Archive:
    """A backup that was read from end to end and found whole."""

    path: Path
    facts: dict[str, Any]
    members: dict[str, Member]
    _tar: tarfile.TarFile

    def names(self, folder: str) -> Iterator[PurePosixPath]:
        """The members below a folder, by their name in it."""
        for name in self.members:
            top, _, rest = name.partition("/")
            if top == folder:
                yield PurePosixPath(rest)

    def open(self, name: str) -> IO[bytes]:
        """A member's content."""
        stream = self._tar.extractfile(name)
        assert stream is not None, "checked: a regular file"
        return stream

    def lines(self, name: str) -> Iterable[bytes]:
        """A member's lines; none where there is no such member."""
        return self.open(name) if name in self.members else ()


@contextmanager
def opened(path: Path, key: bytes) -> Iterator[Archive]:
    """Open a backup after all of it was checked: names, sizes, hashes and the seal.

    Raises DataError: BACKUP-002 (cannot be read), -003 (a member differs), -004 (another key), -005 (a name that
    ``backup`` never writes).
    """
    try:
        with tarfile.open(path, "r:") as tar:
            yield _checked(path, tar, key)
    except (tarfile.TarError, EOFError, OSError):
        raise DataError("BACKUP-002", file=path) from None


def _checked(path: Path, tar: tarfile.TarFile, key: bytes) -> Archive:
    infos = tar.getmembers()
    names = [info.name for info in infos]
    for info in infos:
        if not info.isreg() or not _is_proper(info.name):
            raise DataError("BACKUP-005", file=path, name=info.name[:60])
    if names[-2:] != [MANIFEST, SEAL] or len(set(names)) != len(names) or infos[-2].size > _SMALL:
        raise DataError("BACKUP-002", file=path)
    manifest, given = (_content(tar, name) for name in (MANIFEST, SEAL))
    if not hmac.compare_digest(seal(manifest, key).encode(), given):
        raise DataError("BACKUP-004", file=path)
    facts = json.loads(manifest)
    members = {name: Member(one["bytes"], one["sha256"]) for name, one in facts.pop("members").items()}
    if set(members) != set(names[:-2]):
        raise DataError("BACKUP-003", file=path, name=MANIFEST)
    for info in infos[:-2]:
        if members[info.name] != Member(info.size, _digest(tar, info)):
            raise DataError("BACKUP-003", file=path, name=info.name)
    return Archive(path, facts, members, tar)


def _is_proper(name: str) -> bool:
    """Whether a name leads below one of our folders, and nowhere else."""
    parts = name.split("/")
    return name in {MANIFEST, SEAL} or (
        _ALLOWED.fullmatch(name) is not None and not {"", ".", ".."} & set(parts) and "\\" not in name
    )


def _content(tar: tarfile.TarFile, name: str) -> bytes:
    stream = tar.extractfile(name)
    return b"" if stream is None else stream.read()


def _digest(tar: tarfile.TarFile, info: tarfile.TarInfo) -> str:
    sha256, stream = hashlib.sha256(), tar.extractfile(info)
    while stream is not None and (block := stream.read(_BLOCK)):
        sha256.update(block)
    return sha256.hexdigest()
