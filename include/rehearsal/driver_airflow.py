"""Airflow as people use it: its REST API with a person's own token, and one command line."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import httpx

from rehearsal.supervisor_airflow import AirflowHome, program_path

__all__ = ["Airflow", "AirflowError", "Run"]

_LOOK_S = 0.25
_ASKED = 5
"""How often a busy server is asked the same."""
_PATIENCE_S = 300.0
"""Far longer than anything takes; a machine with other work is no reason to give up."""
_THINK_S = 2.0
"""People read before they answer; and Airflow has not told all its parts yet that the task is parked."""
ENDED = frozenset({"success", "failed"})


class AirflowError(Exception):
    """Something in Airflow did not go as the day has it; the text names the dag, the run and the task."""


@dataclass(frozen=True, slots=True)
class Run:
    """A dag's run."""

    dag: str
    id: str

    @property
    def path(self) -> str:
        """Its place in the REST API."""
        return f"/api/v2/dags/{self.dag}/dagRuns/{self.id}"


def scheduled(dag: str, run_after: datetime) -> Run:
    """The scheduled run that a timetable plans at an instant."""
    return Run(dag, f"scheduled__{run_after.astimezone(UTC).isoformat()}")


@dataclass
class Airflow:
    """The API server of one home. ``alive`` raises when a program behind it has died for good."""

    home: AirflowHome
    alive: Callable[[], None] = lambda: None
    _clients: dict[str, httpx.Client] = field(default_factory=dict)

    def close(self) -> None:
        """Give the connections back."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def healthy(self) -> bool:
        """Whether all four parts of it say that they are well."""
        try:
            answer = httpx.get(f"{self.home.url}/api/v2/monitor/health", trust_env=False, timeout=5.0).json()
        except (httpx.HTTPError, ValueError):
            return False
        parts = ("metadatabase", "scheduler", "triggerer", "dag_processor")
        return all(answer.get(part, {}).get("status") == "healthy" for part in parts)

    def as_(self, user: str) -> httpx.Client:
        """A client that acts as a person of the UI."""
        if user not in self._clients:
            client = httpx.Client(base_url=self.home.url, trust_env=False, timeout=30.0)
            password = self.home.passwords()[user]
            answer = client.post("/auth/token", json={"username": user, "password": password}).raise_for_status()
            client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            self._clients[user] = client
        return self._clients[user]

    @property
    def watcher(self) -> httpx.Client:
        """The client that only looks."""
        if not self._clients:  # whose it is does not matter, and settings are not read anew at each look
            return self.as_(next(iter(self.home.passwords())))
        return next(iter(self._clients.values()))

    def known(self, dag: str) -> bool:
        """Whether the dag has been read."""
        return self.watcher.get(f"/api/v2/dags/{dag}").status_code == httpx.codes.OK

    def work(self) -> dict[str, int]:
        """How many runs have ended so far, and how many task instances they had."""
        runs = self.watcher.get("/api/v2/dags/~/dagRuns?state=success&state=failed&limit=1")
        tasks = self.watcher.get(
            "/api/v2/dags/~/dagRuns/~/taskInstances?state=success&state=failed&state=skipped&state=upstream_failed&limit=1"
        )
        counts = [answer.raise_for_status().json()["total_entries"] for answer in (runs, tasks)]
        return {"runs": counts[0], "task_instances": counts[1]}

    def trigger(self, dag: str, user: str, conf: Mapping[str, Any] | None = None) -> Run:
        """Start a run by hand, as a person; under a name of its own, so that asking again starts no second one."""
        run = Run(dag, f"manual__{uuid4()}")
        body = {"dag_run_id": run.id, "logical_date": None, "conf": dict(conf or {})}
        self._ask(user, "POST", f"/api/v2/dags/{dag}/dagRuns", body)
        return run

    def _ask(self, user: str, method: str, path: str, body: Mapping[str, Any]) -> None:
        """Ask as a person, again where the server was too busy. Raises AirflowError where it refuses or stays busy."""
        for _ in range(_ASKED):
            try:
                answer = self.as_(user).request(method, path, json=dict(body))
            except httpx.ReadTimeout:
                continue
            if answer.is_success or answer.status_code == httpx.codes.CONFLICT:  # it was done the first time
                return
            if not answer.is_server_error:
                break
            time.sleep(_LOOK_S)
        raise AirflowError(f"Airflow が依頼を受け付けません：{method} {path}")

    def state(self, run: Run) -> str | None:
        """The run's state; None while there is no such run."""
        answer = self.watcher.get(run.path)
        return None if answer.status_code == httpx.codes.NOT_FOUND else answer.raise_for_status().json()["state"]

    def task_states(self, run: Run) -> dict[str, str | None]:
        """The states of a run's tasks."""
        rows = self.watcher.get(f"{run.path}/taskInstances").raise_for_status().json()["task_instances"]
        return {row["task_id"]: row["state"] for row in rows}

    def wait(self, run: Run, *, expect: str = "success", timeout_s: float = _PATIENCE_S) -> None:
        """Wait until a run has ended as expected. Raises AirflowError where it ends otherwise or not in time."""
        self.until(lambda: self.state(run) in ENDED, f"{run.dag} {run.id}", timeout_s)
        if (state := self.state(run)) != expect:
            raise AirflowError(f"{run.dag}（{run.id}）が {state} で終わりました：{self.task_states(run)}")

    def wait_task(self, run: Run, task: str, *states: str, timeout_s: float = _PATIENCE_S) -> None:
        """Wait until a task of a run is in one of the states. Raises AirflowError where it is not in time."""

        def there() -> bool:
            return self.state(run) is not None and self.task_states(run).get(task) in states

        self.until(there, f"{run.dag}.{task} {run.id}", timeout_s)

    def until(self, there: Callable[[], bool], what: str, timeout_s: float = _PATIENCE_S) -> None:
        """Wait until something holds. Raises AirflowError where it does not in time."""
        end = time.monotonic() + timeout_s
        while not there():
            self.alive()
            if time.monotonic() > end:
                raise AirflowError(f"{timeout_s:.0f}秒待っても進みません：{what}")
            time.sleep(_LOOK_S)

    def returned(self, run: Run, task: str) -> dict[str, Any]:
        """What a task returned: counts, codes and hashes; empty where it returned nothing."""
        answer = self.watcher.get(
            f"{run.path}/taskInstances/{task}/xcomEntries/return_value", params={"deserialize": True}
        )
        value = answer.json()["value"] if answer.status_code == httpx.codes.OK else {}
        return value if isinstance(value, dict) else {}

    def answer(self, run: Run, task: str, user: str, choice: str, timeout_s: float = _PATIENCE_S) -> None:
        """Answer a step that waits for a person, as that person."""
        path = f"{run.path}/taskInstances/{task}/-1/hitlDetails"
        self.wait_task(run, task, "awaiting_input", "deferred", timeout_s=timeout_s)
        self.until(lambda: self.watcher.get(path).status_code == httpx.codes.OK, f"{run.dag}.{task}", timeout_s)
        time.sleep(_THINK_S)
        self._ask(user, "PATCH", path, {"chosen_options": [choice], "params_input": {}})

    def clear(self, run: Run, task: str, user: str) -> None:
        """Clear a task of a run, as a person does in the UI."""
        body = {
            "dry_run": False,
            "dag_run_id": run.id,
            "task_ids": [task],
            "only_failed": False,
            "reset_dag_runs": True,
        }
        self.as_(user).post(f"/api/v2/dags/{run.dag}/clearTaskInstances", json=body).raise_for_status()

    def mark_failed(self, run: Run, task: str, user: str) -> None:
        """Mark a task of a run as failed, as a person does in the UI."""
        path = f"{run.path}/taskInstances/{task}"
        self.as_(user).patch(path, json={"new_state": "failed"}).raise_for_status()

    def pause(self, dag: str, user: str, *, paused: bool) -> None:
        """Pause a dag, or let it go on."""
        self.as_(user).patch(f"/api/v2/dags/{dag}", json={"is_paused": paused}).raise_for_status()

    def backfill(self, dag: str, day: date) -> None:
        """``airflow backfill create`` for one day that failed, on the command line. Raises AirflowError."""
        midnight = f"{day.isoformat()}T00:00:00+09:00"
        span = ("--from-date", midnight, "--to-date", midnight)
        how = ("--reprocess-behavior", "failed", "--max-active-runs", "1")
        command = [str(program_path("airflow")), "backfill", "create", "--dag-id", dag, *span, *how]
        done = subprocess.run(command, env=self.home.environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise AirflowError(f"airflow backfill create: {done.stderr[-500:]}")
