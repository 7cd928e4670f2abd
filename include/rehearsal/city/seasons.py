"""When a city is busy: the days around 1 April, when people move; the levy of June, when the tax is demanded."""

from __future__ import annotations

__all__ = ["LEVY", "MOVING", "levy", "season"]

MOVING = ("03-28", "04-07")
LEVY = ("06-08", "06-12")


def season(day: str) -> int:
    """How much busier than usual people are on ``day`` (``YYYY-MM-DD``): four times around 1 April."""
    return 4 if MOVING[0] <= day[5:] <= MOVING[1] else 1


def levy(day: str) -> int:
    """How much busier than usual the tax is: as people are, and six times on the days of the levy (当初課税)."""
    return 6 if LEVY[0] <= day[5:] <= LEVY[1] else season(day)
