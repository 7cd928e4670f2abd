"""What holds for every dag of every site."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization

from fukuhon_airflow.factory import UPLOAD_POOL, Tag
from fukuhon_airflow.sites import Duty

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "include" / "sites" / "sample"
HEAVY = ("pandas", "great_expectations", "duckdb", "pyarrow", "lxml", "rehearsal", "standin", "openpyxl")
PARSE_BUDGET_S = 3.0

pytestmark = pytest.mark.filterwarnings("ignore:GitWildMatchPattern")


@pytest.fixture(scope="module", params=["one", "two"])
def bag(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagBag]:
    """The dags of one site, and of two."""
    folder = tmp_path_factory.mktemp("sites")
    names = ["sample"] if request.param == "one" else ["kita", "minami"]
    for name in names:
        shutil.copytree(SAMPLE, folder / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUKUHON_SITES", os.pathsep.join(str(folder / name) for name in names))
        yield DagBag(str(ROOT / "dags"))


def dags(bag: DagBag) -> list[DAG]:
    """All of them."""
    return list(bag.dags.values())


def test_every_duty_of_every_site_is_a_dag(bag: DagBag) -> None:
    """And each file is read without an error."""
    assert bag.import_errors == {}
    sites = 1 if "upload" in bag.dags else 2
    assert len(bag.dags) == sites * len(Duty)


def test_ids_are_ascii_and_names_japanese(bag: DagBag) -> None:
    """Machines see the id, officers the name and its explanation."""
    for dag in dags(bag):
        assert re.fullmatch(r"[a-z_]+", dag.dag_id)
        assert re.search(r"[ぁ-んァ-ヶ一-龠]", dag.dag_display_name)
        assert dag.doc_md is not None
        assert dag.doc_md.startswith("###")
        for task in dag.tasks:
            assert re.search(r"[ぁ-んァ-ヶ一-龠]", task.task_display_name)


def test_owner_and_tags(bag: DagBag) -> None:
    """Somebody is named, and the tags are those that officers know."""
    for dag in dags(bag):
        assert dag.owner == "業務担当者"
        assert dag.tags
        assert dag.tags <= set(Tag)


def test_one_run_at_a_time_and_none_of_another_kind(bag: DagBag) -> None:
    """Days and windows are worked off in order; what may not be started by hand cannot be."""
    for dag in dags(bag):
        assert dag.max_active_runs == 1
        assert dag.catchup
        assert dag.allowed_run_types
    for dag in dags(bag):
        if dag.dag_id.endswith(Duty.UPLOAD):
            assert {kind.value for kind in dag.allowed_run_types or ()} == {"scheduled"}


def test_tasks_are_tried_again_and_people_are_never_answered_for(bag: DagBag) -> None:
    """A retry only watches, or finds what is done; time alone approves nothing."""
    for dag in dags(bag):
        for task in dag.tasks:
            assert task.retries >= 2
            if task.task_type in {"AskOperator", "ApproveOperator"}:
                assert task.defaults is None
                assert task.response_timeout is None
            else:
                assert task.retry_policy is not None


def test_only_uploads_are_in_the_pool_of_one_and_none_waits_in_it(bag: DagBag) -> None:
    """The wait for the window holds no slot; the order does, deferred or not."""
    pools = {task.task_id: task.pool for dag in dags(bag) for task in dag.tasks}

    assert {task for task, pool in pools.items() if pool == UPLOAD_POOL} == {"send_window"}
    assert pools["wait_for_window"] == "default_pool"


def test_they_survive_serialization(bag: DagBag) -> None:
    """The scheduler plans from what it reads back, and finds our timetables there."""
    for dag in dags(bag):
        back = DagSerialization.from_dict(DagSerialization.to_dict(dag))
        assert back.timetable.summary == type(back.timetable).summary.fget(back.timetable)
        assert len(back.tasks) == len(dag.tasks)


def test_reading_the_dag_files_is_light_and_quick() -> None:
    """Nothing that a task alone needs is imported, and the files are read within their budget of time."""
    code = f"""
import sys, time
from airflow.dag_processing.dagbag import DagBag
began = time.process_time()
bag = DagBag({str(ROOT / "dags")!r})
seconds = time.process_time() - began
heavy = [name for name in {HEAVY!r} if name in sys.modules]
assert not bag.import_errors, bag.import_errors
assert not heavy, heavy
assert seconds < {PARSE_BUDGET_S}, seconds
"""
    environment = {**os.environ, "FUKUHON_SITES": str(SAMPLE), "PYTHONWARNINGS": "ignore"}
    environment["PYTHONPATH"] = os.pathsep.join((str(ROOT / "include"), str(ROOT / "plugins")))
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("path", sorted([*ROOT.glob("dags/*.py"), *ROOT.glob("plugins/**/*.py")]), ids=lambda p: p.name)
def test_nothing_for_production_imports_the_rehearsal(path: Path) -> None:
    """Demo, faults and stand-in stay outside of what Airflow loads."""
    assert not re.search(r"^\s*(from|import) (rehearsal|standin)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
