"""What the demo leaves behind: ``summary.json``, the reports, and pictures of them where there is a browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fukuhon.ledger import Ledger, attempts, reconciliations
from fukuhon.reconciliation import bound_of
from fukuhon.registration.desk import open_desk
from fukuhon.reports.assembling import write_quality_report
from fukuhon.windows import Kind
from fukuhon.windows.schedule import upload_windows
from rehearsal.judge import Judgement, as_record

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
    """Write ``summary.json`` and the reports, take pictures. Returns what to tell of the pictures."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
    pages = list(_reports(folder / "reports", site, judgement))
    return pictures([pages[0], pages[-1]] if len(pages) > 1 else pages, folder / "pictures")


def _reports(folder: Path, site: Path, judgement: Judgement) -> Iterator[Path]:
    """The data-quality report of each run, in the order of the runs; those that were written before stay."""
    folder.mkdir(exist_ok=True)
    with open_desk(site, "demo") as desk:
        for run, _ in judgement.accounts.runs:
            page = folder / f"quality-{run.key.day}-{run.key.kind}.html"
            if not page.exists():
                write_quality_report(desk, run.id, page)
            yield page


def pictures(pages: Sequence[Path], target: Path) -> str:
    """Photograph pages by a headless Chromium, each once. Returns what to tell."""
    browser = next(_browsers(), None)
    if browser is None:
        return "報告書を作りました。Chromium が見つからないため、画像は作りませんでした"
    target.mkdir(exist_ok=True)
    wanted = {page: target / f"{page.stem}.png" for page in pages}
    taken = sum(picture.exists() or _photograph(browser, page, picture) for page, picture in wanted.items())
    return f"報告書とその画像{taken}枚を作りました"


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
