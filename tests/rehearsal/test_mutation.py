"""The rules of our own pack notice a mapping that is wrong; and say which mistake they would not see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from fukuhon.commands.app import app
from fukuhon.errors import DataError
from fukuhon.quality.mutation import sample_of
from rehearsal.city import make_city, write_site

TAX = "TK00000200000001"
FEWEST_MUTANTS = {
    "TK00000100000005": 130,
    "TK00000100000006": 80,
    "TK00000200000001": 230,
    "TK00000200000002": 130,
    "TK00000300000001": 160,
    "TK00000300000002": 160,
    "TK00000500000001": 160,
    "TK00000600000001": 190,
}
"""Of each dataset, so that a score is never that of a few."""
KNOWN = {("I0209", "+1日ずらす"), ("I0515", "+1日ずらす")}
"""Survivors that docs/rules.md explains."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small city."""
    folder = tmp_path_factory.mktemp("site")
    write_site(make_city(people=2000, seed=3, days=1, subjects=("tax",)), folder)
    return folder


def mutate(site: Path, *more: str) -> dict[str, Any]:
    """The verb's answer."""
    result = CliRunner().invoke(app, ["rules", "mutate", "--site", str(site), "--as-of", "2017-04-10", "--json", *more])
    told: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == (1 if "error" in told else 0), result.output
    return told


def chosen(folder: Path, *lines: str) -> str:
    """A list of mutators."""
    path = folder / "mutators.yaml"
    path.write_text("".join(f"- {line}\n" for line in lines), encoding="utf-8")
    return str(path)


def test_lost_conditions_and_shifted_rows_are_all_noticed(site: Path, tmp_path: Path) -> None:
    """What scope and withholding keep back is guarded by rules of its own, and rows that slip are seen at once."""
    told = mutate(site, "--mutators", chosen(tmp_path, "lose_condition", "shift_rows"))
    assert told["survivors"] == []
    assert told["killed"] == told["mutants"]
    assert told["mutants"] >= 25


def test_a_mistake_that_no_rule_sees_is_named_and_fails_the_check(site: Path, tmp_path: Path) -> None:
    """A survivor has its dataset, mapping and change; what changes nothing is counted apart."""
    wrong = [
        "{mapping: I0103, sql: \"CASE return_kind WHEN '3' THEN '2' ELSE return_kind END\"}",
        '{mapping: I0112, sql: "social_insurance + 0"}',
    ]
    told = mutate(site, "--dataset", TAX, "--mutators", chosen(tmp_path, *wrong))
    assert (told["mutants"], told["killed"], told["equivalent"]) == (1, 0, 1)
    (survivor,) = told["survivors"]
    assert survivor["dataset"] == TAX
    assert survivor["mapping"] == "I0103"
    assert told["error"]["code"] == "COMMANDS-041"


@pytest.mark.deep
def test_at_least_95_in_a_hundred_of_all_mutants_are_killed(tmp_path: Path) -> None:
    """The score of each dataset of the sample city, by every mutator; whoever survives is known."""
    write_site(make_city(people=6000, seed=1, days=1), tmp_path / "city")
    told = mutate(tmp_path / "city")
    scores = {one["dataset"]: one for one in told["datasets"]}
    assert scores.keys() == FEWEST_MUTANTS.keys()
    for dataset, fewest in FEWEST_MUTANTS.items():
        assert scores[dataset]["killed"] >= 0.95 * scores[dataset]["mutants"] >= 0.95 * fewest, dataset
    assert {(survivor["mapping"], survivor["change"]) for survivor in told["survivors"]} <= KNOWN


def test_a_sample_is_even_ordered_and_the_same_again() -> None:
    """Whatever the batches; all of a small extract; nothing of an empty one is refused."""
    batches = [pa.RecordBatch.from_pydict({"row_no": list(range(at, at + 100))}) for at in range(0, 1000, 100)]
    drawn = sample_of(batches, 150).column("row_no").to_pylist()
    assert drawn == sorted(set(drawn))
    assert len(drawn) == 150
    assert drawn == sample_of(batches, 150).column("row_no").to_pylist()
    assert 50 <= sum(row < 500 for row in drawn) <= 100
    assert sample_of(batches, 5000).num_rows == 1000
    with pytest.raises(DataError, match="QUALITY-020"):
        sample_of([], 10)
