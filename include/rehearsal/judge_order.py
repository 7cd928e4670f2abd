"""Whether old content ever overwrote newer: the stand-in cannot know, the sidecars do (DESIGN §3.5)."""

from __future__ import annotations

import duckdb

from fukuhon.ledger import Ledger, files

__all__ = ["overwritten_by_older"]

# Each record's previous state of the 正本, in the order in which the server processed the files.
_QUERY = """
SELECT count(*) FROM (
  SELECT s.as_of, lag(s.as_of) OVER (PARTITION BY s.dataset, s.identity_hash ORDER BY f.place) AS before
  FROM read_parquet(?, filename = true) s JOIN accepted f ON f.sidecar = s.filename
) WHERE as_of < before
"""


def overwritten_by_older(ledger: Ledger) -> int:
    """Records of accepted files that are older than what they overwrote."""
    with ledger.reading() as reader:
        sidecars = [file.sidecar for file in files.accepted(reader)]
    if not sidecars:
        return 0
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE accepted (place INTEGER, sidecar VARCHAR)")
        connection.executemany("INSERT INTO accepted VALUES (?, ?)", list(enumerate(sidecars)))
        row = connection.execute(_QUERY, [sidecars]).fetchone()
    assert row is not None, "a count is one row"
    return int(row[0])
