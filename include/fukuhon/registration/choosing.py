"""Choosing:

which records of the judged material are sent, which are deleted, and how that is accounted for by variation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.files import HASH
from fukuhon.records import Differences, Holdings, Question
from fukuhon.registration.deleting import keep_back
from fukuhon.registration.material import NARROW, Material

__all__ = ["Choice", "choose_changes", "choose_everything", "choose_samples"]

Counts = dict[str, int]
_STOPPED = pa.schema([("identity_hash", HASH), ("variation", pa.string())])


@dataclass(frozen=True, slots=True)
class Choice:
    """Rows of ``Material.narrow`` to register, held records to delete, and stored counts by variation.

    ``kept_back`` counts deletions that wait, because the record may only have lost its key (see ``deleting``).
    """

    register: pa.Table
    delete: pa.Table | None
    counts: Mapping[str, Mapping[str, int]]
    kept_back: int = 0


def choose_samples(material: Material, limit: int) -> Choice:
    """At most ``limit`` real records, spread over the business variations: the pretest (seed 1.4.2).

    The least identity hash of each variation first, so that the same material gives the same records.
    """
    firsts = [
        rows.append_column("rank", pa.array(range(rows.num_rows), pa.int64()))
        for name in sorted(pc.unique(material.narrow["variation"]).to_pylist())
        if (rows := _least(material.narrow.filter(pc.equal(material.narrow["variation"], name)), limit))
    ]
    if not firsts:
        return Choice(material.narrow, None, {})
    spread = pa.concat_tables(firsts).sort_by([("rank", "ascending"), ("variation", "ascending")])
    chosen = spread.slice(0, limit).select(NARROW.names)
    counts = {
        entry["values"]: dict.fromkeys(("read", "in_scope", "to_register"), entry["counts"])
        for entry in pc.value_counts(chosen["variation"]).to_pylist()
    }
    return Choice(chosen, None, counts)


def _least(rows: pa.Table, limit: int) -> pa.Table:
    """The ``limit`` rows with the least identity hashes, in that order."""
    return rows.take(pc.sort_indices(rows, [("identity_hash", "ascending")]).slice(0, limit))


def choose_everything(material: Material, holdings: Holdings, as_of: datetime) -> Choice:
    """Everything in scope that is not yet registered as it is:

    初期登録. What the pretest sent is sent again (seed 1.4.2).
    """
    found = _compare(material, holdings, as_of, complete=False, again=frozenset({"pretest"}))
    return Choice(_rows(material, found.changes), None, _counts(material, found))


def choose_changes(material: Material, holdings: Holdings, as_of: datetime) -> Choice:
    """What changed against what is held or on its way, and what is gone: 差分登録 and its deletions."""
    found = _compare(material, holdings, as_of, complete=True, again=frozenset())
    delete, kept = keep_back(material, found.gone)
    counts = _counts(material, found)
    for entry in pc.value_counts(kept["variation"]).to_pylist():
        counts[entry["values"] or ""]["to_delete"] -= entry["counts"]
    return Choice(_rows(material, found.changes), delete, counts, kept.num_rows)


def _compare(
    material: Material, holdings: Holdings, as_of: datetime, *, complete: bool, again: frozenset[str]
) -> Differences:
    question = Question(
        incoming=material.narrow.select(["row_no", "identity_hash", "content_hash", "variation"]),
        dataset=material.settings.code,
        as_of=as_of,
        complete=complete,
        quarantined=pa.concat_tables([_quarantined(material), material.withheld.select(_STOPPED.names)]),
        again=again,
    )
    return holdings.differences(question)


def _quarantined(material: Material) -> pa.Table:
    return material.quarantined.select(_STOPPED.names).cast(_STOPPED)


def _rows(material: Material, changes: pa.Table) -> pa.Table:
    if changes.num_rows == material.narrow.num_rows:
        return material.narrow
    return material.narrow.filter(pc.is_in(material.narrow["row_no"], value_set=changes["row_no"].combine_chunks()))


def _counts(material: Material, found: Differences) -> dict[str, Counts]:
    """What preparing knows of each variation (DESIGN §3.4).

    A record that a rule withholds is withheld; one that is quarantined is withheld, too, where older content of it
    goes on answering, or where two people left it out.
    """
    counts: dict[str, Counts] = defaultdict(lambda: defaultdict(int))
    for variation, tally in found.tallies().items():
        for name in ("unchanged", "to_register", "to_delete", "superseded"):
            counts[variation][name] += tally[name]
    answering = found.withheld["identity_hash"].combine_chunks()
    stopped = _quarantined(material)
    excluded = pc.equal(material.quarantined["state"], "excluded")
    still = pc.or_(excluded, pc.is_in(stopped["identity_hash"], value_set=answering))
    _add(counts, "withheld", stopped.filter(still)["variation"])
    _add(counts, "quarantined", stopped.filter(pc.invert(still))["variation"])
    for name, by_variation in (
        ("read", material.census.read),
        ("out_of_scope", material.census.out_of_scope),
        ("withheld", material.census.withheld),
    ):
        for variation, count in by_variation.items():
            counts[variation][name] += count
    for tally in counts.values():
        tally["in_scope"] = tally["read"] - tally["out_of_scope"]
    return {variation: dict(tally) for variation, tally in counts.items()}


def _add(counts: dict[str, Counts], name: str, variations: pa.ChunkedArray) -> None:
    for entry in pc.value_counts(variations).to_pylist():
        counts[entry["values"] or ""][name] += entry["counts"]
