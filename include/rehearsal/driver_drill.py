"""Drills: a world whose 初期登録 lies ready in many small files, with a window a day, to try what must not go wrong."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from fukuhon.ledger import FileState, files, orders
from fukuhon.windows import Kind, Window
from fukuhon.windows.schedule import upload_windows
from rehearsal.driver_airflow import Run, scheduled
from rehearsal.driver_office import AirflowOffice, Hands
from rehearsal.driver_world import Plan, World, made_city, open_world

__all__ = ["UploadDays", "open_upload_days", "prepared_days", "small_windows"]

_FIRST = date(2017, 4, 12)
_HOURS = {"from": "09:00", "to": "12:00"}


@dataclass
class UploadDays:
    """A world whose 初期登録 is prepared in many small files, with a window a day for many days."""

    world: World
    office: AirflowOffice
    windows: list[Window]
    done: int = 0

    def open_next(self, *, bytes_per_s: int | None = None) -> tuple[Window, Run]:
        """Step to the next window; with a rate, its first file is slow, and is on the wire when this returns."""
        window = self.windows[self.done]
        self.done += 1
        if bytes_per_s is not None:
            self.world.standin.fault("slow", bytes_per_s=bytes_per_s, path="/xml-linkage", times=1)
        self.world.standin.step(window.interval.start)
        if bytes_per_s is not None:
            self.until(lambda: bool(self.sending()), "a file on the wire")
        return window, scheduled("upload", window.interval.start)

    def sending(self) -> list[dict[str, Any]]:
        """The uploads that are under way, as the stand-in sees them."""
        return [each for each in self.world.standin.traffic()["uploads"] if each["outcome"] == "under_way"]

    def close(self, window: Window) -> list[dict[str, Any]]:
        """Wait until nothing more is sent, step past the window; returns the stand-in's list of what came in it."""
        self.until(lambda: self.office.settled(window), f"{window.id} settled", 120.0)
        self.world.standin.step(window.interval.end + timedelta(minutes=1))
        self.until(lambda: self.order(window).state == "ended", f"{window.id} ended")
        return self.uploads(window)

    def uploads(self, window: Window) -> list[dict[str, Any]]:
        """What came in a window, as the stand-in saw it."""
        start, end = window.interval.start.isoformat(), window.interval.end.isoformat()
        return [each for each in self.world.standin.traffic()["uploads"] if start <= each["started"] < end]

    def order(self, window: Window) -> orders.Order:
        """The window's order."""
        with self.office.ledger.reading() as reader:
            order = orders.of_window(reader, window.id)
        assert order is not None
        return order

    def in_state(self, *states: FileState) -> int:
        """How many files are in these states."""
        with self.office.ledger.reading() as reader:
            return len(files.find(reader, state=states))

    def until(self, there: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        """Wait until something holds."""
        end = time.monotonic() + seconds
        while not there():
            assert time.monotonic() < end, what
            time.sleep(0.1)


def small_windows(plan: Plan, *, days: int, records_per_file: int, bytes_a_day: int) -> None:
    """Give the site an allotment on each of many days, and small files."""
    path = plan.site / "site.yaml"
    text = path.read_text(encoding="utf-8")
    row = '  - {{days: [{day}], from: "09:00", to: "12:00", bytes: {size}, part: tax}}\n'
    rows = "".join(row.format(day=day, size=bytes_a_day) for day in _days(days))
    text = re.sub(r"(?m)^  records_per_file: \d+", f"  records_per_file: {records_per_file}", text)
    text = re.sub(r"(?ms)^allotments:\n(  - .*?\n)+(?=\S)", f"allotments:\n{rows}", text)
    path.write_text(text, encoding="utf-8")
    schedule = yaml.safe_load((plan.site / "schedule.yaml").read_text(encoding="utf-8"))
    schedule["pretest"] = None
    schedule["duties"] = {}
    (plan.site / "schedule.yaml").write_text(yaml.safe_dump(schedule, allow_unicode=True), encoding="utf-8")


def _days(count: int) -> list[str]:
    return [(_FIRST + timedelta(days=n)).isoformat() for n in range(count)]


def open_upload_days(
    stack: ExitStack,
    folder: Path,
    *,
    days: int,
    records_per_file: int = 150,
    bytes_a_day: int = 90_000,
    **settings: str,
) -> UploadDays:
    """Start such a world, its files prepared. ``settings``: of Airflow, by their environment variable."""
    plan = Plan(folder, people=1500, start="2017-04-11T08:00:00+09:00", settings=settings)
    made_city(plan)
    small_windows(plan, days=days, records_per_file=records_per_file, bytes_a_day=bytes_a_day)
    return prepared_days(stack.enter_context(open_world(plan)), days=days, bytes_a_day=bytes_a_day)


def prepared_days(world: World, *, days: int, bytes_a_day: int) -> UploadDays:
    """Prepare the files of a world whose windows are small."""
    allotments = [{"days": [day], "bytes": bytes_a_day, **_HOURS} for day in _days(days)]
    world.standin.change({"allotments": allotments, "batch": {}})
    Hands(world).by_hand("prepare_initial")
    windows = [window for window in upload_windows(world.site) if window.kind is Kind.INITIAL]
    return UploadDays(world, AirflowOffice(world), windows)
