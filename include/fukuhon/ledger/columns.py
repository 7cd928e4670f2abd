"""How the ledger writes an instant and a file's state, the same in SQLite and in PostgreSQL.

An instant is text in Asia/Tokyo with microseconds: Japan's offset never changes, so text order is time order, and a
person reads it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from fukuhon.clock import TOKYO
from fukuhon.ledger.states import FileState

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

__all__ = ["Instant", "State", "code", "instant", "number", "row_id", "text", "written"]


def written(instant: datetime) -> str:
    """The one written form of an aware instant. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone cannot be written down")
    return instant.astimezone(TOKYO).isoformat(timespec="microseconds")


class Instant(sa.TypeDecorator[datetime]):
    """An aware instant, kept as text."""

    impl = sa.String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """To the database."""
        return None if value is None else written(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the same
        """From the database."""
        return None if value is None else datetime.fromisoformat(value).astimezone(TOKYO)


class State(sa.TypeDecorator[FileState]):
    """A file's state, kept as its name."""

    impl = sa.String(24)
    cache_ok = True

    def process_bind_param(self, value: FileState | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the same
        """To the database."""
        return None if value is None else FileState(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> FileState | None:  # noqa: ARG002 - the same
        """From the database."""
        return None if value is None else FileState(value)


def row_id() -> sa.Column[Any]:
    """A number that the database gives."""
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)


def code(name: str, length: int = 64, *, null: bool = False) -> sa.Column[Any]:
    """A short text: a code, a name, a hash."""
    return sa.Column(name, sa.String(length), nullable=null)


def number(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[Any]:
    """A count."""
    return sa.Column(name, sa.BigInteger, nullable=null, server_default=default)


def instant(name: str, *, null: bool = False) -> sa.Column[Any]:
    """An instant."""
    return sa.Column(name, Instant, nullable=null)


def text(name: str, *, null: bool = True) -> sa.Column[Any]:
    """A text of any length."""
    return sa.Column(name, sa.Text, nullable=null)
