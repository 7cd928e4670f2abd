"""What is told of records held back, gathered from the ledger's turns, the runs' lives and their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fukuhon.ledger import Reader, quarantines
from fukuhon.ledger.quarantines import Turn
from fukuhon.ledger.runs import Run
from fukuhon.registration.desk import Desk
from fukuhon.registration.evidence import read_evidence, run_folder
from fukuhon.registration.material import data_day
from fukuhon.registration.quarantine import groups
from fukuhon.registration.waiting import read_life
from fukuhon.reports.waiting_facts import RuleTrend, WaitingFacts, WaitingRule, ages_of

__all__ = ["waiting_facts"]

Evidence = Mapping[str, Any]

_NAMES = ("corrected", "released", "excluded", "withheld", "gone", "waiting")


def waiting_facts(
    desk: Desk, reader: Reader, run: Run, seen: Mapping[str, Evidence], earlier: Sequence[Run]
) -> WaitingFacts:
    """Of a run and the ``earlier`` ones to compare it with, oldest first; ``seen`` is its evidence by dataset."""
    turns = quarantines.find(reader, run_id=run.id)
    lives = {dataset: _waiting(desk, run, dataset) for dataset in seen}
    standings = {dataset: _standing([turn for turn in turns if turn.dataset == dataset]) for dataset in seen}
    day = data_day(run.key.as_of)
    since = [each for table in lives.values() for each in table["since"].to_pylist()]
    counted = sum(standing.get("waiting", 0) for standing in standings.values())
    known = counted == len(since)  # else the run's files were cleared away
    judged = [*(each for each in earlier if each.id != run.id), run]
    return WaitingFacts(
        day=day,
        standings={dataset: standing for dataset, standing in standings.items() if standing},
        ages=ages_of([(day - each).days for each in since]) if known and since else (),
        oldest=min(since, default=None),
        waits={
            (dataset, group.rule): WaitingRule(group.records, group.oldest)
            for dataset, table in lives.items()
            for group in groups(dataset, table)
        },
        days=tuple(each.key.day for each in judged),
        trends=tuple(_trends(desk, seen, judged)),
    )


def _waiting(desk: Desk, run: Run, dataset: str) -> pa.Table:
    life = read_life(run_folder(desk, run.id), dataset)
    return life.filter(pc.equal(life["state"], "waiting"))


def _standing(turns: Sequence[Turn]) -> dict[str, int]:
    """Both sides of one dataset's sum; empty where the run left what waits as it was."""
    if not turns:
        return {}
    arrived = sum(turn.records for turn in turns if turn.came_from == "arrived")
    found = {"before": sum(turn.records for turn in turns) - arrived, "arrived": arrived}
    return found | {name: sum(turn.records for turn in turns if turn.state == name) for name in _NAMES}


def _trends(desk: Desk, seen: Mapping[str, Evidence], judged: Sequence[Run]) -> Iterable[RuleTrend]:
    """Each rule on records that failed in one of the runs, the most failures of the last run first."""
    found = []
    for dataset, evidence in seen.items():
        past = [_failed(read_evidence(run_folder(desk, run.id), dataset)) for run in judged]
        for rule in evidence["rules"]:
            counts = tuple(failed.get(rule["id"]) for failed in past)
            if rule["kind"] != "table" and any(counts):
                found.append(RuleTrend(dataset, rule["id"], rule["wording"], rule["severity"], counts))
    return sorted(found, key=lambda trend: (-(trend.now or 0), -(trend.before or 0), trend.dataset, trend.id))


def _failed(evidence: Evidence | None) -> dict[str, int]:
    rules = evidence["rules"] if evidence else ()
    return {rule["id"]: rule["failed"] for rule in rules if rule["compared"]}
