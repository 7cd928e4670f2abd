from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from fukuhon.clock import TOKYO
from fukuhon.files import HASH, Header, Operation, beside
from fukuhon.files.sidecars import SidecarWriter
from fukuhon.records import AcceptedFile, PendingFile, write_positions

DATASET = "TK00000200000001"


def digest(text: str | None) -> bytes | None:
    """A stand-in for the keyed hashes."""
    return None if text is None else hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True)
class Row:
    """One record of a file: whose, which, what."""

    person: int
    content: str = "a"
    variation: str = "普通徴収"
    until: date | None = None
    record_key: str = "2016"

    @property
    def identity(self) -> bytes:
        """The identity hash."""
        return hashlib.sha256(f"{self.person}|{self.record_key}".encode()).digest()


@dataclass
class Books:
    """Files on the disk as the ledger would name them."""

    folder: Path
    accepted: list[AcceptedFile] = field(default_factory=list)
    pending: list[PendingFile] = field(default_factory=list)
    made: int = 0

    def sidecar(
        self, rows: Sequence[Row], as_of: datetime, operation: str = "register", dataset: str = DATASET
    ) -> Path:
        """Write a sidecar as a set of files does."""
        self.made += 1
        path = self.folder / f"{self.made:04d}.parquet"
        table = pa.table(
            {
                "addressee": [f"{row.person:015d}" for row in rows],
                "record_key": [row.record_key for row in rows],
                "content_hash": pa.array([digest(row.content) for row in rows], HASH),
                "identity_hash": pa.array([row.identity for row in rows], HASH),
                "variation": [row.variation for row in rows],
                "publication_to": pa.array([row.until for row in rows], pa.date32()),
            }
        )
        with beside(path) as (file,):
            writer = SidecarWriter(
                file, Header("992011", "TM00000000000002", dataset, "1", Operation(operation)), as_of
            )
            writer.add(table)
            writer.close()
        return path

    def accept(
        self,
        rows: Sequence[Row],
        completed: datetime,
        *,
        as_of: datetime | None = None,
        operation: str = "register",
        errors: Sequence[int] = (),
        kind: str = "differential",
    ) -> AcceptedFile:
        """A file that was processed at ``completed``, with errors at these positions."""
        sidecar = self.sidecar(rows, as_of or completed, operation)
        positions = self.folder / f"errors-{self.made}.{'json' if self.made % 2 else 'parquet'}" if errors else None
        if positions:
            write_positions(positions, errors)
        state = "processed_with_errors" if errors else "processed"
        file = AcceptedFile(
            sidecar, state, completed, f"0601{completed:%Y%m%d}{self.made:010d}", positions, operation, kind
        )
        self.accepted.append(file)
        return file

    def prepare(self, rows: Sequence[Row], as_of: datetime, operation: str = "register") -> PendingFile:
        """A file on its way."""
        file = PendingFile(self.sidecar(rows, as_of, operation), "planned", operation)
        self.pending.append(file)
        return file


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """Books without a file."""
    return Books(tmp_path)


@pytest.fixture(scope="session")
def make_books() -> type[Books]:
    """For tests that need many books, one after the other."""
    return Books


@pytest.fixture(scope="session")
def row() -> type[Row]:
    """A record of a file."""
    return Row


@pytest.fixture(scope="session")
def at() -> Callable[[str], datetime]:
    """An instant in Tokyo from its text."""
    return lambda text: datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.fixture(scope="session")
def incoming() -> Callable[[Sequence[Row]], pa.Table]:
    """Valid records of an extract, as ``differences`` wants them."""

    def table(rows: Sequence[Row]) -> pa.Table:
        return pa.table(
            {
                "row_no": pa.array(range(1, len(rows) + 1), pa.int64()),
                "identity_hash": pa.array([row.identity for row in rows], HASH),
                "content_hash": pa.array([digest(row.content) for row in rows], HASH),
                "variation": pa.array([row.variation for row in rows], pa.string()),
            }
        )

    return table
