"""The ledger, its readers and its transactions.

The only way to write is :meth:`Tx.record`, and it demands an event: a change without a line in the audit trail cannot
be written down. Both happen in one transaction, or neither does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from fukuhon.clock import Clock
from fukuhon.errors import RetriableError
from fukuhon.ledger import chain, schema
from fukuhon.ledger.chain import Event
from fukuhon.ledger.engines import READ_ONLY, engine_for
from fukuhon.ledger.migration import migrate

__all__ = ["Event", "Ledger", "Reader", "Tx"]


T = TypeVar("T")


class Reader:
    """A view of the ledger at one moment."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def rows(self, statement: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """All rows of a selection."""
        return self._connection.execute(statement).all()

    def row(self, statement: sa.Select[Any]) -> sa.Row[Any] | None:
        """The first row of a selection, None where there is none."""
        return self._connection.execute(statement).first()

    def load(self, kind: type[T], statement: sa.Select[Any]) -> list[T]:
        """All rows of a selection, each as a ``kind`` whose fields are named like the columns."""
        return [kind(**row) for row in self._connection.execute(statement).mappings()]

    def load_one(self, kind: type[T], statement: sa.Select[Any]) -> T | None:
        """The first row of a selection as a ``kind``, None where there is none."""
        row = self._connection.execute(statement).mappings().first()
        return None if row is None else kind(**row)

    def scalar(self, statement: sa.Select[Any]) -> Any:
        """The first value of the first row, None where there is none."""
        return self._connection.scalar(statement)

    def stream(self, statement: sa.Select[Any]) -> Iterator[dict[str, Any]]:
        """The rows of a selection by column name, fetched a thousand at a time."""
        for row in self._connection.execute(statement.execution_options(yield_per=1000)).mappings():
            yield dict(row)


class Tx(Reader):
    """One writing transaction of one actor at one instant."""

    def __init__(self, connection: sa.Connection, actor: str, now: datetime) -> None:
        super().__init__(connection)
        self.actor = actor
        self.now = now
        self._tail: chain.Tail | None = None

    @property
    def dialect(self) -> str:
        """The kind of database: ``sqlite`` or ``postgresql``."""
        return self._connection.dialect.name

    def execute(self, change: sa.UpdateBase, rows: Sequence[Mapping[str, Any]] | None = None) -> None:
        """Write without an event: only for :mod:`fukuhon.ledger.copying`, whose rows bring their own trail."""
        self._connection.execute(change, rows)

    def record(self, event: Event, change: sa.UpdateBase, *more: sa.UpdateBase) -> int:
        """Write ``change`` and what belongs to it, with its event.

        Returns the rows that ``change`` touched: 0 writes nothing, and no event.
        """
        touched = self._connection.execute(change).rowcount
        if touched == 0:
            return 0
        for statement in more:
            self._connection.execute(statement)
        self._append(event)
        return touched

    def insert(
        self, table: sa.Table, values: Mapping[str, object], event: str, detail: Mapping[str, object] | None = None
    ) -> int:
        """Insert one row into a table with an ``id``, with its event. Returns the id."""
        done = self._connection.execute(sa.insert(table).values(**values))
        row_id = int((done.inserted_primary_key or (0,))[0])
        self._append(Event(event, f"{table.name}:{row_id}", detail or {}))
        return row_id

    def note(self, event: Event) -> None:
        """Write down an event that changes nothing else."""
        self._append(event)

    def _append(self, event: Event) -> None:
        tail = self._tail or chain.tail(self)
        self._tail, line = chain.next_line(tail, self.now, self.actor, event)
        self._connection.execute(sa.insert(schema.audit).values(**line))


class Ledger:
    """The books of one body. Made by :meth:`open`; safe to share between threads."""

    def __init__(self, engine: sa.Engine, clock: Clock) -> None:
        self._engine = engine
        self.clock = clock

    @classmethod
    def open(cls, url: str, clock: Clock) -> Ledger:
        """Open the ledger at ``url``, creating it or bringing it up to date.

        Raises ConfigurationError (LEDGER-002, -003) and, while the database is away, RetriableError (LEDGER-001).
        """
        ledger = cls(engine_for(url), clock)
        with ledger._away(), ledger._engine.begin() as connection:
            migrate(connection)
        return ledger

    @contextmanager
    def transaction(self, actor: str) -> Iterator[Tx]:
        """One writing transaction.

        The time is asked before the books are locked. Raises RetriableError (LEDGER-001) while they are away.
        """
        now = self.clock.now()
        with self._away(), self._engine.begin() as connection:
            yield Tx(connection, actor, now)

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A consistent view for reading.

        Never waits for a writer. Raises RetriableError (LEDGER-001) while the books are away.
        """
        with (
            self._away(),
            self._engine.connect().execution_options(**{READ_ONLY: True}) as connection,
            connection.begin(),
        ):
            yield Reader(connection)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def _away(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
            raise RetriableError("LEDGER-001", why=type(error.orig).__name__) from error
