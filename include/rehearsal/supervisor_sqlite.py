"""How Airflow opens its SQLite database in the demo, where several processes write at once on a busy machine.

SQLite refuses a writer at once, whatever its timeout, when its transaction began by reading and another has come first.
Airflow's ``backfill create`` begins so: a savepoint, a look at the run, then its change. Beside a scheduler that never
rests it is refused nearly each time. Here a savepoint that opens a transaction asks for the write lock first, and
waits. Nor does a writer wait for the disk: what a killed program has written stays, only a power failure may take it.

Airflow imports this by name (``DATABASE__SQL_ALCHEMY_CONNECT_ARGS``) in each of its processes, so it imports little.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Self

__all__ = ["CONNECT_ARGS", "CONNECT_ARGS_ASYNC", "CONNECT_ARGS_SERVER", "PatientConnection"]

_TIMEOUT_S = 60
# The api-server notes what a person does in the thread that serves all requests. Where another request of its own has
# the write lock, neither goes on until one gives up; whoever asked is told to ask again.
_SERVER_TIMEOUT_S = 8


class _Cursor(sqlite3.Cursor):
    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        if sql.startswith("SAVEPOINT") and not self.connection.in_transaction:
            super().execute("BEGIN IMMEDIATE")
        return super().execute(sql, parameters)


class PatientConnection(sqlite3.Connection):
    """A connection that does not wait for the disk; its transactions that begin by a savepoint are writers at once."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        super().execute("PRAGMA synchronous = OFF")

    def cursor(self, factory: Any = _Cursor) -> Any:
        """A cursor that looks at what it executes."""
        return super().cursor(factory)


CONNECT_ARGS_ASYNC = {"timeout": _TIMEOUT_S}
CONNECT_ARGS = {**CONNECT_ARGS_ASYNC, "factory": PatientConnection}
CONNECT_ARGS_SERVER = {**CONNECT_ARGS, "timeout": _SERVER_TIMEOUT_S}
