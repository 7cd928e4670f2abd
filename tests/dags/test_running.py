"""The operators inside Airflow's own task runner (``dag.test()``): facts, asset events, skips, one deferral."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

from fukuhon.clock import TOKYO, FixedClock
from fukuhon.ledger import Ledger, orders
from fukuhon_airflow import duties, library, operators

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # Airflow's own, in dag.test()
    pytest.mark.timeout(120),
    pytest.mark.xdist_group("airflow-database"),
]

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2017, 4, 12, 9, tzinfo=TOKYO)


@pytest.fixture(scope="module")
def bag() -> Iterator[DagBag]:
    """The dags of the sample site, and Airflow's database in this process's own home."""
    code = "from airflow.utils.db import initdb; initdb()"
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUKUHON_RETRY_SECONDS", "0.1")
        patch.setenv("FUKUHON_SITES", str(ROOT / "include" / "sites" / "sample"))
        yield DagBag(str(ROOT / "dags"))


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[FixedClock]:
    """The site's clock, and no waiting."""
    monkeypatch.setenv("FUKUHON_POLL_SECONDS", "0.05")
    monkeypatch.setenv("FUKUHON_FIRST_SECONDS", "0")
    clock = FixedClock(NOW)
    monkeypatch.setattr(operators, "site_clock", lambda _: clock)
    monkeypatch.setattr(library, "site_clock", lambda _: clock)
    yield clock
    library._looked.clear()


def run(bag: DagBag, dag_id: str, duty: Callable[[duties.Call], dict[str, Any]] | None = None) -> Any:
    """Run a dag in this process, its only task doing ``duty`` instead of its own."""
    dag: DAG = bag.dags[dag_id]
    if duty is not None:
        (task,) = dag.tasks
        task.duty = duty
    return dag.test(logical_date=datetime.now(UTC))


def test_facts_go_into_xcom_and_into_the_asset_s_event(bag: DagBag) -> None:
    """Counts, codes and hashes; a person's parameters reach the duty."""
    done = run(bag, "prepare_initial", lambda call: {"counts": {"read": 3}, "spi": call.params["spi"]})

    (ti,) = done.get_task_instances()
    assert done.state == "success"
    assert ti.xcom_pull(task_ids="prepare") == {"counts": {"read": 3}, "spi": "TM00000000000001"}


def test_nothing_to_do_is_a_skip(bag: DagBag) -> None:
    """No asset's event, no failure."""

    def nothing(_call: duties.Call) -> dict[str, Any]:
        raise duties.Nothing("なし")

    done = run(bag, "confirm_results", nothing)

    assert [ti.state for ti in done.get_task_instances()] == ["skipped"]


def test_a_window_is_ordered_deferred_and_told(
    bag: DagBag, tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order goes into the ledger; when the sender ends it, the task goes on with what was sent."""
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    starts: list[datetime] = []
    real = operators.call_of

    def call_of(folder: str, context: Any, needs: Any = ()) -> duties.Call:
        call = real(folder, context, needs)
        starts.append(call.start)
        return call

    monkeypatch.setattr(operators, "call_of", call_of)
    monkeypatch.setattr(duties, "open_ledger", lambda _: ledger)
    for module in (duties, library):
        monkeypatch.setattr(module, "order_state", lambda _, order_id: orders.wait_state(ledger, order_id))
    monkeypatch.setattr("fukuhon.windows.schedule.upload_windows", lambda _: [Window(start) for start in starts[-1:]])
    threading.Thread(target=sender, args=(ledger,), daemon=True).start()
    done = run(bag, "upload")

    assert done.state == "success"
    (send,) = [ti for ti in done.get_task_instances() if ti.task_id == "send_window"]
    assert send.xcom_pull(task_ids="send_window")["outcome"] == "nothing_left"


class Window:
    """A window of the schedule that begins when the run does."""

    id = "initial-20170412T0900"
    channel = None

    def __init__(self, start: datetime) -> None:
        self.interval = type("Span", (), {"start": start, "end": start + timedelta(hours=3)})
        self.kind = type("Kind", (), {"value": "initial"})


def sender(ledger: Ledger) -> None:
    """End the order a moment after it was given."""
    for _ in range(600):
        with ledger.reading() as reader:
            found = orders.open_orders(reader)
        if found:
            time.sleep(0.3)
            with ledger.transaction("sender") as tx:
                orders.end(tx, found[0].id, "nothing_left")
            return
        time.sleep(0.05)
