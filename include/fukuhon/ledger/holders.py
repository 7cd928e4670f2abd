"""Who holds the lease, and the proof that a holder is dead.

A process is known by its host, the host's boot, its pid and the pid's start time: a pid alone is given again to
somebody else.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Holder", "holder_is_dead"]

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Holder:
    """One process on one host. ``start_time`` in clock ticks since boot (field 22 of ``/proc/PID/stat``)."""

    host: str
    boot_id: str
    pid: int
    start_time: int

    @classmethod
    def this_process(cls) -> Holder:
        """The process that asks."""
        pid = os.getpid()
        start_time = _start_time(pid)
        if start_time is None:
            raise RuntimeError("/proc does not show this process")
        return cls(socket.gethostname(), _boot_id(), pid, start_time)


def holder_is_dead(holder: Holder) -> bool:
    """Whether it is proven, from here, that the holder runs no more. From another host nothing can be proven."""
    if holder.host != socket.gethostname():
        return False
    return holder.boot_id != _boot_id() or _start_time(holder.pid) != holder.start_time


def _boot_id() -> str:
    return (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _start_time(pid: int) -> int | None:
    """The start time of a living process.

    None for none, and for one that has ended but was not collected by its parent.
    """
    try:
        stat = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = stat.rpartition(")")[2].split()  # the command's name, field 2, may hold blanks and brackets
    return None if fields[0] in {"Z", "X"} else int(fields[19])
