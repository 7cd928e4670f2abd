"""What two people decide about quarantined records: let them out, or leave them out, with a reason and until a day.

A decision is a file of keyed hashes in the work folder, named by its sha256; the approval in the ledger is bound to
that hash, so it is bound to each record's content and to the rules that it fails. Whatever changes about a record ends
the decision about it: it waits again.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fukuhon.calendars import day_interval, tokyo_day
from fukuhon.errors import FatalError, RefusedError
from fukuhon.files import HASH, write_bytes
from fukuhon.ledger import Reader, Tx, approvals
from fukuhon.ledger.approvals import Approval, NewApproval
from fukuhon.registration.desk import Desk

__all__ = ["DECIDED", "KINDS", "MOST_DAYS", "Decision", "ask", "failed_rules", "in_force", "read_decision"]

Decision = Literal["released", "excluded"]
KINDS: dict[Decision, str] = {"released": "quarantine_release", "excluded": "quarantine_exclude"}
"""The approval's kind of matter."""

MOST_DAYS = 366
"""No decision holds for longer: the reason is to be looked at again."""

DECIDED = pa.schema(
    [
        ("identity_hash", HASH),
        ("content_hash", HASH),
        ("rules", pa.list_(pa.string())),
        ("decision", pa.string()),
        ("approval", pa.int64()),
    ]
)
_LISTED = pa.schema([DECIDED.field(name) for name in ("identity_hash", "content_hash", "rules")])
_META = b"fukuhon"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a decision's file says beside its records."""

    decision: Decision
    dataset: str
    reason: str
    until: date


def failed_rules(records: pa.Table) -> list[str]:
    """The ids of the rules that some of the records (column ``reasons``) failed, each once."""
    rules: list[str] = pc.unique(pc.list_flatten(records["reasons"])).to_pylist()
    return rules


def ask(desk: Desk, tx: Tx, asked: Asked, records: pa.Table) -> Approval:
    """Ask, as the transaction's actor, to decide so about ``records`` (identity_hash, content_hash, reasons).

    Raises RefusedError: REGISTRATION-040 (there is none), REGISTRATION-041 (no reason), REGISTRATION-042 (a day that is
    over or more than a year away).
    """
    if not records.num_rows:
        raise RefusedError("REGISTRATION-040", dataset=asked.dataset)
    if not asked.reason.strip():
        raise RefusedError("REGISTRATION-041")
    today = tokyo_day(tx.now)
    if not today <= asked.until <= today + timedelta(days=MOST_DAYS):
        raise RefusedError("REGISTRATION-042", until=asked.until, most=MOST_DAYS)
    content = _written(asked, records)
    sha256 = approvals.digest(content)
    write_bytes(_path(desk, sha256), content)
    rules = sorted(failed_rules(records))
    subject = f"{asked.dataset} {records.num_rows}件 {'、'.join(rules)}"
    return approvals.ask(
        tx,
        NewApproval(
            kind=KINDS[asked.decision],
            subject=subject if len(subject) <= 200 else subject[:199] + "…",
            sha256=sha256,
            valid_until=day_interval(asked.until).end,
            reason=asked.reason,
        ),
    )


def in_force(desk: Desk, reader: Reader, dataset: str, now: datetime) -> pa.Table:
    """The approved decisions about a dataset's records that hold at ``now``, in the form of :data:`DECIDED`.

    Raises FatalError REGISTRATION-043 where the file of one is missing or is not what was approved.
    """
    found = [DECIDED.empty_table()]
    for decision, kind in KINDS.items():
        for approval in approvals.find(reader, kind=kind, state="approved"):
            if approval.valid_until <= now or not approval.subject.startswith(dataset):
                continue
            _, table = read_decision(desk, approval)
            count = table.num_rows
            table = table.append_column("decision", pa.repeat(decision, count))
            found.append(table.append_column("approval", pa.repeat(approval.id, count)).cast(DECIDED))
    return pa.concat_tables(found)


def read_decision(desk: Desk, approval: Approval) -> tuple[Asked, pa.Table]:
    """What was asked for, and the records. Raises FatalError REGISTRATION-043."""
    try:
        content = _path(desk, approval.sha256).read_bytes()
    except OSError:
        content = b""
    if approvals.digest(content) != approval.sha256:
        raise FatalError("REGISTRATION-043", id=approval.id)
    table = pq.read_table(pa.BufferReader(content))
    facts = json.loads(table.schema.metadata[_META])
    return Asked(**{**facts, "until": date.fromisoformat(facts["until"])}), table.cast(_LISTED)


def _written(asked: Asked, records: pa.Table) -> bytes:
    """The file's bytes: the same question about the same records gives the same."""
    columns: Sequence[pa.ChunkedArray] = [records[name] for name in ("identity_hash", "content_hash", "reasons")]
    table = pa.table(columns, schema=_LISTED).sort_by([("identity_hash", "ascending"), ("content_hash", "ascending")])
    facts = {name: str(getattr(asked, name)) for name in ("decision", "dataset", "reason", "until")}
    stream = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({_META: json.dumps(facts, sort_keys=True).encode()}), stream)
    return stream.getvalue()


def _path(desk: Desk, sha256: str) -> Path:
    return desk.folder("decisions") / f"{sha256}.parquet"
