"""かすみ町 at its desk, on the morning of 2017-06-27."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.kasumi import BODY, write_kasumi
from rehearsal.town import Town, standin_for, town_at


@pytest.fixture(scope="session")
def kasumi(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, laid out once: nobody writes into it."""
    folder = tmp_path_factory.mktemp("kasumi") / "site"
    write_kasumi(folder, people=200)
    return folder


@pytest.fixture
def town(kasumi: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """The town's desk, its server and its sender."""
    monkeypatch.setenv("FUKUHON_DATA", str(tmp_path / "data"))
    with standin_for(kasumi, tmp_path / "standin", "2017-06-27T09:00:00+09:00", BODY) as url:
        monkeypatch.setenv("FUKUHON_SERVER_URL", url)
        with town_at(kasumi, url) as town:
            yield town
