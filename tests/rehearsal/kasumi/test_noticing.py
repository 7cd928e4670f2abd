"""The town's own rules notice a mapping that is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fukuhon.commands.app import app
from rehearsal.kasumi import write_kasumi

DATASETS = ("TK00000700000001", "TK00000800000001", "TK00001000000001")
KNOWN = {(dataset, "SC-BEFORE-2016") for dataset in DATASETS[:2]}
"""Survivors that docs/rules.md explains."""


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven hundred people: among two hundred the one shot without a day is withheld anyway, and never leaves."""
    folder = tmp_path_factory.mktemp("larger") / "site"
    write_kasumi(folder, people=700)
    return folder


def mutate(site: Path, dataset: str, *more: str) -> dict[str, Any]:
    """The verb's answer."""
    verb = ["rules", "mutate", "--site", str(site), "--as-of", "2017-06-26", "--dataset", dataset, "--json", *more]
    told: dict[str, Any] = json.loads(CliRunner().invoke(app, verb).stdout)
    return told


@pytest.mark.parametrize("dataset", DATASETS[:2])
def test_lost_conditions_and_shifted_rows_are_noticed(
    larger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dataset: str
) -> None:
    """What scope and withholding keep back has rules of its own, and rows that slip are seen."""
    monkeypatch.setenv("FUKUHON_DATA", str(tmp_path / "data"))
    chosen = tmp_path / "mutators.yaml"
    chosen.write_text("- lose_condition\n- shift_rows\n", encoding="utf-8")
    told = mutate(larger, dataset, "--mutators", str(chosen))
    assert told["survivors"] == []
    assert told["mutants"] >= 9


@pytest.mark.deep
@pytest.mark.timeout(1200)  # 1,426 mutants of 250 items
@pytest.mark.parametrize("dataset", DATASETS)
def test_at_least_95_in_a_hundred_of_all_mutants_are_killed(
    larger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dataset: str
) -> None:
    """By every mutator."""
    monkeypatch.setenv("FUKUHON_DATA", str(tmp_path / "data"))
    told = mutate(larger, dataset, "--rows", "500")
    assert told["killed"] >= 0.95 * told["mutants"] > 100
    assert {(dataset, survivor["mapping"]) for survivor in told["survivors"]} <= KNOWN
