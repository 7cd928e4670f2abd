"""The ledger's tables and how an older ledger is brought up to date.

Counts, codes, hashes, paths and instants: no table has a place for a value of a personal record, and none has a row per
record.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from fukuhon.errors import ConfigurationError
from fukuhon.ledger.columns import Instant, State

__all__ = [
    "VERSION",
    "approvals",
    "attempts",
    "audit",
    "control",
    "files",
    "lease",
    "looks",
    "metadata",
    "meters",
    "migrate",
    "orders",
    "reconciliations",
    "results",
    "runs",
    "tallies",
    "variations",
]

VERSION = 1

metadata = sa.MetaData()

_version = sa.Table("schema_version", metadata, sa.Column("version", sa.Integer, nullable=False))


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)


def _code(name: str, length: int = 64, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=null)


def _number(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=null, server_default=default)


def _instant(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Instant, nullable=null)


def _text(name: str, *, null: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=null)


audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    _instant("at"),
    _code("actor", 128),
    _code("event"),
    _code("subject", 200),
    _text("detail", null=False),
    _code("previous"),
    _code("hash"),
)

runs = sa.Table(
    "runs",
    metadata,
    _id(),
    _code("site"),
    _code("kind", 16),
    sa.Column("day", sa.Date, nullable=False),
    _code("spi", 16),  # "" for a run over several
    _instant("as_of"),
    _code("state", 8),
    _instant("opened_at"),
    _instant("ended_at", null=True),
    sa.UniqueConstraint("site", "kind", "day", "spi", "as_of"),
)

tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("dataset", sa.String(16), primary_key=True),
    sa.Column("variation", sa.String(64), primary_key=True),
    *(
        _number(name, default="0")
        for name in [
            "read",
            "out_of_scope",
            "in_scope",
            "unchanged",
            "to_register",
            "quarantined",
            "withheld",
            "to_delete",
            "superseded",
            "expired",
            "state_before",
            "state_after",
            "registered",
        ]
    ),
)

files = sa.Table(
    "files",
    metadata,
    _id(),
    sa.Column("run_id", sa.ForeignKey("runs.id"), nullable=False),
    _code("spi", 16),
    _code("dataset", 16),
    _code("kind", 16),
    _code("operation", 8),
    sa.Column("name", sa.String(200), nullable=False, unique=True),
    _text("path", null=False),
    _text("sidecar", null=False),
    _code("sha256"),
    _number("bytes"),
    _number("records"),
    _instant("as_of"),
    _code("layout", 32),
    sa.Column("channel", sa.Integer, nullable=False),
    _code("key_low_hash", null=True),
    _code("key_high_hash", null=True),
    sa.Column("state", State, nullable=False, index=True),
    _instant("prepared_at"),
    _instant("changed_at"),
    # the plan
    _code("window_id", 128, null=True),
    _instant("window_start", null=True),
    sa.Column("position", sa.Integer),
    # the wire
    sa.Column("fence", sa.Integer),
    _code("receipt", 32, null=True),
    _instant("received_at", null=True),
    _code("requester", null=True),
    # the server's processing
    _instant("waiting_since", null=True),
    sa.Column("slips", sa.Integer, nullable=False, server_default="0"),
    sa.Column("slipped_to", sa.Date),
    _instant("completed_at", null=True),
    _number("processed", null=True),
    _number("errors", null=True),
    _text("detail_path"),
    sa.Column("replaced", sa.Boolean, nullable=False, server_default=sa.false()),
    _text("reason"),
)

variations = sa.Table(
    "file_variations",
    metadata,
    sa.Column("file_id", sa.ForeignKey("files.id"), primary_key=True),
    sa.Column("variation", sa.String(64), primary_key=True),
    _number("records"),
    *(_number(name, default="0") for name in ("processed", "ok", "errors", "new", "overwritten", "deleted")),
)

orders = sa.Table(
    "orders",
    metadata,
    _id(),
    sa.Column("window_id", sa.String(128), nullable=False, unique=True),
    _instant("start"),
    sa.Column("end", Instant, nullable=False),
    _code("kind", 16),
    sa.Column("channel", sa.Integer),  # null: every channel
    _code("state", 8),
    _code("requested_by", 128),
    _instant("requested_at"),
    sa.Column("idle", sa.Boolean, nullable=False, server_default=sa.false()),
    _code("outcome", 16, null=True),
    _instant("ended_at", null=True),
    _text("reason"),
)

control = sa.Table(
    "control",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    _instant("stopped_at", null=True),
    _code("stopped_by", 128, null=True),
)

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("fence", sa.Integer, nullable=False),
    _code("host", 255, null=True),
    _code("boot_id", null=True),
    sa.Column("pid", sa.Integer),
    sa.Column("start_time", sa.BigInteger),
    _instant("acquired_at", null=True),
)

attempts = sa.Table(
    "attempts",
    metadata,
    _id(),
    sa.Column("key", sa.String(64), nullable=False, unique=True),
    sa.Column("file_id", sa.ForeignKey("files.id"), nullable=False),
    sa.Column("order_id", sa.ForeignKey("orders.id"), nullable=True),
    _code("window_id", 128, null=True),
    sa.Column("fence", sa.Integer, nullable=False),
    _code("kind", 16),
    sa.Column("channel", sa.Integer, nullable=False),
    _code("requester"),
    _number("bytes"),
    _number("records"),
    _instant("started"),
    _instant("ended", null=True),
    _number("bytes_on_wire", null=True),
    sa.Column("seconds", sa.Float),
    _code("outcome", 16, null=True),
    _code("receipt", 32, null=True),
    _instant("received_at", null=True),
    _code("fault", null=True),
    _code("settled", 16, null=True),
)

looks = sa.Table(
    "looks",
    metadata,
    _id(),
    _instant("at"),
    _code("actor", 128),
    _code("call", 32),
    _code("argument", 200),
)

results = sa.Table(
    "results",
    metadata,
    _id(),
    sa.Column("look_id", sa.ForeignKey("looks.id"), nullable=False),
    sa.Column("receipt", sa.String(32), nullable=False, index=True),
    _instant("received_at", null=True),
    _code("requester", null=True),
    _code("status", 16),
    _number("processed"),
    _number("errors"),
    _instant("completed", null=True),
    sa.Column("slipped_to", sa.Date),
    _text("detail_path"),
)

approvals = sa.Table(
    "approvals",
    metadata,
    _id(),
    _code("kind", 32),
    _code("subject", 200),
    _code("sha256"),
    _code("state", 8),
    _code("asked_by", 128),
    _instant("asked_at"),
    _code("decided_by", 128, null=True),
    _instant("decided_at", null=True),
    _instant("valid_until"),
    sa.Column("budget", sa.Integer, nullable=False),
    sa.Column("used", sa.Integer, nullable=False, server_default="0"),
    _text("reason"),
)

reconciliations = sa.Table(
    "reconciliations",
    metadata,
    _id(),
    _code("plan_sha256"),
    _code("spi", 16),
    _code("dataset", 16),
    _code("key_hash"),
    _instant("minute"),
    _code("state", 12),
    _code("number", 32, null=True),
    _code("asked_by", 128, null=True),
    _code("released_by", 128, null=True),
    _instant("asked_at", null=True),
    _instant("ended_at", null=True),
    _number("expected", null=True),
    _number("records", null=True),
    _number("mismatches", null=True),
    _text("path"),
    _text("detail"),
)

meters = sa.Table(
    "meters",
    metadata,
    _id(),
    _instant("at"),
    _code("kind", 16),
    sa.Column("channel", sa.Integer, nullable=False),
    _number("bytes"),
    sa.Column("seconds", sa.Float, nullable=False),
)


def migrate(connection: sa.Connection) -> None:
    """Bring the ledger to ``VERSION`` inside the caller's transaction.

    Raises ConfigurationError (LEDGER-002) for a newer one.
    """
    _version.create(connection, checkfirst=True)
    found = connection.scalar(sa.select(_version.c.version))
    if found is not None and found > VERSION:
        raise ConfigurationError("LEDGER-002", found=found, known=VERSION)
    if found is None:
        metadata.create_all(connection)
        _seal_audit(connection)
        connection.execute(sa.insert(_version).values(version=VERSION))
        connection.execute(sa.insert(lease).values(id=1, fence=0))
        connection.execute(sa.insert(control).values(id=1))


def _seal_audit(connection: sa.Connection) -> None:
    """Let the database itself refuse that a line of the audit trail is changed or taken out."""
    if connection.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
            )
        return
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION audit_sealed() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$",
    )
    connection.exec_driver_sql(
        "CREATE TRIGGER audit_sealed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_sealed()",
    )
