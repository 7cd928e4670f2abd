"""Deletions that wait: a record may not be gone at all, only its key may have been lost.

A person whose number was mistyped, or lost its leading zero, is missing under the held key and quarantined under
another one. To delete the held record would make the server answer "no such information" for a mistake in a key. So
a held record stays where a quarantined row of the extract looks like it: the same record key where keys belong to the
body, or the same record key and the same person by number without leading zeros, or by birth date, sex and kana.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.files import HASH, connect
from fukuhon.registration.material import PERSON, Material

__all__ = ["keep_back"]

_LIKE = """
SELECT DISTINCT g.identity_hash FROM gone g JOIN suspects q ON q.record_key = g.record_key
LEFT JOIN register r ON r.addressee = g.addressee
WHERE $body OR ltrim(q.addressee, '0') = ltrim(g.addressee, '0') OR {person}
"""


def keep_back(material: Material, gone: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Split what seems gone into what may be deleted and what is kept back; both in the form of ``gone``."""
    suspects = _suspects(material)
    if not gone.num_rows or not suspects.num_rows:
        return gone, gone.slice(0, 0)
    known = [name for name in PERSON if f"src_{name}" in suspects.column_names]
    person = " AND ".join(f"q.src_{name} = r.{name}" for name in known) if len(known) == len(PERSON) else "false"
    with connect() as connection:
        connection.register("gone", gone)
        connection.register("suspects", suspects)
        connection.register("register", material.register)
        body = {"body": material.layout.record_key.unique_within == "body"}
        found = connection.sql(_LIKE.format(person=person), params=body).to_arrow_table()
    kept = pc.is_in(gone["identity_hash"], value_set=found["identity_hash"].cast(HASH).combine_chunks())
    return gone.filter(pc.invert(kept)), gone.filter(kept)


def _suspects(material: Material) -> pa.Table:
    """The quarantined rows, by what tells whose they are."""
    wanted = ["addressee", "record_key", *(f"src_{name}" for name in PERSON)]
    batches: Sequence[pa.RecordBatch] = list(material.spool.batches(material.quarantined["row_no"]))
    if not batches:
        return pa.table({"addressee": pa.array([], pa.string()), "record_key": pa.array([], pa.string())})
    table = pa.Table.from_batches(batches)
    return table.select([name for name in wanted if name in table.column_names])
