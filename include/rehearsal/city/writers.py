"""Write the tables of the 税総合システム into a database."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import adbc_driver_postgresql.dbapi as postgresql
import adbc_driver_sqlite.dbapi as sqlite

from rehearsal.city.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from rehearsal.city.city import City

__all__ = ["write_postgresql", "write_sqlite"]


def write_sqlite(city: City, path: Path) -> None:
    """Write the city into a new SQLite file (0600); one that is there already is replaced once the new one is whole."""
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    _write(city, lambda: sqlite.connect(str(beside)), "sqlite")
    with beside.open("rb") as written:
        os.fsync(written.fileno())
    beside.replace(path)


def write_postgresql(city: City, url: str) -> None:
    """Write the city into the PostgreSQL database at ``url``; tables of those names there are replaced."""
    _write(city, lambda: postgresql.connect(url), "postgresql")


def _write(city: City, connect: Callable[[], Any], engine: str) -> None:
    with connect() as connection, connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS {table.name}")
            cursor.execute(table.ddl(engine))
            cursor.adbc_ingest(table.name, city.rows(table.name), mode="append")
        connection.commit()
