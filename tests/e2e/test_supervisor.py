"""The supervisor: what it starts runs in a session of its own, is kept running, and ends with all it started."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.supervisor import Program, Supervisor, SupervisorError, end_orphans, session_members
from rehearsal.supervisor_airflow import AirflowHome, base_environment, free_ports

SLEEPER = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEPER!r}], process_group=0); {SLEEPER}"


def program(code: str, *, name: str = "one", grace_s: float = 5.0, keep: bool = True) -> Program:
    """A Python program of one line."""
    return Program(name, [sys.executable, "-c", code], base_environment(), grace_s=grace_s, keep=keep)


def eventually(there: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_program_has_a_session_and_a_log_of_its_own(tmp_path: Path) -> None:
    """Ctrl-C in the terminal reaches the supervisor alone, and it decides."""
    with Supervisor(tmp_path) as supervisor:
        pid = supervisor.start(program(SLEEPER))
        eventually(lambda: "up" in supervisor.log("one").read_text())

        assert os.getsid(pid) == pid != os.getsid(0)
    assert session_members(pid) == []


def test_what_dies_is_started_again(tmp_path: Path) -> None:
    """With a new pid, and without anybody asking."""
    with Supervisor(tmp_path) as supervisor:
        pid = supervisor.start(program(SLEEPER))
        supervisor.kill("one")
        eventually(lambda: supervisor.pid("one") != pid)
        eventually(lambda: session_members(supervisor.pid("one")) != [])


def test_what_dies_again_and_again_is_given_up_and_named(tmp_path: Path) -> None:
    """Nobody waits for a program that cannot run."""
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(program("raise SystemExit(3)"))

        with pytest.raises(SupervisorError, match="one"):
            supervisor.wait(lambda: False, "試験", 20.0)


def test_what_is_not_kept_is_an_error_at_once(tmp_path: Path) -> None:
    """For programs whose state would be lost by starting them again."""
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(program("pass", keep=False))

        with pytest.raises(SupervisorError):
            supervisor.wait(lambda: False, "試験", 20.0)


def test_the_whole_session_ends_the_stubborn_included(tmp_path: Path) -> None:
    """A task of Airflow has a process group of its own, but its worker's session."""
    with Supervisor(tmp_path) as supervisor:
        parent = supervisor.start(program(PARENT, name="parent"))
        stubborn = supervisor.start(program(STUBBORN, name="stubborn", grace_s=0.5))
        eventually(lambda: len(session_members(parent)) == 2)
        eventually(lambda: "up" in supervisor.log("stubborn").read_text())
        supervisor.stop()

        assert session_members(parent) == session_members(stubborn) == []


DEAF_ONCE = """
import signal, sys, time
signal.signal(15, lambda *_: signal.signal(15, lambda *_: sys.exit(7)))
print('up', flush=True)
while True:
    time.sleep(0.1)
"""


def test_what_does_not_go_is_asked_again_before_it_is_killed(tmp_path: Path) -> None:
    """Airflow's triggerer waits long for a child; asked twice it goes, and does not leave its job as running."""
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(replace(program(DEAF_ONCE, grace_s=60.0), ask_again_s=0.2))
        eventually(lambda: "up" in supervisor.log("one").read_text())
        began = time.monotonic()
        supervisor.stop()

        assert time.monotonic() - began < 30
        assert supervisor._children["one"].process.returncode == 7


def test_what_serves_others_is_stopped_after_them(tmp_path: Path) -> None:
    """A sender that ends its upload needs the server for it."""
    served = tmp_path / "served"
    slow = f"""
import pathlib, signal, time
signal.signal(15, lambda *_: (time.sleep(1), pathlib.Path({str(served)!r}).touch(), exit(0)))
print('up', flush=True)
time.sleep(60)
"""
    server = f"""
import pathlib, signal
signal.signal(15, lambda *_: exit(0 if pathlib.Path({str(served)!r}).exists() else 9))
print('up', flush=True)
signal.pause()
"""
    with Supervisor(tmp_path) as supervisor:
        supervisor.start(replace(program(server, name="server"), serves=True))
        supervisor.start(program(slow, name="client"))
        for name in ("server", "client"):
            eventually(lambda name=name: "up" in supervisor.log(name).read_text())  # type: ignore[misc]
        supervisor.stop()

        assert supervisor._children["server"].process.returncode == 0


def test_what_a_killed_supervisor_has_left_is_found_by_its_mark(tmp_path: Path) -> None:
    """Whoever holds the folder next starts with nothing running."""
    environment = {**base_environment(), "FUKUHON_WORLD": str(tmp_path)}
    orphan = subprocess.Popen([sys.executable, "-c", SLEEPER], env=environment, stdout=subprocess.DEVNULL)
    other = subprocess.Popen([sys.executable, "-c", SLEEPER], env=base_environment(), stdout=subprocess.DEVNULL)
    try:
        eventually(lambda: end_orphans("FUKUHON_WORLD", str(tmp_path)) == 1)

        assert orphan.wait(10) == -9
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_airflow_s_settings_are_the_clone_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback only, secrets made once for this clone and private, and nothing of the caller's own Airflow."""
    site = Path(__file__).parents[2] / "include" / "sites" / "sample"
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW_HOME", "/somewhere/else")
    home = AirflowHome(tmp_path / "airflow", (site,), *free_ports(1))
    environment = home.environment()

    assert environment["AIRFLOW_HOME"] == str(tmp_path / "airflow")
    assert environment["AIRFLOW__CORE__EXECUTOR"] == "fukuhon_airflow.executor.LoadedExecutor"
    assert environment["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert environment == home.environment()
    assert home.passwords() == home.passwords()
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "airflow").glob("*.json")} == {0o600}
    assert set(home.passwords()) == {"kanri", "gyomu", "totsugo", "sekinin"}
    assert "kanri:ADMIN" in environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"]
    assert "totsugo:USER" in environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"]
