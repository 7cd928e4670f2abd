"""A fresh town for each test, on the morning of 2017-04-10."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.city import City, make_city, write_site
from rehearsal.town import Town, standin_for, town_at


@pytest.fixture(scope="module")
def city() -> City:
    """A thousand people and four working days."""
    return make_city(people=1000, seed=3, days=4, subjects=("tax",))


@pytest.fixture
def town(city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """The town's desk, its server and its sender."""
    folder = tmp_path / "site"
    write_site(city, folder)
    monkeypatch.setenv("FUKUHON_DATA", str(tmp_path / "data"))
    with standin_for(folder, tmp_path / "standin") as url:
        monkeypatch.setenv("FUKUHON_SERVER_URL", url)
        with town_at(folder, url) as town:
            yield town
