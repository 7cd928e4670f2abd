"""Hosts as they are: folders that cannot be written, disks that fill, ports that are taken, clocks in other zones."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from fukuhon.commands import failures
from fukuhon.files import spool

READ_ONLY = Path("/proc/sys")


def words(error: dict[str, Any]) -> None:
    """What happened and what to do next, in Japanese."""
    assert any("ぁ" <= sign <= "ん" for sign in error["message"]), error
    assert any("ぁ" <= sign <= "ん" for sign in error["next_step"]), error


def test_a_folder_that_cannot_be_written_is_told(hamlet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work files on a read-only place: told by the folder, before anything is read."""
    monkeypatch.setenv("FUKUHON_DATA", str(READ_ONLY / "fukuhon"))
    error = hamlet.json("prepare", "pretest", code=2)["error"]
    words(error)
    assert error["code"] == "SITE-011"
    assert str(READ_ONLY) in error["message"]


def test_a_report_that_cannot_be_written_is_told(hamlet: Any) -> None:
    """The place somebody asked for is not ours to write to."""
    error = hamlet.json("report", "day", "--out", str(READ_ONLY / "day.html"), "--offline", code=1)["error"]
    words(error)
    assert error["code"] in {"FILES-001", "FILES-002"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_fills_under_the_extract_leaves_nothing(
    hamlet: Any, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Whatever is being written: a code, no traceback, nothing in the folder of files; the next try goes through."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(number, os.strerror(number), "/data/spool")

    with monkeypatch.context() as patched:
        patched.setattr(spool.Spool, "fill", full)
        error = hamlet.json("prepare", "pretest", code=1)["error"]
    words(error)
    assert error["code"] == "COMMANDS-008"
    assert [path for path in (hamlet.site.work / "files").rglob("*") if path.is_file()] == []
    assert list((hamlet.site.work / "spool").iterdir()) == []


def test_after_the_disk_has_room_the_same_command_goes_through(hamlet: Any) -> None:
    """What stood half done is done again."""
    assert hamlet.json("prepare", "pretest")["counts"]["filed"] > 0


@pytest.mark.parametrize("name", ["SQLITE_FULL", "SQLITE_READONLY_DBMOVED"])
def test_a_ledger_that_cannot_be_written_is_told(name: str) -> None:
    """As its driver says it."""
    original = sqlite3.OperationalError("x")
    original.sqlite_errorname = name  # type: ignore[misc]
    told = failures.unwritable(sa.exc.OperationalError("INSERT", {}, original))
    assert told is not None
    assert told.code == "COMMANDS-008"
    assert failures.unwritable(sa.exc.OperationalError("INSERT", {}, sqlite3.OperationalError("x"))) is None
    assert failures.unwritable(ValueError("x")) is None


def test_a_host_in_another_time_zone_sees_the_same_day(hamlet: Any) -> None:
    """New York is still in yesterday: everything is reckoned in Asia/Tokyo all the same."""
    command = [Path(sys.executable).with_name("fukuhon"), "status", "--site", hamlet.folder, "--json"]
    seen = {
        zone: subprocess.run(command, env=os.environ | {"TZ": zone}, capture_output=True, text=True, check=False).stdout
        for zone in ("America/New_York", "Asia/Tokyo")
    }
    assert "2017-04-10T" in seen["Asia/Tokyo"]
    assert seen["America/New_York"] == seen["Asia/Tokyo"]


def test_a_port_that_is_taken_is_told(hamlet: Any, tmp_path: Path) -> None:
    """Somebody else listens there: a line, no traceback."""
    port = hamlet.url.rpartition(":")[2]
    command = [Path(sys.executable).with_name("fukuhon-standin"), "--data", tmp_path / "data", "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert port in done.stderr
    assert "Traceback" not in done.stderr
