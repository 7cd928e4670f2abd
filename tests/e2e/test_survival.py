"""The running file survives what Airflow does to its tasks: real scheduler, real sender, a slow line."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fukuhon.ledger import FileState
from rehearsal.driver_airflow import ENDED, Run
from rehearsal.driver_drill import UploadDays, open_upload_days
from rehearsal.supervisor import session_members

pytestmark = [pytest.mark.deep, pytest.mark.e2e, pytest.mark.timeout(600)]

SLOW = 8_000
ADMIN = "kanri"


@pytest.fixture(scope="module")
def days(folder: Path) -> Iterator[UploadDays]:
    """One world for all tests of this file; each takes the next window."""
    with ExitStack() as stack:
        yield open_upload_days(stack, folder, days=16)


def check_once(days: UploadDays, uploads: list[dict[str, Any]]) -> None:
    """Every file came whole, over one connection, once; never two at a time; nothing forbidden."""
    everything = days.world.standin.traffic()
    taken = [each["sha256"] for each in everything["uploads"] if each["outcome"] == "received"]
    assert uploads
    assert {each["outcome"] for each in uploads} == {"received"}
    assert all(each["bytes"] == each["expected"] for each in uploads)
    assert len(taken) == len(set(taken))
    assert everything["max_at_once"] == 1
    assert days.world.standin.violations() == []


def finished(days: UploadDays, run: Run) -> str | None:
    """The run's end."""
    days.until(lambda: days.office.airflow.state(run) in ENDED, f"{run.id} ended")
    return days.office.airflow.state(run)


def test_clear(days: UploadDays) -> None:
    """A cleared task finds the order by its window and watches it."""
    window, run = days.open_next(bytes_per_s=SLOW)
    days.office.airflow.wait_task(run, "send_window", "deferred")
    days.office.airflow.clear(run, "send_window", ADMIN)

    check_once(days, days.close(window))
    assert finished(days, run) == "success"


def test_mark_failed(days: UploadDays) -> None:
    """Failed is not "not sent": the file arrives all the same, and the next window goes on."""
    window, run = days.open_next(bytes_per_s=SLOW)
    days.office.airflow.wait_task(run, "send_window", "deferred")
    days.office.airflow.mark_failed(run, "send_window", ADMIN)

    assert finished(days, run) == "failed"
    check_once(days, days.close(window))


def test_sigterm_to_the_task(days: UploadDays) -> None:
    """The task that has just written the order is ended; its next try watches the same order."""
    window, run = days.open_next(bytes_per_s=SLOW)
    days.office.airflow.wait_task(run, "send_window", "deferred")
    days.office.airflow.clear(run, "send_window", ADMIN)
    days.until(lambda: bool(task_processes(days)), "a process of the task")
    for pid in task_processes(days):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)

    check_once(days, days.close(window))
    assert finished(days, run) == "success"


def task_processes(days: UploadDays) -> list[int]:
    """The processes of tasks: children of the local executor's workers that were forked to run one."""
    workers = {
        pid for pid in session_members(days.world.supervisor.pid("scheduler")) if b"LocalExecutor" in command(pid)
    }
    return [pid for pid in session_members(days.world.supervisor.pid("scheduler")) if parent(pid) in workers]


def command(pid: int) -> bytes:
    """A process's command line."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def parent(pid: int) -> int | None:
    """A process's parent."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return None


@pytest.mark.parametrize("part", ["api-server", "scheduler", "triggerer"])
def test_restart(days: UploadDays, part: str) -> None:
    """Any part of Airflow is started anew while a file is on the wire."""
    window, run = days.open_next(bytes_per_s=SLOW)
    days.office.airflow.wait_task(run, "send_window", "deferred")
    days.world.supervisor.restart(part)
    days.world.supervisor.wait(days.office.airflow.healthy, "Airflow", 120.0)

    check_once(days, days.close(window))
    assert finished(days, run) == "success"


def test_a_paused_dag(days: UploadDays) -> None:
    """The window goes on to its end; the run is told once the dag goes on."""
    window, run = days.open_next(bytes_per_s=SLOW)
    days.office.airflow.wait_task(run, "send_window", "deferred")
    days.office.airflow.pause("upload", ADMIN, paused=True)

    check_once(days, days.close(window))
    days.office.airflow.pause("upload", ADMIN, paused=False)
    assert finished(days, run) == "success"


def test_kill_9_of_the_sender(days: UploadDays) -> None:
    """What nobody saw the end of is in doubt until a look settles it; nothing is sent until then, and then once."""
    window, run = days.open_next(bytes_per_s=SLOW)
    sent_before = {each["sha256"] for each in days.world.standin.traffic()["uploads"] if each["outcome"] == "received"}
    days.world.supervisor.kill("sender")
    days.until(lambda: days.in_state(FileState.IN_DOUBT) == 1, "a file in doubt")
    days.until(lambda: days.order(window).state == "ended", "the order ended")

    assert days.order(window).outcome == "in_doubt"
    assert finished(days, run) == "failed"
    days.world.standin.step(days.world.standin.now() + timedelta(minutes=20))
    days.until(lambda: days.in_state(FileState.IN_DOUBT) == 0, "settled by looking", 90.0)
    traffic = days.world.standin.traffic()["uploads"]
    taken = [each["sha256"] for each in traffic if each["outcome"] == "received"]
    assert len(taken) == len(set(taken))
    assert set(taken) >= sent_before

    window, run = days.open_next()
    uploads = days.close(window)
    assert finished(days, run) == "success"
    check_once(days, uploads)
