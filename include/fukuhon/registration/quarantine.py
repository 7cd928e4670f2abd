"""What waits in quarantine, for people: what there is, one record of it, and asking for a decision about it.

A record is named by the beginning of its keyed hash, as :mod:`fukuhon.registration.waiting` keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.errors import RefusedError
from fukuhon.ledger import Reader, quarantines, runs
from fukuhon.ledger.approvals import Approval
from fukuhon.ledger.quarantines import STANDING
from fukuhon.quality import Rule, Suite
from fukuhon.quality.model import Origin, Severity
from fukuhon.registration.correction_book import REF_LENGTH
from fukuhon.registration.decisions import Asked, ask, failed_rules
from fukuhon.registration.desk import Desk
from fukuhon.registration.evidence import run_folder
from fukuhon.registration.material import data_day
from fukuhon.registration.waiting import read_life
from fukuhon.rules import RuleBook

__all__ = ["REF_LENGTH", "Group", "Sight", "ask_for", "groups", "history", "one", "references", "rules_of", "standing"]


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one dataset in one standing that fail one rule; a record that fails two is in two groups."""

    dataset: str
    state: str
    rule: str
    records: int
    oldest: date


@dataclass(frozen=True, slots=True)
class Sight:
    """How one run saw one record."""

    run: int
    day: date
    state: str
    reasons: tuple[str, ...]
    since: date
    approval: int | None


def standing(desk: Desk, reader: Reader, dataset: str) -> pa.Table:
    """The records that the last run left waiting, released or excluded."""
    turns = quarantines.last(reader, dataset)
    if not turns:
        return read_life(run_folder(desk, 0), dataset)
    table = read_life(run_folder(desk, turns[0].run_id), dataset)
    return table.filter(pc.is_in(table["state"], value_set=pa.array(STANDING)))


def groups(dataset: str, table: pa.Table) -> list[Group]:
    """The records by standing and rule, the oldest first."""
    reasons = table["reasons"].combine_chunks()
    parents = pc.list_parent_indices(reasons)
    flat = pa.table(
        {
            "state": table["state"].combine_chunks().take(parents),
            "rule": reasons.flatten(),
            "since": table["since"].combine_chunks().take(parents),
        }
    )
    grouped = flat.group_by(["state", "rule"]).aggregate([("since", "count"), ("since", "min")])
    rows = grouped.sort_by([("since_min", "ascending"), ("rule", "ascending")]).to_pylist()
    return [Group(dataset, row["state"], row["rule"], row["since_count"], row["since_min"]) for row in rows]


def references(table: pa.Table) -> list[str]:
    """How each record is named."""
    return [value.hex()[:REF_LENGTH] for value in table["identity_hash"].to_pylist()]


def one(table: pa.Table, ref: str, dataset: str = "") -> pa.Table:
    """The rows of the one identity whose hash begins so.

    Raises RefusedError REGISTRATION-045 where it is none, or several.
    """
    names = pa.array([value.hex() for value in table["identity_hash"].to_pylist()], pa.string())
    found = table.filter(pc.starts_with(names, ref.lower() or "-"))
    identities = pc.count_distinct(found["identity_hash"]).as_py()
    if identities != 1:
        raise RefusedError("REGISTRATION-045", ref=ref, found=identities, dataset=dataset)
    return found


def history(desk: Desk, reader: Reader, dataset: str, identity: bytes) -> Sequence[Sight]:
    """How each run saw the record, in their order."""
    sights = []
    for run in sorted({turn.run_id for turn in quarantines.find(reader, dataset=dataset)}):
        life = read_life(run_folder(desk, run), dataset)
        for row in life.filter(pc.equal(life["identity_hash"], pa.scalar(identity, pa.binary(32)))).to_pylist():
            day = data_day(runs.get(reader, run).key.as_of)
            sights.append(Sight(run, day, row["state"], tuple(row["reasons"]), row["since"], row["approval"]))
    return sights


def rules_of(desk: Desk, dataset: str, day: date) -> Mapping[str, Rule]:
    """The rules of a dataset that are in force on a day, by id."""
    settings = desk.site.dataset(dataset)
    book = RuleBook.load(desk.site.resource("rules", settings.rules or dataset))
    suite = Suite.load(desk.site, desk.packs.in_force(dataset, day), book)
    return {rule.id: rule for rule in suite.rules}


def ask_for(desk: Desk, asked: Asked, *, refs: Sequence[str] = (), rule: str | None = None) -> Approval:
    """Ask, as the desk's actor, to decide so about waiting records: those named, or all that fail just this rule.

    Raises RefusedError: REGISTRATION-044 (to let out what a rule of the layout, or one that stops a run, forbids),
    REGISTRATION-045 (no such record), and as :func:`fukuhon.registration.decisions.ask`.
    """
    with desk.ledger.reading() as reader:
        table = standing(desk, reader, asked.dataset)
    table = table.filter(pc.equal(table["state"], "waiting"))
    if refs:
        table = pa.concat_tables([one(table, ref, asked.dataset) for ref in dict.fromkeys(refs)])
    if rule is not None:
        alone = [reasons == [rule] for reasons in table["reasons"].to_pylist()]
        table = table.filter(pa.array(alone, pa.bool_()))
    if asked.decision == "released":
        _may_be_released(desk, asked.dataset, table)
    with desk.ledger.transaction(desk.actor) as tx:
        return ask(desk, tx, asked, table)


def _may_be_released(desk: Desk, dataset: str, table: pa.Table) -> None:
    known = rules_of(desk, dataset, data_day(desk.now()))
    forbidden = sorted(name for name in failed_rules(table) if not _may_be_overruled(known.get(name)))
    if forbidden:
        raise RefusedError("REGISTRATION-044", rules="、".join(forbidden))


def _may_be_overruled(rule: Rule | None) -> bool:
    """Only what the department itself wrote down: the layout's rules are what the server accepts."""
    return rule is not None and rule.origin is Origin.REVIEWED and rule.severity is Severity.QUARANTINE
