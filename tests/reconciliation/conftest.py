from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from fukuhon.clock import TOKYO
from fukuhon.files import (
    Caps,
    CollationFile,
    FileSet,
    Fingerprints,
    Header,
    Operation,
    plan_split,
    read_sidecar,
    wire_bytes,
    write_set,
)
from fukuhon.reconciliation import PlannedRequest, key_hash
from fukuhon.records import AcceptedFile, PendingFile, write_positions

KEY = bytes(range(32))
DATASET = "TK00000200000001"
SPI = "TM00000000000002"


@dataclass
class City:
    """What was sent and what the server would answer: people and their contents, by file."""

    folder: Path
    fingerprints: Fingerprints
    accepted: list[AcceptedFile] = field(default_factory=list)
    pending: list[PendingFile] = field(default_factory=list)
    made: int = 0

    def _write(self, people: Mapping[int, str], as_of: datetime, operation: str, record_key: str) -> Path:
        self.made += 1
        header = Header("992011", SPI, DATASET, "2017.1", Operation(operation))
        table = self.fingerprints.add(records(people, record_key))
        sizes = pa.chunked_array([wire_bytes(batch) for batch in table.to_batches()])
        split = plan_split(table["identity_hash"], sizes, Caps(10**6, 10**9))
        target = FileSet(self.folder, f"{self.made:03d}", header, as_of, "run")
        (entry,) = write_set(target, split, table.to_batches())
        return entry.sidecar

    def accept(
        self,
        people: Mapping[int, str],
        completed: datetime,
        *,
        operation: str = "register",
        record_key: str = "2016",
        errors: tuple[int, ...] = (),
        received: datetime | None = None,
    ) -> AcceptedFile:
        """A file of these people's contents that was processed by ``completed``; ``errors`` counts people from 1."""
        sidecar = self._write(people, completed, operation, record_key)
        positions = sidecar.with_suffix(".errors.json") if errors else None
        if positions:
            rows = read_sidecar(sidecar).to_pylist()
            write_positions(positions, [row["position"] for row in rows if row["row_no"] in errors])
        state = "processed_with_errors" if errors else "processed"
        receipt = f"0601{completed:%Y%m%d}{self.made:010d}"
        self.accepted.append(AcceptedFile(sidecar, state, completed, receipt, positions, operation, received=received))
        return self.accepted[-1]

    def prepare(self, people: Mapping[int, str], as_of: datetime, operation: str = "register") -> None:
        """A file on its way, whose result nobody knows."""
        self.pending.append(PendingFile(self._write(people, as_of, operation, "2016"), "waiting", operation))


def records(people: Mapping[int, str], record_key: str = "2016") -> pa.Table:
    """Their records: one item; two variations."""
    return pa.table(
        {
            "row_no": pa.array(range(1, len(people) + 1), pa.int64()),
            "addressee": [f"{person:015d}" for person in people],
            "record_key": pa.array([record_key] * len(people), pa.string()),
            "variation": ["特別徴収" if person % 3 == 0 else "普通徴収" for person in people],
            "I0101": pa.array(list(people.values()), pa.string()),
        }
    )


@pytest.fixture(scope="session")
def fingerprints() -> Iterator[Fingerprints]:
    """The dataset's fingerprints."""
    with Fingerprints(KEY, "992011", SPI, DATASET) as made:
        yield made


@pytest.fixture
def city(tmp_path: Path, fingerprints: Fingerprints) -> City:
    """A city that has sent nothing."""
    return City(tmp_path, fingerprints)


@pytest.fixture(scope="session")
def at() -> Callable[[str], datetime]:
    """An instant in Tokyo from its text."""
    return lambda text: datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.fixture(scope="session")
def answer() -> Callable[..., CollationFile]:
    """What the server holds of a minute: people and their contents."""

    def make(people: Mapping[int, str], minute: datetime, record_key: str = "2016", **columns: Any) -> CollationFile:
        table = records(people, record_key).drop_columns(["row_no", "variation"])
        others: dict[str, Any] = {
            "record_version": pa.nulls(len(people), pa.string()),
            "publication_from": pa.nulls(len(people), pa.date32()),
            "publication_to": pa.nulls(len(people), pa.date32()),
            "registered": pa.array([minute] * len(people), pa.timestamp("us", "Asia/Tokyo")),
            "spi": pa.array([SPI] * len(people), pa.string()),
            "dataset": pa.array([DATASET] * len(people), pa.string()),
            "layout": pa.array(["2017.1"] * len(people), pa.string()),
        }
        for name, column in (others | columns).items():
            table = table.append_column(name, column)
        return CollationFile("080920170420000000001", table)

    return make


@pytest.fixture(scope="session")
def asked() -> Callable[..., PlannedRequest]:
    """A request for a key and a minute."""

    def make(minute: datetime, key: str = "2016") -> PlannedRequest:
        return PlannedRequest(SPI, DATASET, key, None, minute, "普通徴収", 1, key_hash(KEY, DATASET, key))

    return make
