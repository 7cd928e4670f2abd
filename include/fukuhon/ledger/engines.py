"""Engines that write one transaction after another, on SQLite and on PostgreSQL alike.

Writers are serialized from their first statement on (BEGIN IMMEDIATE; an advisory lock on PostgreSQL): a claim, the
audit chain and "order unique by window" then need no cleverness of their own. Transactions are short, and there are
few.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from fukuhon.errors import ConfigurationError

__all__ = ["READ_ONLY", "engine_for"]

READ_ONLY: Final = "fukuhon_read_only"
_BUSY_MS = 30_000
_LOCK_KEY = 0x66756B75  # "fuku"


def engine_for(url: str) -> sa.Engine:
    """The engine behind ``url`` (``sqlite:///FILE``, ``postgresql://…``, or a bare path).

    Raises ConfigurationError (LEDGER-003) for others.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    return _postgresql(parsed)


def _parsed(url: str) -> sa.URL:
    if "://" not in url:
        return sa.URL.create("sqlite", database=url)
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise ConfigurationError("LEDGER-003", scheme="?") from None
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ConfigurationError("LEDGER-003", scheme=parsed.drivername)
    return parsed


def _sqlite(url: sa.URL) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise ConfigurationError("LEDGER-003", scheme="sqlite :memory:")
    _private_file(Path(url.database))
    engine = sa.create_engine(url)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        # FULL: what is committed is on the disk before a byte goes on the wire.
        for pragma in (f"busy_timeout={_BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        reading = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _private_file(path: Path) -> None:
    """Make the database file readable by its owner only; SQLite gives its side files the same mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _postgresql(url: sa.URL) -> sa.Engine:
    # The address may have options of its own (a search_path): ours stand beside them, not in their place.
    given = url.query.get("options", "")
    options = [*([given] if isinstance(given, str) else given), f"-c lock_timeout={_BUSY_MS}"]
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg").difference_update_query(["options"]),
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "options": " ".join(options).strip()},
    )

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        if connection.get_execution_options().get(READ_ONLY, False):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        else:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})")

    return engine
