"""Airflow in tests has a home of its own, made before it is imported for the first time."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def own_airflow() -> None:
    """Point Airflow to a throw-away home, once a process."""
    if os.environ.get("FUKUHON_TEST_AIRFLOW") == str(os.getpid()):
        return
    home = tempfile.mkdtemp(prefix="fukuhon-airflow-")
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for key in [key for key in os.environ if key.startswith("AIRFLOW")]:
        del os.environ[key]
    os.environ |= {
        "FUKUHON_TEST_AIRFLOW": str(os.getpid()),
        "AIRFLOW_HOME": home,
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__LOGGING__LOGGING_CONFIG_CLASS": "fukuhon_airflow.logs.LOGGING_CONFIG",
    }


own_airflow()
