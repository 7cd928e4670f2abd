"""The month as the sample's settings have it: what must be there before anybody plays it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fukuhon.calendars import tokyo_day
from fukuhon.site import Site, load
from fukuhon.windows import Kind, Part
from fukuhon.windows.schedule import differential_days, duty_times, upload_windows
from rehearsal.driver_days import moments
from rehearsal.month import CUT, DAYS, LEVY, MISSED, WITHOUT_CODE
from rehearsal.supervisor_airflow import ROOT

MOST_LINES, MOST_TASKS = 40, 130


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """The sample as it is, with its schedule."""
    shutil.copytree(ROOT / "include" / "sites" / "sample", tmp_path / "mihon")
    return load(tmp_path / "mihon")


def test_each_part_has_its_own_days(site: Site) -> None:
    """Five windows on five days (seed 1.4.1; the two calendars of 別紙5)."""
    windows = [window for window in upload_windows(site) if window.kind is Kind.INITIAL]
    days = {tokyo_day(window.interval.start): window.part for window in windows}
    assert len(days) == len(windows) == 5
    assert set(days.values()) == {Part.TAX, Part.OTHER}
    assert CUT in days


def test_every_count_is_checked_another_way(site: Site) -> None:
    """A count query or control totals for every dataset of every source, or its first load would not pass."""
    unchecked = [each.code for each in site.datasets() if not (each.count_query or each.control_totals)]
    assert unchecked == []


def test_the_days_of_the_story_are_prepared(site: Site) -> None:
    """Five 差分 days; the missed one, the levy and the day of the missing 符号 among them, and all are lived."""
    prepared = differential_days(site)
    assert len(prepared) == 5
    assert {MISSED, LEVY, WITHOUT_CODE} <= set(prepared)
    assert [day.isoformat() for day in prepared] == list(DAYS)
    assert [f"{at:%m-%d}" for at in duty_times(site, "report_progress")] == ["05-09"]


def test_it_stays_small(site: Site) -> None:
    """At most forty lines to read, and few enough tasks: two a window, one a duty, a person's steps beside."""
    assert len(moments(site.folder)) + 3 <= MOST_LINES + 3  # three moments tell nothing
    duties = sum(len(duty_times(site, duty)) for duty in ("preflight", "confirm_results", "report_progress"))
    tasks = 2 * len(upload_windows(site)) + duties + len(differential_days(site)) + len(site.spis) + 1 + 3 + 5
    assert tasks <= MOST_TASKS
