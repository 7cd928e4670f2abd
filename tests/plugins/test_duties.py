"""What a task decides before it calls the library: whether new 副本 are a reason for 突合."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from fukuhon.clock import TOKYO
from fukuhon.ledger import files
from fukuhon_airflow import duties
from fukuhon_airflow.duties import Call, Nothing, reconciliation_due

NOW = datetime(2017, 6, 1, 10, tzinfo=TOKYO)


class _Ledger:
    """A ledger that is read."""

    def reading(self) -> Any:
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def call(kind: str) -> Call:
    """A run of this kind."""
    return Call(folder="site", kind=kind, start=NOW, end=NOW, actor="airflow", params={}, earlier={})


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """The due times of the site, and the kinds of its files that were processed and not compared."""
    world: dict[str, list[Any]] = {"times": [], "kinds": ["pretest", "initial"]}
    monkeypatch.setattr(duties, "open_ledger", lambda _: _Ledger())
    monkeypatch.setattr("fukuhon.windows.schedule.duty_times", lambda *_: world["times"])
    monkeypatch.setattr(files, "find", lambda *_, **__: [SimpleNamespace(kind=kind) for kind in world["kinds"]])
    return world


@pytest.mark.parametrize("kind", ["scheduled", "manual"])
def test_a_due_time_and_a_person_are_reason_enough(world: dict[str, list[Any]], kind: str) -> None:
    """Whatever is new."""
    world["times"], world["kinds"] = [NOW], []

    assert reconciliation_due(call(kind)) == {"new_files": 0}


def test_new_records_are_a_reason_where_no_time_is_set(world: dict[str, list[Any]]) -> None:
    """What the pretest registered is none: it is registered again."""
    assert reconciliation_due(call("asset_triggered")) == {"new_files": 1}


@pytest.mark.parametrize("change", [{"times": [NOW]}, {"kinds": []}, {"kinds": ["pretest"]}])
def test_else_they_are_none(world: dict[str, list[Any]], change: dict[str, list[Any]]) -> None:
    """The run is skipped, and nobody is asked."""
    world.update(change)

    with pytest.raises(Nothing):
        reconciliation_due(call("asset_triggered"))
