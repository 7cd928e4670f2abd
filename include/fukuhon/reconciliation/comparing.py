"""What came back against what was sent: each record gets one name, and none is called lost at the first look.

A minute mixes files, so the answer is compared with the union of what was sent. What the server gives back beyond the
accepted state may come from a file whose result nobody has read yet: that is ``in_flight``, not wrong. What should have
been in the minute and is not is ``missing``, to be looked for again (:func:`confirm`) before anybody reports a loss. An
empty minute proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.clock import TOKYO
from fukuhon.errors import DataError
from fukuhon.files import HASH, CollationFile, Fingerprints, connect
from fukuhon.reconciliation.planning import PlannedRequest
from fukuhon.reconciliation.timing import Span, spans_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from fukuhon.records import Holdings

__all__ = ["FINDINGS", "Comparison", "Confirmed", "compare", "confirm"]

FINDINGS = pa.schema(
    [
        ("identity_hash", HASH),
        ("class", pa.string()),
        ("reason", pa.string()),
        ("variation", pa.string()),
        ("addressee", pa.string()),
        ("record_key", pa.string()),
        ("receipt", pa.string()),
    ]
)

WRONG = frozenset({"differs", "unexpected"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome of one request, in counts of records; ``findings`` names every record that does not simply match.

    ``number`` is the request's own (never a registration receipt). ``missing`` are to be looked for again before they
    are called lost; ``elsewhere`` were most likely processed in another minute and say nothing. ``strata``: by
    variation, compared and wrong.
    """

    number: str
    dataset: str
    key_hash: str
    minute: datetime
    returned: int
    matches: int
    differs: int
    unexpected: int
    in_flight: int
    missing: int
    elsewhere: int
    strata: dict[str, tuple[int, int]]
    findings: pa.Table

    @property
    def empty(self) -> bool:
        """Whether nothing came back: which proves nothing."""
        return not self.returned

    @property
    def mismatches(self) -> int:
        """Records that the server holds otherwise than the accepted files say."""
        return self.differs + self.unexpected


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The second look at what was missing: how many are there after all, which are lost, how many nobody looked at."""

    found: int
    lost: pa.Table
    open: int


# What the accepted files say of each identity that has the key: its last row that was no error, and whether it is held.
_LAST = """
CREATE TEMP TABLE last_sent AS
SELECT *, operation = 'register' AND (publication_to IS NULL OR publication_to >= $today) AS held
FROM sent WHERE NOT in_error
QUALIFY row_number() OVER (PARTITION BY identity_hash ORDER BY seq DESC) = 1
"""

_RETURNED = """
CREATE TEMP TABLE returned AS
SELECT a.identity_hash, l.variation, l.receipt, l.position, a.addressee, a.record_key,
  CASE
    WHEN a.occurrence > 1 THEN 'unexpected twice'
    WHEN l.held AND l.content_hash = a.content_hash THEN 'matches'
    WHEN EXISTS (FROM pending p WHERE p.identity_hash = a.identity_hash AND p.content_hash = a.content_hash)
      THEN 'in_flight'
    WHEN l.held AND EXISTS (FROM sent s WHERE NOT s.in_error
      AND s.identity_hash = a.identity_hash AND s.content_hash = a.content_hash) THEN 'differs older'
    WHEN l.held THEN 'differs content'
    WHEN l.operation = 'delete' THEN 'unexpected deleted'
    WHEN l.operation IS NOT NULL THEN 'unexpected expired'
    WHEN EXISTS (FROM sent s WHERE s.identity_hash = a.identity_hash) THEN 'unexpected error_record'
    ELSE 'unexpected unknown'
  END AS class
FROM (SELECT *, row_number() OVER (PARTITION BY identity_hash) AS occurrence FROM answer) a
LEFT JOIN last_sent l USING (identity_hash)
"""

# Held, and not returned. Where its file is known to lie wholly within the minute, or records before and after it in the
# file came back, it is missing. With a file on its way it may have been processed again, in another minute.
_NOT_RETURNED = """
CREATE TEMP TABLE not_returned AS
WITH seen AS (
  SELECT receipt, min(position) AS low, max(position) AS high FROM returned WHERE class = 'matches' GROUP BY receipt
)
SELECT l.identity_hash, l.variation, l.receipt, l.position, l.addressee, l.record_key,
  CASE
    WHEN (SELECT count(*) FROM returned) = 0 THEN 'elsewhere'
    WHEN EXISTS (FROM pending p WHERE p.identity_hash = l.identity_hash) THEN 'elsewhere'
    WHEN date_trunc('minute', t.earliest) = $minute AND date_trunc('minute', t."end") = $minute
      THEN 'missing whole_file'
    WHEN l.position BETWEEN seen.low AND seen.high THEN 'missing gap'
    ELSE 'elsewhere'
  END AS class
FROM last_sent l JOIN spans t USING (receipt) LEFT JOIN seen USING (receipt)
WHERE l.held AND $minute BETWEEN date_trunc('minute', t.start) AND t."end"
  AND NOT EXISTS (FROM returned r WHERE r.identity_hash = l.identity_hash)
"""

_NAMED = """
SELECT identity_hash, split_part(class, ' ', 1) AS class, nullif(split_part(class, ' ', 2), '') AS reason,
  coalesce(variation, '') AS variation, addressee, record_key, receipt
FROM (SELECT * FROM returned UNION ALL SELECT * FROM not_returned)
ORDER BY class, identity_hash
"""


def compare(
    answer: CollationFile, asked: PlannedRequest, holdings: Holdings, seen: Sequence[Span], fingerprints: Fingerprints
) -> Comparison:
    """Compare a 突合用ファイル with what was sent, by the content hashes of the items read back.

    ``holdings`` is the snapshot of now, with every file on its way; ``seen`` are the spans of its files. Raises
    DataError RECONCILIATION-003 where the answer is about another dataset, key or minute than was asked.
    """
    _look_at(answer, asked)
    hashed = fingerprints.add(answer.records, answer.items)
    with connect() as connection:
        connection.register("answer", hashed.select(["identity_hash", "content_hash", "addressee", "record_key"]))
        connection.register("sent", holdings.sent(asked.dataset, asked.key, asked.version))
        connection.register("pending", holdings.in_flight(asked.dataset, asked.key))
        connection.register("spans", spans_table(seen))
        connection.execute(_LAST, {"today": holdings.at.astimezone(TOKYO).date()})
        connection.execute(_RETURNED)
        connection.execute(_NOT_RETURNED, {"minute": asked.minute})
        named = connection.sql(_NAMED).to_arrow_table().cast(FINDINGS)
    return _comparison(answer, asked, named)


def confirm(comparison: Comparison, looked: Mapping[bytes, bool]) -> Confirmed:
    """Tell what is lost from what was elsewhere: ``looked`` says of identity hashes whether a second look showed them.

    Looking costs the server a request each: whoever looks at a few only has the others still open, and not lost.
    """
    missing = comparison.findings.filter(pc.equal(comparison.findings["class"], "missing"))
    shown = [looked.get(identity) for identity in missing["identity_hash"].to_pylist()]
    lost = pa.array([seen is False for seen in shown], pa.bool_())
    return Confirmed(shown.count(True), missing.filter(lost), shown.count(None))


def _look_at(answer: CollationFile, asked: PlannedRequest) -> None:
    records = answer.records
    minutes = {instant.replace(second=0, microsecond=0) for instant in records["registered"].to_pylist() if instant}
    versions = {(version or "").partition(".")[0] for version in records["record_version"].to_pylist()}
    datasets, keys = set(records["dataset"].to_pylist()), set(records["record_key"].to_pylist())
    other = (datasets - {asked.dataset}) | (keys - {asked.key}) | (minutes - {asked.minute})
    if other or (asked.version and versions - {asked.version}):
        raise DataError("RECONCILIATION-003", number=answer.number)


def _comparison(answer: CollationFile, asked: PlannedRequest, named: pa.Table) -> Comparison:
    counts = {entry["values"]: entry["counts"] for entry in named["class"].value_counts().to_pylist()}
    strata: dict[str, tuple[int, int]] = {}
    for name, variation in zip(named["class"].to_pylist(), named["variation"].to_pylist(), strict=True):
        if name in WRONG or name == "matches":
            compared, wrong = strata.get(variation, (0, 0))
            strata[variation] = (compared + 1, wrong + (name in WRONG))
    return Comparison(
        number=answer.number,
        dataset=asked.dataset,
        key_hash=asked.key_hash,
        minute=asked.minute,
        returned=len(answer.records),
        matches=counts.get("matches", 0),
        differs=counts.get("differs", 0),
        unexpected=counts.get("unexpected", 0),
        in_flight=counts.get("in_flight", 0),
        missing=counts.get("missing", 0),
        elsewhere=counts.get("elsewhere", 0),
        strata=dict(sorted(strata.items())),
        findings=named.filter(pc.invert(pc.is_in(named["class"], value_set=pa.array(["matches", "elsewhere"])))),
    )
