"""The evidence of a run:

what was counted, judged and compared, as JSON beside the run's work files. Counts, codes and wordings only.

Reports are made of it, and the next run compares its counts by class with it. It is kept also when a rule stops the
run: then most.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fukuhon.files import write_bytes
from fukuhon.ledger import Reader, runs
from fukuhon.quality import ClassCount, Verdict
from fukuhon.registration.census import Census
from fukuhon.registration.desk import Desk

__all__ = ["keep_evidence", "last_class_counts", "read_evidence", "run_folder"]

_NAME = "evidence-{dataset}.json"


def run_folder(desk: Desk, run: int) -> Path:
    """The folder (0700) of a run's evidence and quarantine."""
    return desk.folder("runs", f"{run:06d}")


def keep_evidence(folder: Path, layout: str, verdict: Verdict, census: Census, control: Mapping[str, Any]) -> None:
    """Write the evidence of one dataset down, whole or not at all."""
    body = {
        "dataset": verdict.dataset,
        "layout": layout,
        "census": asdict(census),
        "control": dict(control),
        "judged": verdict.judged,
        "quarantined": verdict.quarantined,
        "rules": [_rule(outcome) for outcome in verdict.outcomes],
        "evidence": asdict(verdict.evidence),
        "class_counts": [asdict(count) for count in verdict.class_counts],
        "stops": list(verdict.stops),
        "seconds": {name: round(value, 4) for name, value in verdict.seconds.items()},
    }
    text = json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True)
    write_bytes(folder / _NAME.format(dataset=verdict.dataset), text.encode())


def _rule(outcome: Any) -> dict[str, Any]:
    rule = outcome.rule
    return {
        "id": rule.id,
        "kind": rule.kind.value,
        "severity": rule.severity.value,
        "origin": rule.origin.value,
        "wording": rule.wording,
        "guards": rule.guards,
        "correct": rule.correct,
        "incident": rule.incident,
        "reason": rule.table.reason if rule.table else None,
        "share": bool(rule.table and rule.table.measure == "share"),
        "judged": outcome.result.elements,
        "failed": outcome.failed,
        "success": outcome.success,
        "stops": outcome.stops,
        "compared": outcome.compared,
        "by_variation": outcome.by_variation,
        "classes": [asdict(verdict) for verdict in outcome.classes],
    }


def read_evidence(folder: Path, dataset: str) -> dict[str, Any] | None:
    """The evidence of one dataset of a run; None where there is none."""
    path = folder / _NAME.format(dataset=dataset)
    if not path.exists():
        return None
    body: dict[str, Any] = json.loads(path.read_bytes())
    return body


def last_class_counts(desk: Desk, reader: Reader, dataset: str) -> tuple[ClassCount, ...]:
    """The counts by class of the last run that went through; empty before the first."""
    for run in reversed(runs.find(reader, state="done")):
        if run.key.kind != "pretest":
            found = read_evidence(run_folder(desk, run.id), dataset)
            if found is not None:
                return tuple(ClassCount(**count) for count in found["class_counts"])
    return ()
