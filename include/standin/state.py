"""State in SQLite: one database for the server (its clock, the bodies' set-ups), and one for each body (seed 5.1.1)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from standin.clock import iso, parse_instant

__all__ = ["BodyStore", "ServerStore"]

_SERVER = """
CREATE TABLE IF NOT EXISTS clock (one INTEGER PRIMARY KEY CHECK (one = 1), now TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS bodies (code TEXT PRIMARY KEY, setup TEXT NOT NULL);
"""

# Instants are microseconds since 1970, days are ISO text, codes and numbers are text.
_BODY = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS numbers (prefix TEXT, day TEXT, last INTEGER, PRIMARY KEY (prefix, day));
CREATE TABLE IF NOT EXISTS uploads (
  id INTEGER PRIMARY KEY, started INTEGER NOT NULL, ended INTEGER, bytes INTEGER NOT NULL DEFAULT 0, expected INTEGER,
  outcome TEXT, fault TEXT, receipt TEXT, channel INTEGER NOT NULL, kind TEXT, sha256 TEXT, user TEXT,
  allotment INTEGER);
CREATE TABLE IF NOT EXISTS files (
  seq INTEGER PRIMARY KEY, receipt TEXT NOT NULL UNIQUE, received INTEGER NOT NULL, user TEXT NOT NULL,
  channel INTEGER NOT NULL, kind TEXT NOT NULL, spi TEXT NOT NULL, dataset TEXT NOT NULL, layout TEXT NOT NULL,
  operation TEXT NOT NULL, records INTEGER NOT NULL, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, path TEXT NOT NULL,
  day TEXT NOT NULL, state TEXT NOT NULL, night TEXT, starts INTEGER, ends INTEGER, slipped_to TEXT,
  status TEXT NOT NULL DEFAULT '処理待ち', processed INTEGER NOT NULL DEFAULT 0, errors INTEGER NOT NULL DEFAULT 0,
  completed INTEGER, added INTEGER NOT NULL DEFAULT 0, overwritten INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS files_state ON files (state, seq);
CREATE TABLE IF NOT EXISTS file_errors (
  receipt TEXT, position INTEGER, code TEXT, message TEXT, PRIMARY KEY (receipt, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keys (
  key TEXT PRIMARY KEY, receipt TEXT NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS records (
  id INTEGER PRIMARY KEY, addressee TEXT NOT NULL, spi TEXT NOT NULL, dataset TEXT NOT NULL, key TEXT NOT NULL,
  version TEXT NOT NULL, layout TEXT NOT NULL, published_from TEXT, published_to TEXT, registered INTEGER NOT NULL,
  receipt TEXT NOT NULL, kind TEXT NOT NULL, items TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS records_identity ON records (addressee, dataset, key, version);
CREATE INDEX IF NOT EXISTS records_minute ON records (dataset, registered);
CREATE INDEX IF NOT EXISTS records_expiry ON records (published_to) WHERE published_to IS NOT NULL;
CREATE TABLE IF NOT EXISTS expiries (day TEXT, dataset TEXT, records INTEGER, PRIMARY KEY (day, dataset));
CREATE TABLE IF NOT EXISTS collations (
  number TEXT PRIMARY KEY, at INTEGER NOT NULL, state TEXT NOT NULL, requester TEXT NOT NULL, spi TEXT NOT NULL,
  dataset TEXT, key TEXT, version TEXT, first INTEGER, last INTEGER, registered INTEGER NOT NULL,
  ordered_by TEXT, released_by TEXT, content BLOB);
CREATE TABLE IF NOT EXISTS looks (
  at INTEGER NOT NULL, day TEXT NOT NULL, what TEXT NOT NULL, user TEXT, query TEXT, receipt TEXT);
CREATE INDEX IF NOT EXISTS looks_day ON looks (day, what);
CREATE TABLE IF NOT EXISTS violations (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL);
"""


def _open(path: Path, schema: str) -> sqlite3.Connection:
    """Open a database that a kill leaves whole: WAL, and only explicit transactions."""
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -65536")
    connection.executescript(schema)
    return connection


class _Store:
    def __init__(self, path: Path, schema: str) -> None:
        self.connection = _open(path, schema)

    def close(self) -> None:
        """Close the database."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; within another transaction it is part of that one."""
        if self.connection.in_transaction:
            yield self.connection
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row, or None."""
        row: sqlite3.Row | None = self.connection.execute(sql, values).fetchone()
        return row

    def all(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Return every row."""
        return self.connection.execute(sql, values).fetchall()

    def value(self, sql: str, *values: Any) -> Any:
        """Return the first column of the first row, or None."""
        row = self.one(sql, *values)
        return None if row is None else row[0]

    def run(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """Run a statement, in the transaction there is or by itself."""
        return self.connection.execute(sql, values)


class ServerStore(_Store):
    """The server's own state."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _SERVER)

    def now(self) -> datetime | None:
        """Return the clock as it was left, None in a new folder."""
        text = self.value("SELECT now FROM clock")
        return None if text is None else parse_instant(text)

    def keep_now(self, now: datetime) -> None:
        """Keep the clock."""
        self.run("INSERT INTO clock VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET now = excluded.now", iso(now))

    def setups(self) -> dict[str, dict[str, Any]]:
        """Return every body's set-up."""
        return {row["code"]: json.loads(row["setup"]) for row in self.all("SELECT * FROM bodies ORDER BY code")}

    def keep_setup(self, code: str, setup: dict[str, Any]) -> None:
        """Keep a body's set-up."""
        text = json.dumps(setup, ensure_ascii=False)
        self.run("INSERT INTO bodies VALUES (?, ?) ON CONFLICT (code) DO UPDATE SET setup = excluded.setup", code, text)


class BodyStore(_Store):
    """One body's state."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _BODY)

    def fact(self, name: str) -> str | None:
        """Return a single fact of the body."""
        value: str | None = self.value("SELECT value FROM facts WHERE name = ?", name)
        return value

    def keep_fact(self, name: str, value: str | None) -> None:
        """Keep a single fact of the body."""
        self.run("INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value)

    def next_number(self, prefix: str, day: str) -> int:
        """Return the next running number of a day."""
        sql = "INSERT INTO numbers VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last"
        number: int = self.run(sql, prefix, day).fetchall()[0][0]
        return number
