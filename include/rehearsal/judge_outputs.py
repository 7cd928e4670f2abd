"""What the demo leaves behind: ``summary.json``, the reports, and pictures of them where there is a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fukuhon.ledger import Ledger, attempts, reconciliations
from fukuhon.reconciliation import bound_of
from fukuhon.registration.desk import open_desk
from fukuhon.reports.assembling import write_quality_report
from fukuhon.windows import Kind
from fukuhon.windows.schedule import upload_windows
from rehearsal.judge import Judgement, as_record
from rehearsal.supervisor_airflow import ROOT

__all__ = ["pictures", "summary", "write_outputs"]

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def summary(ledger: Ledger, folder: Path, judgement: Judgement, seconds: Mapping[str, float]) -> dict[str, Any]:
    """``summary.json`` as DESIGN §6 has it."""
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
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
    }


def _windows(ledger: Ledger, folder: Path) -> dict[str, float]:
    """What was allotted for 初期登録, and what was used of it."""
    allotted = [window for window in upload_windows(folder) if window.kind is Kind.INITIAL]
    with ledger.reading() as reader:
        made = [each for each in attempts.find(reader) if each.window_id in {window.id for window in allotted}]
    return {
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


def write_outputs(folder: Path, site: Path, judgement: Judgement, content: Mapping[str, Any]) -> str:
    """Write ``summary.json`` and the reports, take their pictures. Returns what to tell of the pictures."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
    reports = folder / "reports"
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir()
    with open_desk(site, "demo") as desk:
        for run, _ in judgement.accounts.runs:
            write_quality_report(desk, run.id, reports / f"quality-{run.key.day}-{run.key.kind}.html")
    return pictures(reports, folder / "pictures")


def pictures(reports: Path, target: Path) -> str:
    """Photograph every report by a headless Chromium. Returns what to tell."""
    browser = next(_browsers(), None)
    if browser is None:
        return "画像：Chromium が見つからないため作りませんでした"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    taken = sum(_photograph(browser, page, target / f"{page.stem}.png") for page in sorted(reports.glob("*.html")))
    return f"画像：{taken}枚（{target.relative_to(ROOT) if target.is_relative_to(ROOT) else target}）"


def _browsers() -> Iterator[str]:
    yield from filter(None, map(shutil.which, _BROWSERS))


def _photograph(browser: str, page: Path, picture: Path) -> bool:
    options = ("--headless", "--disable-gpu", "--no-sandbox", "--hide-scrollbars", "--disable-background-networking")
    size = ("--window-size=1200,2400", f"--screenshot={picture}")
    command = [browser, *options, *size, page.resolve().as_uri()]
    try:
        subprocess.run(command, capture_output=True, check=False, timeout=30)
    except subprocess.TimeoutExpired:
        return False
    return picture.exists()
