"""``summary.json``: what the demo leaves behind for machines (DESIGN §6)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fukuhon.ledger import Ledger, attempts, reconciliations
from fukuhon.reconciliation import bound_of
from fukuhon.windows import Kind
from fukuhon.windows.schedule import upload_windows
from rehearsal.judge import Judgement, as_record

__all__ = ["summary", "write_summary"]


def summary(
    ledger: Ledger, folder: Path, judgement: Judgement, seconds: Mapping[str, float], work: Mapping[str, int]
) -> dict[str, Any]:
    """``summary.json`` as DESIGN §6 has it. ``work``: how many runs and task instances Airflow had."""
    accounts = judgement.accounts
    return {
        "records": as_record(accounts.records),
        "pretest": as_record(accounts.pretest),
        "by_spi": {name: as_record(tally) for name, tally in accounts.by_spi.items()},
        "by_dataset": {name: as_record(tally) for name, tally in accounts.by_dataset.items()},
        "runs": [
            {"day": run.key.day.isoformat(), "kind": run.key.kind, **as_record(tally)} for run, tally in accounts.runs
        ],
        "files": dict(accounts.files),
        "windows": _windows(ledger, folder),
        "reconciliation": _reconciliation(ledger),
        "violations": [dict(each) for each in judgement.violations],
        "airflow": dict(work),
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
    }


def _windows(ledger: Ledger, folder: Path) -> dict[str, float]:
    """What was allotted for 初期登録, and what was used of it."""
    allotted = [window for window in upload_windows(folder) if window.kind is Kind.INITIAL]
    with ledger.reading() as reader:
        made = [each for each in attempts.find(reader) if each.window_id in {window.id for window in allotted}]
    return {
        "cuts": sum(each.outcome == "cut" for each in made),
        "seconds_allotted": sum(window.interval.seconds for window in allotted),
        "seconds_sending": round(sum(each.seconds or 0.0 for each in made), 1),
        "bytes_allotted": sum(window.bytes_limit or 0 for window in allotted),
        "bytes_sent": sum(each.bytes_on_wire or 0 for each in made),
    }


def _reconciliation(ledger: Ledger) -> dict[str, int]:
    """``bound``: fewer than that many records in 10,000 are wrong, with 99%, by the records compared."""
    with ledger.reading() as reader:
        found = reconciliations.find(reader)
    records, wrong = sum(each.records or 0 for each in found), sum(each.mismatches or 0 for each in found)
    return {"requests": len(found), "records": records, "mismatches": wrong, "bound": bound_of(records, wrong)}


def write_summary(folder: Path, content: Mapping[str, Any]) -> None:
    """Write ``summary.json``."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
