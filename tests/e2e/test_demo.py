"""The demo itself, as a newcomer runs it: once, and once more."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fukuhon.ledger.tally import NAMES, Tally
from rehearsal.supervisor_airflow import ROOT, base_environment

pytestmark = [pytest.mark.deep, pytest.mark.e2e, pytest.mark.timeout(900)]

TOP = {
    "records",
    "pretest",
    "by_spi",
    "by_dataset",
    "runs",
    "files",
    "windows",
    "airflow",
    "reconciliation",
    "violations",
    "seconds",
}
DAYS = {"2017-04-11", "2017-05-08", "2017-05-09", "2017-05-10", "2017-05-11", "2017-06-08"}


def run(folder: Path) -> tuple[list[str], dict[str, Any], float]:
    """Run it; returns its lines, its summary and how long it took."""
    began = time.monotonic()
    command = [sys.executable, "-m", "rehearsal.demo", "--folder", str(folder)]
    done = subprocess.run(command, env=base_environment(), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return done.stdout.splitlines(), summary, time.monotonic() - began


def check(summary: dict[str, Any]) -> None:
    """Everything that must hold for any summary."""
    assert set(summary) == TOP
    groups = [summary["records"], summary["pretest"], *summary["by_spi"].values(), *summary["by_dataset"].values()]
    for record in [*groups, *summary["runs"]]:
        assert Tally(**{name: record[name] for name in NAMES}).problems() == []
    assert summary["violations"] == []
    assert summary["records"]["registered"] > 30_000
    assert summary["reconciliation"]["mismatches"] == 0
    assert summary["windows"]["bytes_sent"] < summary["windows"]["bytes_allotted"]


def test_the_demo_passes_and_goes_on_with_a_quiet_day(folder: Path) -> None:
    """At most forty lines of progress, sums that close, reports; then one more day that changes nothing."""
    lines, summary, seconds = run(folder)
    steps = [line for line in lines if "秒  " in line[:12]]

    check(summary)
    assert 20 < len(steps) <= 40
    assert summary["windows"]["cuts"] == 1
    assert summary["records"]["errors"] > 0
    assert summary["records"]["queued"] == summary["records"]["in_doubt"] == summary["records"]["waiting"] == 0
    assert summary["airflow"]["task_instances"] <= 130
    assert any("上限を超える登録の計画" in line and "承認により" in line for line in lines)
    assert list((folder / "mihon" / "var" / "work" / "reports").glob("progress-2017-05-09.xlsx"))
    assert any("処理待ち" in line and "処理待ち0" not in line for line in steps), "nothing had to wait a night"
    assert any("うち接続端末で" in line for line in steps), "no file went by a person at the terminal"
    assert any(line.startswith("判定：合格") for line in lines)
    assert {row["day"] for row in summary["runs"]} == DAYS
    assert summary["reconciliation"]["requests"] > 0
    assert (folder / "reports").is_dir()
    assert seconds < 600

    lines, summary, seconds = run(folder)
    check(summary)
    last = summary["runs"][-1]
    assert last["day"] == "2017-06-13"
    assert (last["new"], last["overwritten"], last["deleted"]) == (0, 0, 0)
    assert any(line.startswith("判定：合格") for line in lines)
    assert seconds < 300


def test_two_demos_in_one_folder_do_not_meet(folder: Path) -> None:
    """The second says so, and exits 1."""
    first = subprocess.Popen(
        [sys.executable, "-m", "rehearsal.demo", "--folder", str(folder)],
        env=base_environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert first.stdout is not None
        first.stdout.readline()
        second = subprocess.run(
            [sys.executable, "-m", "rehearsal.demo", "--folder", str(folder), "--fresh"],
            env=base_environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        first.terminate()
        first.wait(60)
        assert first.stdout is not None
        first.stdout.close()

    assert second.returncode == 1
    assert "別の実行" in second.stderr
