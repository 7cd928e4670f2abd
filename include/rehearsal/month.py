"""The registration month of the demo: which days the city lives, what happens on them that no schedule has."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from rehearsal.city.subjects import NAMES
from rehearsal.driver_world import Plan

__all__ = ["CUT", "DAYS", "LEVY", "MISSED", "NOTICE", "WITHOUT_CODE", "month"]

DAYS = ("2017-05-08", "2017-05-09", "2017-05-10", "2017-05-11", "2017-06-08")
"""The days on which something happens in the city; those between are left out, or they would cost time."""

CUT = date(2017, 4, 17)
"""The day on which the VPN is cut during an upload."""
MISSED = date(2017, 5, 10)
"""The day on which the tax system is away, so that its differences are prepared a day late."""
LEVY = date(2017, 6, 8)
"""The day on which the year's tax is fixed: its records are more than 5%, and go by a plan of their own."""
NOTICE = "自治体中間サーバー通信（見本）第12号"
"""The notice by which J-LIS has coordinated the day after the levy (invented)."""
WITHOUT_CODE = date(2017, 5, 8)
"""The day whose new taxpayers have no 符号 yet."""


def month(folder: Path, people: int = 30_000, seed: int = 1) -> Plan:
    """The whole city in ``folder``, as ``make demo`` and ``make up`` play it."""
    return Plan(folder, people=people, seed=seed, days=DAYS, subjects=NAMES)
