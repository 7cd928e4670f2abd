"""A file is there whole or not at all: written beside, made durable, then renamed.

Nothing half done is ever seen under a file's own name, not even when the disk is full or the power goes. What a killed
process leaves behind ends in ``.part`` and is taken away by :func:`sweep`.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from fukuhon.errors import RetriableError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Beside", "beside", "sweep", "write_bytes"]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Beside:
    """A file under way: counts and hashes its bytes while they are written. Private (0600)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bytes = 0
        self._given_up = False
        self._sha256 = hashlib.sha256()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        self._part = Path(name)
        self.stream: IO[bytes] = os.fdopen(handle, "wb")

    def write(self, data: bytes | memoryview) -> int:
        """Write all of ``data``; hashed and counted."""
        view = memoryview(data)
        if self._given_up:  # a Parquet writer that is thrown away still wants to write its footer
            return view.nbytes
        self.stream.write(view)
        self._sha256.update(view)
        self.bytes += view.nbytes
        return view.nbytes

    def flush(self) -> None:
        """Hand what is buffered to the system."""
        if not self.closed:
            self.stream.flush()

    @property
    def closed(self) -> bool:
        """Whether the file is complete or given up."""
        return self.stream.closed

    def commit(self) -> str:
        """Make the file durable under its own name; return its sha256 in hex."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()
        self._part.replace(self.path)
        _sync_folder(self.path.parent)
        return self._sha256.hexdigest()

    def discard(self) -> None:
        """Take away what was written; the file under its own name, if there is one, stays as it was."""
        self._given_up = True
        with suppress(OSError):  # closing flushes, and the disk may be full
            self.stream.close()
        self._part.unlink(missing_ok=True)


@contextmanager
def beside(*paths: Path) -> Iterator[list[Beside]]:
    """Open files that appear together when the block ends well, and not at all when it does not.

    Whoever needs the sha256 commits a file inside the block. Raises RetriableError: FILES-001 where the disk is full,
    FILES-002 where it refuses otherwise.
    """
    opened: list[Beside] = []
    try:
        opened.extend(Beside(path) for path in paths)
        yield opened
        for file in opened:
            if not file.closed:
                file.commit()
    except OSError as error:
        raise _refused(paths[0] if len(paths) == 1 else paths[0].parent, error) from None
    finally:
        for file in opened:
            file.discard()


def write_bytes(path: Path, data: bytes) -> str:
    """Write a small file whole; return its sha256 in hex. Raises as :func:`beside`."""
    with beside(path) as (file,):
        file.write(data)
        return file.commit()


def sweep(folder: Path) -> int:
    """Take away what killed processes left in ``folder``; return how many files that were."""
    left = list(folder.glob(".*.part"))
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refused(path: Path, error: OSError) -> RetriableError:
    if error.errno in _FULL:
        return RetriableError("FILES-001", path=path)
    return RetriableError("FILES-002", path=path, why=errno.errorcode.get(error.errno or 0, type(error).__name__))
