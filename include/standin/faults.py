"""Faults on demand, for tests: a line that is cut or slow, an answer that is lost, a status out of the blue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Fault", "Faults"]

KINDS = frozenset({"cut", "slow", "lose_answer", "status"})


@dataclass
class Fault:
    """One fault: on paths that begin with ``path`` (whole, or below the body), ``times`` times."""

    kind: str
    path: str = ""
    after_bytes: int = 0
    bytes_per_s: float = 0
    status: int = 500
    times: int = 1

    def fits(self, path: str) -> bool:
        """Whether the fault is meant for a path."""
        below = "/" + path.split("/", 3)[3] if path.count("/") > 2 else path
        return self.times > 0 and (path.startswith(self.path) or below.startswith(self.path))


class Faults:
    """The faults that wait. They are forgotten when the server ends."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, row: dict[str, Any]) -> Fault:
        """Add a fault; an unknown kind or field is a ValueError."""
        try:
            fault = Fault(**row)
        except TypeError as error:
            raise ValueError(str(error)) from error
        if fault.kind == "slow" and fault.bytes_per_s <= 0:
            raise ValueError("bytes_per_s: more than 0")
        if fault.kind not in KINDS:
            raise ValueError(f"kind: one of {', '.join(sorted(KINDS))}")
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Forget them all."""
        self._waiting.clear()

    def take(self, path: str) -> dict[str, Fault]:
        """Use up one time of each kind that fits a request, and return them by kind."""
        taken: dict[str, Fault] = {}
        for fault in self._waiting:
            if fault.kind not in taken and fault.fits(path):
                fault.times -= 1
                taken[fault.kind] = fault
        self._waiting = [fault for fault in self._waiting if fault.times > 0]
        return taken
