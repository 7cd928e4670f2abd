"""``fukuhon resplit``: a file that fits no window goes in smaller ones; where that helps nothing, it is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fukuhon.registration import planning
from fukuhon.windows.schedule import upload_windows


def test_a_file_is_split_until_it_fits_or_told_that_it_never_will(hamlet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A window of ten bytes takes no record; one of a kilobyte takes the five of the pretest, one after the other."""

    def narrow(room: int) -> None:
        windows = [replace(one, bytes_limit=room) for one in upload_windows(hamlet.site)]
        monkeypatch.setattr(planning, "upload_windows", lambda _: windows)

    hamlet.json("prepare", "pretest")
    narrow(10)
    assert hamlet.json("plan")["counts"]["unplaceable"] == 1
    assert hamlet.json("resplit", code=1)["error"]["code"] == "COMMANDS-062"
    assert "COMMANDS-105" in str(hamlet.json("status", code=1)["wrong"])
