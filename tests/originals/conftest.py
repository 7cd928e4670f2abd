"""Small sources of the tests' own."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from fukuhon.originals import Source, open_source
from fukuhon.site import SourceSettings

POSTGRESQL = os.environ.get("FUKUHON_TEST_POSTGRESQL", "postgresql://{user}@127.0.0.1:5432/postgres")
MYSQL = os.environ.get("FUKUHON_TEST_MYSQL", "mysql://root@127.0.0.1:3306")

Make = Callable[..., Source]


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Make]:
    """Make an SQLite source from statements."""
    opened: list[Source] = []

    def make(*statements: str) -> Source:
        path = tmp_path / "tax 税.db"
        database = sqlite3.connect(path)
        database.executescript(";".join(statements))
        database.close()
        settings = SourceSettings(id="tax", name="税務", kind="sqlite", path=path, history="none")
        opened.append(open_source(settings))
        return opened[-1]

    yield make
    for source in opened:
        source.close()


def service_or_skip(url: str, what: str) -> sa.Engine:
    """An engine of a service on this machine; without it the test is skipped, or fails where services are demanded."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return engine
    except sa.exc.OperationalError:
        if os.environ.get("FUKUHON_REQUIRE_SERVICES") == "1":
            pytest.fail(f"{what} is demanded and does not answer")
        pytest.skip(f"{what} does not answer")


@pytest.fixture
def postgresql() -> Iterator[Make]:
    """Make a PostgreSQL source from statements, in a schema of its own."""
    user = os.environ.get("PGUSER", "root")
    url = POSTGRESQL.format(user=user)
    engine = service_or_skip(url.replace("postgresql://", "postgresql+psycopg://"), "PostgreSQL")
    schema = f"fukuhon_{uuid.uuid4().hex[:12]}"
    opened: list[Source] = []

    def make(*statements: str) -> Source:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SET search_path TO {schema}")
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%"), {"none": 0})
        address = f"{url}?options=-csearch_path%3D{schema}"
        opened.append(
            open_source(SourceSettings(id="tax", name="税務", kind="postgresql", url=address, history="none"))
        )
        return opened[-1]

    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    yield make
    for source in opened:
        source.close()
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def mysql() -> Iterator[Make]:
    """Make a MariaDB source from statements, in a database of its own."""
    engine = service_or_skip(MYSQL.replace("mysql://", "mysql+pymysql://"), "MariaDB")
    name = f"fukuhon_{uuid.uuid4().hex[:12]}"
    opened: list[Source] = []

    def make(*statements: str) -> Source:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"USE {name}")
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%"), {"none": 0})
        settings = SourceSettings(id="tax", name="税務", kind="mysql", url=f"{MYSQL}/{name}", history="none")
        opened.append(open_source(settings))
        return opened[-1]

    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    yield make
    for source in opened:
        source.close()
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name}")
