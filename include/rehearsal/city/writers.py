"""Write the existing systems: databases with a change log here, files in :mod:`rehearsal.city.files`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import adbc_driver_postgresql.dbapi as postgresql
import adbc_driver_sqlite.dbapi as sqlite
import sqlalchemy as sa

from rehearsal.city.files import write_csv, write_fixed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from rehearsal.city.city import City

__all__ = ["write_mariadb", "write_postgresql", "write_sources", "write_sqlite"]


def write_sources(city: City, folder: Path) -> None:
    """Write every existing system of the city into ``data`` of the site in ``folder``."""
    for source, subjects in city.sources.items():
        kind = subjects[0].kind
        if kind == "csv":
            write_csv(city, source, folder)
        elif kind == "fixed":
            write_fixed(city, source, folder)
        else:
            write_sqlite(city, folder / "data" / f"{source}.sqlite", source)


def write_sqlite(city: City, path: Path, source: str = "tax") -> None:
    """Write a system into a new SQLite file (0600); one that is there already is replaced once the new one is whole."""
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    _write(city, source, lambda: sqlite.connect(str(beside)), "sqlite")
    with beside.open("rb") as written:
        os.fsync(written.fileno())
    beside.replace(path)


def write_postgresql(city: City, url: str, source: str = "tax") -> None:
    """Write a system into the PostgreSQL database at ``url``; tables of those names there are replaced."""
    _write(city, source, lambda: postgresql.connect(url), "postgresql")


def write_mariadb(city: City, url: str, source: str = "jumin") -> None:
    """Write a system into the MariaDB database at ``url`` (SQLAlchemy's form); tables there are replaced."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for table in city.tables(source):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table.name}")
            connection.exec_driver_sql(table.ddl("mariadb"))
            places = ", ".join(["%s"] * len(table.stored))
            for batch in city.stream(table.name):
                rows = list(zip(*(column.to_pylist() for column in batch.columns), strict=True))
                connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({places})", rows)  # noqa: S608 - own names


def _write(city: City, source: str, connect: Callable[[], Any], engine: str) -> None:
    with connect() as connection, connection.cursor() as cursor:
        for table in city.tables(source):
            cursor.execute(f"DROP TABLE IF EXISTS {table.name}")
            cursor.execute(table.ddl(engine))
            cursor.adbc_ingest(table.name, city.stream(table.name), mode="append")
        connection.commit()
