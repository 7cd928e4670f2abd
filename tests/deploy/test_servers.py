"""The services of docker-compose.yml as processes: Celery, two workers, PostgreSQL, Redis, FAB; and what kills them."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from fukuhon.ledger import FileState
from fukuhon.registration import results
from fukuhon.registration.desk import open_desk
from rehearsal.driver_drill import UploadDays, prepared_days, small_windows
from rehearsal.driver_world import Plan, made_city
from rehearsal.judge import accounts, problems_of
from rehearsal.servers.databases import MissingError, away
from rehearsal.servers.world import ServersWorld, open_servers

pytestmark = [pytest.mark.deep, pytest.mark.e2e, pytest.mark.timeout(900)]

SLOW = 8_000
DAYS, BYTES_A_DAY = 12, 90_000
# What a test must see sooner than an office; all else is as docker-compose.yml has it (test_compose.py).
QUICK = {
    "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
    "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_DETECTION_INTERVAL": "5",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "10",
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10",
    # A worker that is killed takes along what it had fetched and not begun: Airflow gives that up after ten minutes.
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "20",
    "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "5",
    "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "10",
    "AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC": "2",
    "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "2",
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "20",
    "FUKUHON_POLL_SECONDS": "0.3",
    "FUKUHON_RETRY_SECONDS": "1",
    "FUKUHON_FIRST_SECONDS": "1.5",
}
EXTRA = "  - {name: 開示 四郎, ui_user: kaiji, role: disclosure, valid_from: 2017-04-01, valid_to: null}\n"


@pytest.fixture(scope="module")
def days() -> Iterator[UploadDays]:
    """One world for all tests of this file; each takes the next window."""
    folder = Path(tempfile.mkdtemp(prefix="fukuhon-servers-"))
    kept = dict(os.environ)
    plan = Plan(folder, people=1500, start="2017-04-11T08:00:00+09:00", settings=QUICK)
    made_city(plan)
    small_windows(plan, days=DAYS, records_per_file=150, bytes_a_day=BYTES_A_DAY)
    settings = plan.site / "site.yaml"
    text = re.sub(
        r"(?m)^ledger: .*$",
        f"ledger: {{file: {folder / 'servers' / 'secrets' / 'ledger_database'}}}",
        settings.read_text(encoding="utf-8"),
    )
    settings.write_text(text.rstrip("\n") + "\n" + EXTRA, encoding="utf-8")
    try:
        with open_servers(plan) as world:
            world.supervisor.wait(world.airflow.healthy, "Airflow", 120.0)
            yield prepared_days(world, days=DAYS, bytes_a_day=BYTES_A_DAY)
    except MissingError as missing:
        if os.environ.get("FUKUHON_REQUIRE_SERVICES") == "1":
            pytest.fail(f"{missing} is demanded and not installed")
        pytest.skip(f"{missing} is not installed")
    finally:
        os.environ.clear()
        os.environ.update(kept)
        if not os.environ.get("FUKUHON_KEEP"):
            shutil.rmtree(folder, ignore_errors=True)


def world_of(days: UploadDays) -> ServersWorld:
    """The world, as what it is."""
    assert isinstance(days.world, ServersWorld)
    return days.world


def check_once(days: UploadDays, uploads: list[dict[str, Any]]) -> None:
    """Every file came whole, once; never two at a time; nothing forbidden."""
    everything = days.world.standin.traffic()
    taken = Counter(each["sha256"] for each in everything["uploads"] if each["outcome"] == "received")
    assert uploads
    assert {each["outcome"] for each in uploads} == {"received"}
    assert all(each["bytes"] == each["expected"] for each in uploads)
    assert set(taken.values()) == {1}
    assert everything["max_at_once"] == 1
    assert days.world.standin.violations() == []


def test_people_log_in_through_fab_and_see_our_pages(days: UploadDays) -> None:
    """A person of site.yaml, with the first password: the token of FAB, our pages; nobody else."""
    airflow = days.world.airflow
    for user in ("kanri", "gyomu", "totsugo", "sekinin", "kaiji"):
        page = airflow.as_(user).get("/fukuhon/today")
        assert (user, page.status_code) == (user, httpx.codes.OK)
        assert "見本市" in page.text
    with httpx.Client(base_url=airflow.home.url, trust_env=False) as nobody:
        assert nobody.get("/fukuhon/today").status_code == httpx.codes.UNAUTHORIZED
        wrong = nobody.post("/auth/token", json={"username": "gyomu", "password": "gyomu"})
        assert wrong.status_code == httpx.codes.UNAUTHORIZED


def test_who_only_looks_starts_nothing(days: UploadDays) -> None:
    """Seed 1.9.1: 情報提供等記録開示担当者 starts nothing; only the administrator sees connections."""
    body = {"logical_date": None, "conf": {}}
    looks = days.world.airflow.as_("kaiji").post("/api/v2/dags/prepare_initial/dagRuns", json=body)
    assert looks.status_code == httpx.codes.FORBIDDEN
    seen = {user: days.world.airflow.as_(user).get("/api/v2/connections").status_code for user in ("kanri", "gyomu")}
    assert seen == {"kanri": httpx.codes.OK, "gyomu": httpx.codes.FORBIDDEN}


def test_simple_auth_manager_is_not_there(days: UploadDays) -> None:
    """Neither a token without a password, as SimpleAuthManager hands out, nor its login page (DESIGN §3.15)."""
    with httpx.Client(base_url=days.world.airflow.home.url, trust_env=False) as nobody:
        assert nobody.get("/auth/token").status_code in {httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED}
        assert nobody.get("/auth/token/login").status_code != httpx.codes.CREATED
        assert 'type="password"' in nobody.get("/auth/login/").text


def test_the_pool_has_one_slot_and_counts_who_waits(days: UploadDays) -> None:
    """As imported at deployment."""
    pool = days.world.airflow.as_("kanri").get("/api/v2/pools/upload").raise_for_status().json()
    assert (pool["slots"], pool["include_deferred"]) == (1, True)


def test_kill_9_of_both_workers_during_an_upload(days: UploadDays) -> None:
    """The task that watches dies with its worker and is run again; the file on the wire does not notice."""
    window, run = days.open_next(bytes_per_s=SLOW)
    airflow, supervisor = days.world.airflow, days.world.supervisor
    airflow.wait_task(run, "send_window", "deferred")
    airflow.clear(run, "send_window", "kanri")
    airflow.wait_task(run, "send_window", "queued", "running")
    for worker in ("worker-1", "worker-2"):
        supervisor.kill(worker)
    assert days.sending(), "the upload was over before the kill"

    check_once(days, days.close(window))
    airflow.wait(run, timeout_s=180.0)


def test_redis_restarts_during_an_upload(days: UploadDays) -> None:
    """Redis is killed and comes back with its queue."""
    window, run = days.open_next(bytes_per_s=SLOW)
    days.world.airflow.wait_task(run, "send_window", "deferred")
    days.world.supervisor.kill("redis")
    assert days.sending(), "the upload was over before the kill"

    check_once(days, days.close(window))
    days.world.airflow.wait(run, timeout_s=180.0)


def test_postgresql_is_away_during_an_upload(days: UploadDays) -> None:
    """Ledger and Airflow's database are gone for a while: the file arrives, its outcome is told when they are back."""
    window, run = days.open_next(bytes_per_s=SLOW)
    days.world.airflow.wait_task(run, "send_window", "deferred")
    postgres = world_of(days).postgres
    assert postgres is not None
    assert days.sending()
    away(postgres, 8.0)
    days.world.supervisor.wait(days.world.airflow.healthy, "Airflow", 120.0)

    check_once(days, days.close(window))
    days.world.airflow.wait(run, timeout_s=180.0)


def test_nothing_is_lost_and_the_books_close(days: UploadDays) -> None:
    """The remaining windows, the nights, the results: what was prepared is what the server holds."""
    open_ones = (FileState.PLANNED, FileState.SENDING, FileState.CUT, FileState.IN_DOUBT)
    while days.in_state(*open_ones):
        window, _ = days.open_next()
        check_once(days, days.close(window))
    end = time.monotonic() + 60
    while days.in_state(FileState.RECEIVED, FileState.WAITING):
        assert time.monotonic() < end, "results do not come"
        now = days.world.standin.now()
        days.world.standin.step((now + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0))
        with open_desk(days.world.plan.site, "drill") as desk:
            results.confirm(desk)
    found = accounts(days.office.ledger, {dataset.code: dataset.spi for dataset in days.world.site.datasets()})
    assert problems_of(found, days.world.standin.held()) == []
    assert found.records.registered == found.records.to_register > 500
