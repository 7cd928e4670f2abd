from __future__ import annotations

import shutil
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

import fukuhon
from fukuhon.clock import tokyo
from fukuhon.errors import ConfigurationError
from fukuhon.windows import Kind
from fukuhon.windows.schedule import differential_days, duty_times, load_schedule, upload_windows

SAMPLE = Path(fukuhon.__file__).parents[1] / "sites" / "sample"
SCHEDULE = {
    "first_day": date(2017, 4, 10),
    "last_day": date(2017, 5, 31),
    "differential_uploads": {"days": "business"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample's settings, to be changed."""
    copied = shutil.copytree(SAMPLE, tmp_path / "site")
    (copied / "schedule.yaml").unlink()
    return copied


def write(folder: Path, **changed: object) -> Path:
    """The folder with a schedule in it."""
    text = yaml.safe_dump(SCHEDULE | changed, allow_unicode=True)
    (folder / "schedule.yaml").write_text(text, encoding="utf-8")
    return folder


def test_sample_opens_pretest_initial_and_differential() -> None:
    """The named days of the demo, soonest first and none overlapping another."""
    windows = upload_windows(SAMPLE)
    assert [(one.kind.value, f"{one.interval.start:%m-%d %H:%M}") for one in windows] == [
        ("pretest", "04-10 10:00"),
        ("initial", "04-12 09:00"),
        ("initial", "04-13 09:00"),
        ("initial", "04-14 09:00"),
        ("initial", "04-17 09:00"),
        ("initial", "04-18 09:00"),
        ("differential", "05-09 08:00"),
        ("differential", "05-10 08:00"),
        ("differential", "05-11 08:00"),
        ("differential", "05-12 08:00"),
        ("differential", "06-09 08:00"),
    ]
    assert all(earlier.interval.end <= later.interval.start for earlier, later in pairwise(windows))


def test_business_days_leave_out_closed_days_and_test_mode(folder: Path) -> None:
    """5/3–5/7 are closed, 5/15–5/26 is 総合運用テスト."""
    windows = upload_windows(write(folder, first_day=date(2017, 5, 1)))
    assert [one.interval.start.day for one in windows] == [1, 2, 8, 9, 10, 11, 12, 29, 30, 31]


def test_allotted_hours_are_not_used_for_differences(folder: Path) -> None:
    """On an allotted day 差分 has the hours around the allotment, under names of its own."""
    windows = upload_windows(write(folder, last_day=date(2017, 4, 12)))
    allotted = [one for one in windows if one.interval.start.day == 12]
    assert [one.kind for one in allotted] == [Kind.DIFFERENTIAL, Kind.INITIAL, Kind.DIFFERENTIAL]
    assert len({one.id for one in windows}) == len(windows)


def test_two_channels_of_a_body_both_have_their_hours(folder: Path) -> None:
    """A body that sends one dataset from the terminal and one by XML linkage: the window takes either."""
    text = (folder / "site.yaml").read_text(encoding="utf-8")
    (folder / "site.yaml").write_text(text.replace("channel: 3", "channel: 1", 1), encoding="utf-8")
    windows = upload_windows(write(folder, first_day=date(2017, 5, 8), last_day=date(2017, 5, 8)))
    assert [(one.channel, f"{one.interval.start:%H}") for one in windows] == [(None, "08")]


def test_days_and_duties_of_the_sample() -> None:
    """Days whose changes are prepared, and when a duty is due."""
    assert differential_days(SAMPLE) == [*(date(2017, 5, day) for day in (8, 9, 10, 11)), date(2017, 6, 8)]
    assert duty_times(SAMPLE, "preflight")[0] == tokyo(date(2017, 4, 10), 8, 30)
    assert duty_times(SAMPLE, "no_such_duty") == []


def test_every_business_day_is_the_default(folder: Path) -> None:
    """In production the schedule names no days."""
    write(folder, first_day=date(2017, 5, 1), last_day=date(2017, 5, 9))
    assert [day.day for day in differential_days(folder)] == [1, 2, 8, 9]


@pytest.mark.parametrize(
    "changed",
    [
        {"last_day": date(2017, 4, 9)},
        {"first_day": "soon"},
        {"unknown": 1},
        {"differential_uploads": {"days": "business", "from": "25:00"}},
    ],
)
def test_mistakes_are_named_by_line(folder: Path, changed: dict[str, object]) -> None:
    """A person mends the file: the message says where."""
    with pytest.raises(ConfigurationError) as caught:
        load_schedule(write(folder, **changed))
    assert caught.value.code == "WINDOWS-006"
    assert "schedule.yaml" in caught.value.message


def test_missing_schedule_is_named(folder: Path) -> None:
    """No file, no timetable."""
    with pytest.raises(ConfigurationError) as caught:
        load_schedule(folder)
    assert caught.value.code == "SITE-001"
