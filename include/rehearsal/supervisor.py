"""A small supervisor: starts programs, keeps them running, stops them for good.

Each program has a session of its own, a log file and a restart policy. It ends by SIGTERM; what is left of its session
after the time allowed is killed. ``airflow standalone`` is no alternative: it leaves its children alive, and listens on
all addresses.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

__all__ = ["Program", "Supervisor", "SupervisorError", "end_orphans", "session_members"]

_LOOK_S = 0.25
_QUICK_DEATH_S = 10.0
_QUICK_DEATHS = 4
_KILLED_S = 5.0
"""Longer than the kernel takes to end what was killed."""


class SupervisorError(Exception):
    """A program does not come up, or dies again and again; the text says which and where its log lies."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program: its command line, its whole environment, how long it may take to end."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    grace_s: float = 20.0
    ask_again_s: float | None = None
    """After how long SIGTERM is sent a second time: some wait long for nothing, and go at once when asked again."""
    serves: bool = False
    """Whether others need it until they have ended, so that it is stopped after them."""
    keep: bool = True
    """Whether it is started again when it ends by itself."""


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    log: IO[bytes]
    started: float
    deaths: int = 0
    """In a row, each soon after its start."""
    wanted: bool = True


class Supervisor:
    """Runs programs, their logs in ``folder``. A context manager: leaving it stops them all."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._children: dict[str, _Child] = {}
        self._lock = threading.RLock()
        self._failure: SupervisorError | None = None
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self.close()

    def start(self, program: Program) -> int:
        """Start a program, in a session of its own. Returns its pid."""
        with self._lock:
            log = (self.folder / f"{program.name}.log").open("ab")
            child = _Child(program, self._spawn(program, log), log, time.monotonic())
            self._children[program.name] = child
            return child.process.pid

    def pid(self, name: str) -> int:
        """The pid under which a program runs now."""
        return self._children[name].process.pid

    def restart(self, name: str) -> int:
        """Stop a program and start it again. Returns the new pid."""
        program = self._children[name].program
        self.stop([name])
        return self.start(program)

    def log(self, name: str) -> Path:
        """Where a program's output goes."""
        return self.folder / f"{name}.log"

    def check(self) -> None:
        """Raise SupervisorError when a program could not be kept running."""
        if self._failure is not None:
            raise self._failure

    def wait(self, ready: Callable[[], bool], what: str, timeout_s: float = 90.0) -> None:
        """Wait until ``ready``. Raises SupervisorError when it takes too long or a program gave up."""
        until = time.monotonic() + timeout_s
        while not ready():
            self.check()
            if time.monotonic() > until:
                raise SupervisorError(f"{what}が{timeout_s:.0f}秒以内に準備できませんでした。記録：{self.folder}")
            time.sleep(_LOOK_S)

    def stop(self, names: Iterable[str] | None = None) -> None:
        """SIGTERM to all that are named (None: all), those that serve the others last; SIGKILL to what is left then."""
        with self._lock:
            children = [self._children[name] for name in (list(self._children) if names is None else names)]
            for child in children:
                child.wanted = False
        for serves in (False, True):
            _stop([child for child in children if child.program.serves is serves])

    def kill(self, name: str) -> None:
        """SIGKILL to a program and all of its session, as when the power fails; the restart policy then acts."""
        for pid in session_members(self._children[name].process.pid):
            _signal(pid, signal.SIGKILL)

    def crash(self, names: Iterable[str]) -> None:
        """Kill programs and their sessions all at once, as when the power fails, and start none of them again."""
        with self._lock:
            children = [self._children[name] for name in names]
            for child in children:
                child.wanted = False
            for pid in [pid for child in children for pid in session_members(child.process.pid)]:
                _signal(pid, signal.SIGKILL)
        self.stop(names)

    def close(self) -> None:
        """Stop everything and the watch over it."""
        self._ended.set()
        self.stop()

    def _spawn(self, program: Program, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [os.fspath(part) for part in program.command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=dict(program.environment),
            start_new_session=True,
        )

    def _watch(self) -> None:
        while not self._ended.wait(_LOOK_S):
            with self._lock:
                for child in list(self._children.values()):
                    if child.wanted and child.process.poll() is not None:
                        self._revive(child)

    def _revive(self, child: _Child) -> None:
        name = child.program.name
        quick = time.monotonic() - child.started < _QUICK_DEATH_S
        child.deaths = child.deaths + 1 if quick else 1
        if not child.program.keep or child.deaths >= _QUICK_DEATHS:
            child.wanted = False
            code = child.process.returncode
            self._failure = SupervisorError(f"{name} が終了しました（{code}）。記録：{self.log(name)}")
            return
        _sweep(child.process)
        child.process = self._spawn(child.program, child.log)
        child.started = time.monotonic()


def session_members(leader: int) -> list[int]:
    """The pids of a session, by ``/proc``: a task of Airflow has a group of its own, but its worker's session."""
    found = []
    for pid in _processes():
        with suppress(OSError, IndexError, ValueError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(pid)
    return found


def end_orphans(name: str, value: str) -> int:
    """Kill every process whose environment has this variable with this value; returns how many there were.

    For what a supervisor has left that was itself killed: whoever holds its folder now starts with nothing running.
    """
    wanted = f"{name}={value}".encode()
    found = [pid for pid in _processes() if pid != os.getpid() and wanted in _environment(pid)]
    for pid in found:
        _signal(pid, signal.SIGKILL)
    return len(found)


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _environment(pid: int) -> list[bytes]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return []


def _stop(children: Sequence[_Child]) -> None:
    """SIGTERM to all in one go, to some again; after its grace, SIGKILL to what is left of each."""
    for child in children:
        _signal(child.process.pid, signal.SIGTERM)
    began = time.monotonic()
    for child in sorted(children, key=lambda child: child.program.ask_again_s or child.program.grace_s):
        again = child.program.ask_again_s
        if again is not None and not _ends(child.process, began + again):
            _signal(child.process.pid, signal.SIGTERM)
        _ends(child.process, began + child.program.grace_s)
        _sweep(child.process)
        child.log.close()


def _ends(process: subprocess.Popen[bytes], until: float) -> bool:
    """Whether a program has ended by an instant of the monotonic clock, or a tenth of a second from now."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(max(0.1, until - time.monotonic()))
    return process.returncode is not None


def _sweep(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a program's session, take its exit status, and see that nothing of it is left."""
    until = time.monotonic() + _KILLED_S
    while left := session_members(process.pid):
        for pid in left:
            _signal(pid, signal.SIGKILL)
        if time.monotonic() > until:
            return
        time.sleep(0.02)
    _ends(process, until)


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
