"""The site's ``schedule.yaml`` as the demo needs it: one more day each time it is run again."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

import yaml

from fukuhon.site import load

__all__ = ["one_more_day"]


class _Plain(yaml.SafeDumper):
    """Writes no alias: settings with aliases are refused."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the base has it so
        """None of them."""
        return True


def one_more_day(folder: Path) -> date:
    """Add the business day after the last: its differences, the next day's upload window, its results. Returns it."""
    schedule = _read(folder)
    calendar = load(folder).calendar()
    day = calendar.next_business_day(schedule["last_day"])
    upload = calendar.next_business_day(day)
    looked = calendar.next_business_day(upload)
    schedule["differential_days"].append(day)
    schedule["differential_uploads"]["days"].append(upload)
    schedule["duties"]["confirm_results"].append({"days": [looked], "at": time(9).strftime("%H:%M")})
    schedule["last_day"] = looked
    _write(folder, schedule)
    return day


def _read(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((folder / "schedule.yaml").read_text(encoding="utf-8"))
    return content


def _write(folder: Path, schedule: dict[str, Any]) -> None:
    beside = folder / ".schedule.yaml"
    text = yaml.dump(schedule, Dumper=_Plain, allow_unicode=True, sort_keys=False)
    beside.write_text(text, encoding="utf-8")
    beside.replace(folder / "schedule.yaml")
