"""Where the records lie: PostgreSQL on this machine where it listens, else a SQLite file. Gone when the bench ends."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import adbc_driver_manager as manager
import adbc_driver_postgresql.dbapi as postgresql
import adbc_driver_sqlite.dbapi as sqlite
import pyarrow as pa

from rehearsal.bench.rows import records, register

if TYPE_CHECKING:
    from rehearsal.bench.shape import Shape

__all__ = ["Store", "filled"]


@dataclass(frozen=True, slots=True)
class Store:
    """A filled database: what a site says of it, its table, and an address for SQLAlchemy."""

    source: dict[str, str]
    table: str
    engine_url: str


@contextmanager
def filled(folder: Path, shape: Shape, count: int) -> Iterator[Store]:
    """Fill a database with ``count`` records of the shape; what was made is removed when the block ends."""
    url = os.environ.get("FUKUHON_BENCH_POSTGRESQL", f"postgresql://{getpass.getuser()}@127.0.0.1:5432/postgres")
    store = _postgresql(url, shape) or _sqlite(folder, shape)
    with _connection(store) as connection:
        _fill(connection, store, shape, count)
    try:
        yield store
    finally:
        with _connection(store) as connection:
            _drop(connection, store)


def _postgresql(url: str, shape: Shape) -> Store | None:
    store = Store(
        {"kind": "postgresql", "url": url},
        f"fukuhon_{shape.name}_{os.getpid()}",
        url.replace("postgresql://", "postgresql+psycopg://"),
    )
    try:
        with _connection(store):
            return store
    except manager.Error:
        return None


def _sqlite(folder: Path, shape: Shape) -> Store:
    path = folder / "tax.sqlite"
    return Store({"kind": "sqlite", "path": str(path)}, shape.name, f"sqlite:///{path}")


@contextmanager
def _connection(store: Store) -> Iterator[Any]:
    address = store.source.get("url") or f"file:{store.source['path']}"
    connect = postgresql.connect if "url" in store.source else sqlite.connect
    with connect(address) as connection:
        yield connection


def _fill(connection: Any, store: Store, shape: Shape, count: int) -> None:
    for name, batches in (
        (store.table, records(shape, count)),
        (f"{store.table}_register", iter(register(count).to_batches())),
    ):
        with connection.cursor() as cursor:
            for number, batch in enumerate(batches):
                cursor.adbc_ingest(name, pa.table(batch), mode="append" if number else "create")
    connection.commit()
    if "url" in store.source:
        with connection.cursor() as cursor:
            for name in (store.table, f"{store.table}_register"):
                cursor.execute(f"ANALYZE {name}")
        connection.commit()


def _drop(connection: Any, store: Store) -> None:
    with connection.cursor() as cursor:
        for name in (store.table, f"{store.table}_register"):
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
    connection.commit()
