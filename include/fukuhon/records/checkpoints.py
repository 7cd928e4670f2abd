"""Monthly checkpoints: the last row of every identity up to the first of a month; old sidecars need not be read again.

A checkpoint serves only while it is made of exactly the files that the books name before its day: a result that came in
late, or an error file that changed, makes it void, and the state is computed from an older one or from the beginning.
It keeps deleted and expired identities as well, since their age still protects them from older content.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from fukuhon.clock import tokyo
from fukuhon.files import beside, sha256_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fukuhon.records.model import AcceptedFile

__all__ = ["Checkpoint", "digest", "latest", "save"]

_NAME = re.compile(r"held-([0-9]{4}-[0-9]{2}-[0-9]{2})\.parquet")
_META = b"fukuhon.digest"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state as of ``day`` 00:00 in Tokyo, lying in ``path``."""

    path: Path
    day: date

    @property
    def instant(self) -> datetime:
        """Files completed before this instant are in the checkpoint."""
        return tokyo(self.day)


def digest(files: Sequence[AcceptedFile]) -> str:
    """What a checkpoint is made of, as sha256 over its files in processing order."""
    lines = [
        "\t".join(
            (
                file.receipt,
                file.completed.isoformat(),
                file.kind,
                file.sidecar.name,
                sha256_of(file.error_positions) if file.error_positions else "-",
            )
        )
        for file in files
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def latest(folder: Path, files: Sequence[AcceptedFile], at: datetime) -> Checkpoint | None:
    """The newest checkpoint not after ``at`` that is made of exactly those ``files`` that were completed before it."""
    for path in sorted(folder.glob("held-*.parquet"), reverse=True):
        named = _NAME.fullmatch(path.name)
        if not named:
            continue
        checkpoint = Checkpoint(path, date.fromisoformat(named[1]))
        covered = [file for file in files if file.completed < checkpoint.instant]
        if checkpoint.instant <= at and _digest_of(path) == digest(covered):
            return checkpoint
    return None


def save(folder: Path, day: date, rows: pa.Table, files: Sequence[AcceptedFile]) -> Checkpoint:
    """Write the last rows of all identities as of ``day``, whole or not at all (0600)."""
    path = folder / f"held-{day.isoformat()}.parquet"
    with beside(path) as (file,):
        pq.write_table(rows.replace_schema_metadata({_META: digest(files).encode()}), file, compression="zstd")
    return Checkpoint(path, day)


def _digest_of(path: Path) -> str | None:
    try:
        metadata: dict[bytes, bytes] = pq.read_schema(path).metadata or {}
        return metadata.get(_META, b"").decode()
    except (OSError, pa.ArrowException):
        return None
