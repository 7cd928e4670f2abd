"""Each stage alone, beside what the library underneath does at best for the same work."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.files import Caps, FileSet, Fingerprints, Header, Operation, plan_split, wire_bytes, write_set
from fukuhon.files.rendering import render
from fukuhon.layouts import packs
from fukuhon.originals import addressee_register, open_source
from fukuhon.quality import Suite, judge
from fukuhon.rules import Mapper, RuleBook
from fukuhon.site import load
from rehearsal.bench.shape import DATASET, SPI
from rehearsal.bench.site import AS_OF

__all__ = ["Stage", "measure"]

_DAY = date(2021, 7, 31)
_KEY = b"k" * 32


@dataclass(frozen=True, slots=True)
class Stage:
    """Records a second of one stage and of its limit, and the stage's microseconds of processor a record."""

    records_per_s: int
    limit: int
    cpu_us: float


class _Bench:
    """The parts of a site, and some of its records as each stage meets them."""

    def __init__(self, folder: Path, rows: int) -> None:
        self.site = load(folder)
        self.layout = packs(self.site).in_force(DATASET, _DAY)
        self.book = RuleBook.load(self.site.resource("rules", DATASET))
        self.suite = Suite.load(self.site, self.layout, self.book)
        self.items = self.layout.item_codes
        self.query = self.site.query("records")
        self.batch_rows = min(65_536, 2**23 // len(self.book.columns))
        self.mapper = Mapper(self.book, self.layout, _DAY)
        self.rows = rows
        self.extracted = list(self.some(self.extract()))
        self.count = sum(len(batch) for batch in self.extracted)
        self.mapped = [self.mapper.map(batch) for batch in self.extracted]
        self.hashed: list[pa.RecordBatch] = []
        self.slim = [batch.select([n for n in batch.schema.names if not n.startswith("src_")]) for batch in self.mapped]

    def extract(self) -> Iterator[pa.RecordBatch]:
        """The source's batches, as the road asks for them."""
        with open_source(self.site.source("tax")) as source:
            yield from source.extract(self.query, {"as_of": _DAY}, self.book.columns, self.batch_rows)

    def some(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The first batches, with at least ``rows`` records."""
        done = 0
        for batch in batches:
            yield batch
            done += len(batch)
            if done >= self.rows:
                return


def measure(folder: Path, work: Path, rows: int) -> dict[str, Stage]:
    """Measure the stages on the first ``rows`` records of a site."""
    bench = _Bench(folder, rows)
    stages = {
        "extract": (lambda: _drain(bench.some(bench.extract())), lambda: _raw_extract(bench)),
        "map": (lambda: [bench.mapper.map(batch) for batch in bench.extracted], lambda: _plain_select(bench)),
        "judge": (lambda: _judge(bench, work), lambda: _count_failures(bench)),
        "hash": (lambda: _hash(bench), lambda: _sha256(bench)),
        "size": (lambda: [wire_bytes(batch, bench.items) for batch in bench.slim], lambda: _lengths(bench)),
        "xml": (lambda: [render(batch, Operation.REGISTER, bench.items) for batch in bench.slim], lambda: _join(bench)),
        "write": (lambda: _write(bench, work), lambda: _plain_write(bench, work)),
    }
    found = {}
    for name, (ours, best) in stages.items():
        wall, cpu = _seconds(ours)
        limit, _ = _seconds(best)
        found[name] = Stage(round(bench.count / wall), round(bench.count / limit), round(cpu / bench.count * 1e6, 2))
    return found


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall and of processor: the better of two runs, the first of which warms up."""
    runs = []
    for _ in range(2):
        wall, cpu = time.monotonic(), time.process_time()
        work()
        runs.append((time.monotonic() - wall, time.process_time() - cpu))
    return min(runs)


def _drain(batches: Iterable[Any]) -> None:
    for _ in batches:
        pass


def _raw_extract(bench: _Bench) -> None:
    """The driver alone: no column is looked at, no row numbered."""
    import adbc_driver_postgresql.dbapi as postgresql  # noqa: PLC0415
    import adbc_driver_sqlite.dbapi as sqlite  # noqa: PLC0415

    settings = bench.site.source("tax")
    address = settings.url if settings.kind == "postgresql" else f"file:{settings.path}?mode=ro"
    driver = postgresql if settings.kind == "postgresql" else sqlite
    with driver.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute(f"{bench.query} LIMIT {bench.count:d}")
        _drain(cursor.fetch_record_batch())


def _duckdb() -> Any:
    from fukuhon.files import connect  # noqa: PLC0415

    return connect(threads=2)


def _plain_select(bench: _Bench) -> None:
    """DuckDB writing the same columns out as text, without a rule."""
    columns = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in bench.extracted[0].schema.names)
    with _duckdb() as connection:
        for batch in bench.extracted:
            connection.register("batch", pa.table(batch))
            connection.sql(f"SELECT {columns} FROM batch").to_arrow_table()  # noqa: S608


def _judge(bench: _Bench, work: Path) -> None:
    register = addressee_register(bench.site, _DAY)
    judge(iter(bench.mapped), bench.suite, register, as_of=_DAY, work=work)


def _count_failures(bench: _Bench) -> None:
    """DuckDB evaluating the layout's conditions and counting, with no mask kept and no verdict."""
    conditions = [
        r.failure for r in bench.suite.rules if r.failure and r.origin == "layout" and "jisx" not in r.failure
    ]
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in conditions)
    with _duckdb() as connection:
        for batch in bench.mapped:
            connection.register("chunk", pa.table(batch))
            connection.sql(f"SELECT {counts} FROM chunk").fetchall()  # noqa: S608


def _hash(bench: _Bench) -> None:
    with Fingerprints(_KEY, "992011", SPI, DATASET) as fingerprints:
        bench.hashed = [piece for batch in bench.slim for piece in fingerprints.add(batch, bench.items).to_batches()]


def _sha256(bench: _Bench) -> None:
    """Two SHA-256 a record over joined values, by OpenSSL: the digest alone would be most of it."""
    for batch in bench.slim:
        columns = [batch.column(name) for name in bench.items]
        joined = pc.binary_join_element_wise(*columns, "", null_handling="replace").to_pylist()
        for text, key in zip(joined, batch.column("addressee").to_pylist(), strict=True):
            hashlib.sha256(text.encode())
            hashlib.sha256(key.encode())


def _lengths(bench: _Bench) -> None:
    for batch in bench.slim:
        sum(np.asarray(pc.fill_null(pc.binary_length(batch.column(name)), 0)) for name in bench.items)


def _join(bench: _Bench) -> None:
    """One join of all values by Arrow, with nothing looked at and no missing value."""
    for batch in bench.slim:
        pieces: list[Any] = []
        for name in bench.items:
            pieces += [pa.scalar(f"</{name}><{name}>"), batch.column(name)]
        pc.binary_join_element_wise(*pieces, "", null_handling="replace")


def _write(bench: _Bench, work: Path) -> None:
    """Split, rendering, sidecars, manifests, digest and fsync."""
    header = Header("992011", SPI, DATASET, bench.layout.version, Operation.REGISTER)
    hashes = pa.chunked_array([batch.column("identity_hash") for batch in bench.hashed])
    split = plan_split(hashes, pa.array(np.full(len(hashes), 600)), Caps(200_000, 500_000_000))
    write_set(FileSet(work, "bench", header, datetime.fromisoformat(AS_OF), "1"), split, bench.hashed, bench.items)


def _plain_write(bench: _Bench, work: Path) -> None:
    """The same bytes, digested and fsynced, in one file."""
    digest = hashlib.sha256()
    with (work / "plain").open("wb") as file:
        for batch in bench.slim:
            text = render(batch, Operation.REGISTER, bench.items).buffers()[2]
            digest.update(text)
            file.write(text)
        file.flush()
        os.fsync(file.fileno())
