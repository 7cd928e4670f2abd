"""What is told: one object for programs, lines for people."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest
import typer

from fukuhon.clock import tokyo
from fukuhon.commands import telling
from fukuhon.commands.wording import bytes_text
from fukuhon.errors import DataError


@dataclass(frozen=True)
class Thing:
    """Something with an instant in it."""

    at: date


def test_json_has_a_form_for_everything_a_verb_tells(capsys: pytest.CaptureFixture[str]) -> None:
    """Instants and days in ISO form, dataclasses and mappings as objects, paths as text."""
    at = tokyo(date(2017, 4, 10), 9)
    body = {"at": at, "day": date(2017, 4, 10), "path": Path("a"), "map": MappingProxyType({"n": 1})}
    telling.finish({**body, "thing": Thing(at), "set": {"b", "a"}}, lambda _: None, as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "at": "2017-04-10T09:00:00+09:00",
        "day": "2017-04-10",
        "path": "a",
        "map": {"n": 1},
        "thing": {"at": "2017-04-10T09:00:00+09:00"},
        "set": ["a", "b"],
    }


def test_check_that_does_not_hold_is_told_beside_what_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    """All that was looked at, the error beside it, and the error's exit code."""
    with pytest.raises(typer.Exit) as left:
        telling.finish({"n": 1}, lambda _: None, as_json=True, failed=DataError("COMMANDS-040", count=3))
    assert left.value.exit_code == 1
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert (told["n"], told["error"]["code"]) == (1, "COMMANDS-040")
    assert "3 件" in err


def test_names_that_look_like_markup_stay_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """A file's name is no instruction to whoever prints it."""
    table = telling.table(("名前", "件数"), [("[red]a[/].xml", 1234)])
    telling.finish({}, lambda console: console.print(table), as_json=False)
    out = capsys.readouterr().out
    assert "[red]a[/].xml" in out
    assert "1,234" in out


def test_progress_is_for_terminals_only(capsys: pytest.CaptureFixture[str]) -> None:
    """A log or a pipe gets none."""
    with telling.working("何か") as progress:
        progress("まだ")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("count", "text"),
    [(None, "—"), (0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2_500_000, "2.5 MB"), (3e9, "3.0 GB")],
)
def test_sizes_for_people(count: int | None, text: str) -> None:
    """Decimal units, one digit."""
    assert bytes_text(count) == text
