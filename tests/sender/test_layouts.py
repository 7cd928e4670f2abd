"""A queued file is checked again for the layout of the day on which it is processed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fukuhon.clock import tokyo
from fukuhon.errors import RefusedError
from fukuhon.layouts import packs
from fukuhon.sender.layouts import require_layout
from fukuhon.site import load

DATASET = "TK00000800000001"
SITE = Path(__file__).parents[2] / "include" / "sites" / "sample"
JUNE_30 = date(2017, 6, 30)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The sample site; it sees both versions of the project's packs."""
    monkeypatch.setenv("FUKUHON_DATA", str(tmp_path))
    monkeypatch.setenv("FUKUHON_SERVER_URL", "http://127.0.0.1:9")
    return load(SITE)


def queued(layout: str, channel: int) -> Any:
    """A file that waits for its turn."""
    return SimpleNamespace(name="a.xml", dataset=DATASET, layout=layout, channel=channel)


def test_the_version_in_force_on_a_day_is_the_one_that_began_last(site: Any) -> None:
    """2017.7 revises some datasets from July on; the others go on as they were."""
    known = packs(site)
    assert known.in_force(DATASET, JUNE_30).version == "2017.1"
    assert known.in_force(DATASET, date(2017, 7, 1)).version == "2017.7"
    assert known.in_force("TK00000200000001", date(2017, 7, 1)).version == "2017.1"


@pytest.mark.parametrize(("channel", "good", "stale"), [(3, "2017.7", "2017.1"), (4, "2017.1", "2017.7")])
def test_a_file_of_the_last_day_of_june_is_of_the_day_that_it_is_processed(
    site: Any, channel: int, good: str, stale: str
) -> None:
    """定時: processed by the night's batch, in July. 即時: at once, in June."""
    require_layout(site, queued(good, channel), tokyo(JUNE_30, 10))
    with pytest.raises(RefusedError, match="SENDER-019") as caught:
        require_layout(site, queued(stale, channel), tokyo(JUNE_30, 10))
    assert stale in caught.value.message
