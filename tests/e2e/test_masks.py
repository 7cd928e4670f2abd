"""No number of a person in any log, by a real scheduler: print, logging, tracebacks, the scheduler's own output."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from rehearsal.driver_airflow import Airflow
from rehearsal.supervisor import Supervisor
from rehearsal.supervisor_airflow import ROOT, AirflowHome, free_ports

pytestmark = [pytest.mark.deep, pytest.mark.e2e, pytest.mark.timeout(300)]

ADDRESSEE, NUMBER = "012345678901234", "123456789018"
DAG = f"""
import logging, sys
from airflow.sdk import dag, task

@dag(schedule=None)
def leak():
    @task(retries=0)
    def tell():
        print("宛名番号 {ADDRESSEE}")
        print("個人番号 {NUMBER}", file=sys.stderr)
        logging.getLogger("fukuhon.any").warning("宛名番号 %s", "{ADDRESSEE}")
        raise ValueError("個人番号 {NUMBER}")
    tell()

leak()
"""


def test_numbers_reach_no_log(folder: Path) -> None:
    """What stays of the lines is the text around them."""
    dags = folder / "dags"
    dags.mkdir()
    (dags / "leak.py").write_text(DAG, encoding="utf-8")
    site = ROOT / "include" / "sites" / "sample"
    more = {"AIRFLOW__CORE__DAGS_FOLDER": str(dags)}
    home = AirflowHome(folder / "airflow", (site,), free_ports(1)[0], more=more)
    home.prepare()
    airflow = Airflow(home)
    with Supervisor(folder / "logs") as supervisor:
        for program in home.programs():
            supervisor.start(program)
        supervisor.wait(airflow.healthy, "Airflow", 120.0)
        airflow.until(lambda: airflow.known("leak"), "the dag is read")
        airflow.wait(airflow.trigger("leak", "kanri"), expect="failed")
        time.sleep(1.0)
    airflow.close()

    texts = [path.read_text(encoding="utf-8", errors="replace") for path in _logs(folder)]
    assert any("宛名番号 ***" in text for text in texts), "the task's own log"
    assert any("個人番号 ***" in text for text in texts)
    assert not [text for text in texts if ADDRESSEE in text or NUMBER in text]


def _logs(folder: Path) -> list[Path]:
    found = []
    for place in (folder / "logs", folder / "airflow" / "logs"):
        found += [Path(where) / name for where, _, names in os.walk(place) for name in names]
    return found
