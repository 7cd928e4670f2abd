"""Waiting in real time, but never past a stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Pace", "wait"]


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the loop waits, in real seconds."""

    poll: float = 0.15
    """Between two looks at the ledger."""
    idle: float = 0.5
    """Between two looks at the clock, while an order has nothing to send; a new plan is seen at once."""
    again: float = 2.0
    """Until files that the guard refused are asked about again, when nothing has changed."""
    settle: float = 5.0
    """Between two tries to settle a doubt; how often the server is really asked, its manners say."""
    pauses: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 15.0, 60.0)
    """After the first, second, … failure in a row of the line, the server or the books."""

    def pause(self, failures: int) -> float:
        """The pause after so many failures in a row."""
        return self.pauses[min(failures, len(self.pauses)) - 1]


def wait(seconds: float, stop: Callable[[], bool]) -> None:
    """Wait; a stop ends it within a tenth of a second."""
    until = time.monotonic() + seconds
    while not stop() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.1))
