"""The ledger's tables.

Counts, codes, hashes, paths and instants: no table has a place for a value of a personal record, and none has a row per
record.
"""

from __future__ import annotations

import sqlalchemy as sa

from fukuhon.ledger import columns
from fukuhon.ledger.columns import Instant, State

__all__ = [
    "approvals",
    "attempts",
    "audit",
    "cap_plans",
    "control",
    "files",
    "lease",
    "looks",
    "metadata",
    "meters",
    "orders",
    "quarantines",
    "reconciliations",
    "results",
    "runs",
    "tallies",
    "variations",
    "version",
]

metadata = sa.MetaData()

version = sa.Table("schema_version", metadata, sa.Column("version", sa.Integer, nullable=False))


audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    columns.instant("at"),
    columns.code("actor", 128),
    columns.code("event"),
    columns.code("subject", 200),
    columns.text("detail", null=False),
    columns.code("previous"),
    columns.code("hash"),
)

runs = sa.Table(
    "runs",
    metadata,
    columns.row_id(),
    columns.code("site"),
    columns.code("kind", 16),
    sa.Column("day", sa.Date, nullable=False),
    columns.code("spi", 16),  # "" for a run over several
    columns.instant("as_of"),
    columns.code("state", 8),
    columns.instant("opened_at"),
    columns.instant("ended_at", null=True),
    sa.UniqueConstraint("site", "kind", "day", "spi", "as_of"),
)

tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("dataset", sa.String(16), primary_key=True),
    sa.Column("variation", sa.String(64), primary_key=True),
    *(
        columns.number(name, default="0")
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

quarantines = sa.Table(
    "quarantines",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("dataset", sa.String(16), primary_key=True),
    sa.Column("came_from", sa.String(12), primary_key=True),
    sa.Column("state", sa.String(12), primary_key=True),
    columns.number("records"),
    sa.Column("oldest", sa.Date),
)

files = sa.Table(
    "files",
    metadata,
    columns.row_id(),
    sa.Column("run_id", sa.ForeignKey("runs.id"), nullable=False),
    columns.code("spi", 16),
    columns.code("dataset", 16),
    columns.code("kind", 16),
    columns.code("operation", 8),
    sa.Column("name", sa.String(200), nullable=False, unique=True),
    columns.text("path", null=False),
    columns.text("sidecar", null=False),
    columns.code("sha256"),
    columns.number("bytes"),
    columns.number("records"),
    columns.instant("as_of"),
    columns.code("layout", 32),
    sa.Column("channel", sa.Integer, nullable=False),
    columns.code("key_low_hash", null=True),
    columns.code("key_high_hash", null=True),
    sa.Column("state", State, nullable=False, index=True),
    columns.instant("prepared_at"),
    columns.instant("changed_at"),
    # the plan
    columns.code("window_id", 128, null=True),
    columns.instant("window_start", null=True),
    sa.Column("position", sa.Integer),
    # the wire
    sa.Column("fence", sa.Integer),
    columns.code("receipt", 32, null=True),
    columns.instant("received_at", null=True),
    columns.code("requester", null=True),
    # the server's processing
    columns.instant("waiting_since", null=True),
    sa.Column("slips", sa.Integer, nullable=False, server_default="0"),
    sa.Column("slipped_to", sa.Date),
    columns.instant("completed_at", null=True),
    columns.number("processed", null=True),
    columns.number("errors", null=True),
    columns.text("detail_path"),
    sa.Column("replaced", sa.Boolean, nullable=False, server_default=sa.false()),
    columns.text("reason"),
)

variations = sa.Table(
    "file_variations",
    metadata,
    sa.Column("file_id", sa.ForeignKey("files.id"), primary_key=True),
    sa.Column("variation", sa.String(64), primary_key=True),
    columns.number("records"),
    *(columns.number(name, default="0") for name in ("processed", "ok", "errors", "new", "overwritten", "deleted")),
)

orders = sa.Table(
    "orders",
    metadata,
    columns.row_id(),
    sa.Column("window_id", sa.String(128), nullable=False, unique=True),
    columns.instant("start"),
    sa.Column("end", Instant, nullable=False),
    columns.code("kind", 16),
    sa.Column("channel", sa.Integer),  # null: every channel
    columns.code("state", 8),
    columns.code("requested_by", 128),
    columns.instant("requested_at"),
    sa.Column("idle", sa.Boolean, nullable=False, server_default=sa.false()),
    columns.code("outcome", 16, null=True),
    columns.instant("ended_at", null=True),
    columns.text("reason"),
)

control = sa.Table(
    "control",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    columns.instant("stopped_at", null=True),
    columns.code("stopped_by", 128, null=True),
)

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("fence", sa.Integer, nullable=False),
    columns.code("host", 255, null=True),
    columns.code("boot_id", null=True),
    sa.Column("pid", sa.Integer),
    sa.Column("start_time", sa.BigInteger),
    columns.instant("acquired_at", null=True),
)

attempts = sa.Table(
    "attempts",
    metadata,
    columns.row_id(),
    sa.Column("key", sa.String(64), nullable=False, unique=True),
    sa.Column("file_id", sa.ForeignKey("files.id"), nullable=False),
    sa.Column("order_id", sa.ForeignKey("orders.id"), nullable=True),
    columns.code("window_id", 128, null=True),
    sa.Column("fence", sa.Integer, nullable=False),
    columns.code("kind", 16),
    sa.Column("channel", sa.Integer, nullable=False),
    columns.code("requester"),
    columns.number("bytes"),
    columns.number("records"),
    columns.instant("started"),
    columns.instant("ended", null=True),
    columns.number("bytes_on_wire", null=True),
    sa.Column("seconds", sa.Float),
    columns.code("outcome", 16, null=True),
    columns.code("receipt", 32, null=True),
    columns.instant("received_at", null=True),
    columns.code("fault", null=True),
    columns.code("settled", 16, null=True),
)

looks = sa.Table(
    "looks",
    metadata,
    columns.row_id(),
    columns.instant("at"),
    columns.code("actor", 128),
    columns.code("call", 32),
    columns.code("argument", 200),
)

results = sa.Table(
    "results",
    metadata,
    columns.row_id(),
    sa.Column("look_id", sa.ForeignKey("looks.id"), nullable=False),
    sa.Column("receipt", sa.String(32), nullable=False, index=True),
    columns.instant("received_at", null=True),
    columns.code("requester", null=True),
    columns.code("status", 16),
    columns.number("processed"),
    columns.number("errors"),
    columns.instant("completed", null=True),
    sa.Column("slipped_to", sa.Date),
    columns.text("detail_path"),
)

approvals = sa.Table(
    "approvals",
    metadata,
    columns.row_id(),
    columns.code("kind", 32),
    columns.code("subject", 200),
    columns.code("sha256"),
    columns.code("state", 8),
    columns.code("asked_by", 128),
    columns.instant("asked_at"),
    columns.code("decided_by", 128, null=True),
    columns.instant("decided_at", null=True),
    columns.instant("valid_until"),
    sa.Column("budget", sa.Integer, nullable=False),
    sa.Column("used", sa.Integer, nullable=False, server_default="0"),
    columns.text("reason"),
)

cap_plans = sa.Table(
    "cap_plans",
    metadata,
    columns.row_id(),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    columns.code("notice", 100),
    columns.code("days", 400),  # ISO days, comma between them
    columns.number("records"),
)

reconciliations = sa.Table(
    "reconciliations",
    metadata,
    columns.row_id(),
    columns.code("plan_sha256"),
    columns.code("spi", 16),
    columns.code("dataset", 16),
    columns.code("key_hash"),
    columns.instant("minute"),
    columns.code("state", 12),
    columns.code("number", 32, null=True),
    columns.code("asked_by", 128, null=True),
    columns.code("released_by", 128, null=True),
    columns.instant("asked_at", null=True),
    columns.instant("ended_at", null=True),
    columns.number("expected", null=True),
    columns.number("records", null=True),
    columns.number("mismatches", null=True),
    columns.text("path"),
    columns.text("detail"),
)

meters = sa.Table(
    "meters",
    metadata,
    columns.row_id(),
    columns.instant("at"),
    columns.code("kind", 16),
    sa.Column("channel", sa.Integer, nullable=False),
    columns.number("bytes"),
    sa.Column("seconds", sa.Float, nullable=False),
)
