from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from rehearsal.commands import register


def app() -> typer.Typer:
    """A command with nothing but the rehearsal's verbs."""
    mounted = typer.Typer()
    mounted.callback()(lambda: None)
    register(mounted)
    return mounted


def test_sample_writes_a_site_and_says_one_json_object(tmp_path: Path) -> None:
    """`fukuhon sample --json`: one object on standard output, nothing else there."""
    arguments = ["sample", "--people", "1000", "--seed", "3", "--days", "2", "--out", str(tmp_path / "city"), "--json"]
    result = CliRunner().invoke(app(), arguments)
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["days"] == ["2017-05-08", "2017-05-09"]
    assert told["quiet_day"] == "2017-05-10"
    assert (tmp_path / "city" / "site.yaml").exists()


def test_sample_says_in_japanese_what_it_made(tmp_path: Path) -> None:
    """Without --json a person reads it."""
    result = CliRunner().invoke(app(), ["sample", "--people", "1000", "--out", str(tmp_path / "city")])
    assert "見本市を作りました" in result.stdout


def test_too_few_people_are_wrong_usage(tmp_path: Path) -> None:
    """Exit code 2: usage."""
    result = CliRunner().invoke(app(), ["sample", "--people", "10", "--out", str(tmp_path / "city")])
    assert result.exit_code == 2
