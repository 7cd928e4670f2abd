"""Keeping what was downloaded: written beside, on the disk, then renamed; for its owner's eyes only."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from fukuhon.errors import FatalError

__all__ = ["keep"]


def keep(path: Path, content: bytes) -> Path:
    """Write a file of mode 0600 in one step.

    Raises FatalError (SERVER-023) when the disk does not take it; nothing is left then.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise FatalError("SERVER-023", file=path.name, why=type(error).__name__) from None
    return path
