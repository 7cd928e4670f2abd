"""How a ledger comes into being, and how an older one is brought up to date."""

from __future__ import annotations

import sqlalchemy as sa

from fukuhon.errors import ConfigurationError
from fukuhon.ledger import schema

__all__ = ["VERSION", "migrate"]

VERSION = 3
"""2: plans above the daily cap. 3: what became of quarantined records."""


def migrate(connection: sa.Connection) -> None:
    """Bring the ledger to ``VERSION`` inside the caller's transaction.

    Raises ConfigurationError (LEDGER-002) for a newer one.
    """
    schema.version.create(connection, checkfirst=True)
    found = connection.scalar(sa.select(schema.version.c.version))
    if found is not None and found > VERSION:
        raise ConfigurationError("LEDGER-002", found=found, known=VERSION)
    if found is not None and found < VERSION:
        schema.metadata.create_all(connection)  # so far a newer ledger only has more tables
        connection.execute(sa.update(schema.version).values(version=VERSION))
    if found is None:
        schema.metadata.create_all(connection)
        _seal_audit(connection)
        connection.execute(sa.insert(schema.version).values(version=VERSION))
        connection.execute(sa.insert(schema.lease).values(id=1, fence=0))
        connection.execute(sa.insert(schema.control).values(id=1))


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
