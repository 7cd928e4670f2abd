"""Being alone: one process of its kind on this disk; and a session of its own."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fukuhon.errors import RefusedError

__all__ = ["alone", "own_session"]


@contextmanager
def alone(folder: Path, code: str = "SENDER-001") -> Iterator[None]:
    """Hold the lock file of a folder; the kernel lets go of it when the process dies, however it dies.

    The lease already refuses a second sender. This also holds where two containers with one host name share the disk
    and cannot see each other's processes. Raises RefusedError (``code``) while another process holds it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RefusedError(code) from None
        yield
    finally:
        os.close(descriptor)


def own_session() -> None:
    """Leave the session of whoever started us, so that what is sent to their group does not reach us."""
    with suppress(PermissionError):  # leader of its group already: started by a shell or a supervisor
        os.setsid()
