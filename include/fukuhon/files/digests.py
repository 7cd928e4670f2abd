"""Digests of files as they lie on the disk."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from fukuhon.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["sha256_of"]


def sha256_of(path: Path) -> str:
    """The sha256 of a file in hex. Raises DataError FILES-014 where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        raise DataError("FILES-014", file=path.name) from None
