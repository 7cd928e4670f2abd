"""The command as a whole: its help, its exit codes, its errors; and that nothing else is on standard output."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from fukuhon.commands import group, reference
from fukuhon.commands.app import app
from fukuhon.commands.group import ORDER, Verbs

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("fukuhon")


def verbs() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every verb of ours, with the words that call it."""
    for path, _, verb in reference._verbs(typer.main.get_group(app), (), ""):
        yield path, verb


VERBS = dict(verbs())


def invoke(*arguments: str) -> Any:
    """Run a command line in this process."""
    return CliRunner().invoke(app, list(arguments))


def error_of(result: Any) -> dict[str, str | None]:
    """The error in the one object on standard output."""
    (line,) = result.stdout.splitlines()
    found: dict[str, str | None] = json.loads(line)["error"]
    return found


def test_help_lists_every_verb_in_order_and_the_guests_after_them() -> None:
    """`fukuhon --help`: ours as people read them, then what the rehearsal mounts."""
    result = invoke("--help")
    assert result.exit_code == 0
    places = [result.stdout.find(f"│ {name} ") for name in (*ORDER, "sample")]
    assert min(places) > 0
    assert places == sorted(places)


def test_help_is_quick() -> None:
    """Less than two and a half times what its libraries take to load: no verb's rooms are loaded for it.

    Both at their best of five, taken in turns, since a machine that others have as well is slower for all; byte code
    may be kept, as on any real host.
    """
    commands = ([COMMAND, "--help"], [sys.executable, "-c", "import typer.main, typer.rich_utils"])
    turns = [[_work(command) for command in commands] for _ in range(5)]
    help_, libraries = (min(turn) for turn in zip(*turns, strict=True))
    assert help_ < 2.5 * libraries


def _work(command: list[str]) -> float:
    """Seconds of processor that a command takes."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def test_help_loads_no_room() -> None:
    """The rooms behind the verbs, and what they stand on, are loaded when a verb runs."""
    program = (
        "import sys\nfrom fukuhon.commands.app import app\ntry:\n app(['--help'])\nexcept SystemExit: pass\n"
        "print([m for m in ('pyarrow', 'duckdb', 'sqlalchemy', 'httpx', 'pydantic', 'lxml') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("path", VERBS, ids=" ".join)
def test_each_verb_has_site_and_json_and_explains_itself_in_japanese(path: tuple[str, ...]) -> None:
    """The same two options everywhere, and no English where an officer reads."""
    verb = VERBS[path]
    options = {name for param in verb.params for name in param.opts}
    assert {"--json"} | ({"--site"} if path != ("init",) else set()) <= options, "init is told where the site will be"
    texts = [verb.help, *(param.help for param in verb.params)]
    assert all(any(character > "ぁ" for character in text) for text in texts)
    page = invoke(*path, "--help").stdout
    assert "Options" not in page
    assert "Show this message" not in page


def test_page_of_the_documentation_is_what_the_verbs_say() -> None:
    """docs/commands.md is made by `python -m fukuhon.commands.reference`."""
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == reference.page()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("prepare", "initial", "--nonsense"), "--nonsense というオプションはありません"),
        (("prepare", "diferential"), "もしかすると differential"),
        (("plan", "surplus"), "余分な引数"),
        (("report", "quality", "--out", "x"), "--run が要ります"),
        (("report", "quality", "--out", "x", "--run", "zero"), "--run の値が正しくありません"),
        (("approve",), "番号 が要ります"),
        (("prepare", "initial", "--spi"), "--spi の書き方"),
    ],
)
def test_wrong_usage_is_told_in_japanese(arguments: tuple[str, ...], why: str) -> None:
    """Exit 2, with code and next step; as one object with `--json`."""
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "COMMANDS-001" in result.stderr
    assert why in result.stderr
    assert "次の手順" in result.stderr
    error = error_of(invoke("plan", "surplus", "--json"))
    assert error["code"] == "COMMANDS-001"
    assert error["next_step"] == "「fukuhon plan --help」で使い方を確認し、もう一度実行してください。"


def test_what_was_typed_wrongly_is_not_repeated() -> None:
    """Somebody may have typed a person's number."""
    for arguments in (["plan", "123456789018"], ["trace", "--123456789018"], ["approve", "123456789018x"]):
        result = invoke(*arguments)
        assert result.exit_code == 2
        assert "123456789018" not in result.output


def test_no_verb_at_all_shows_the_help_and_is_wrong_usage() -> None:
    """`fukuhon` alone."""
    result = invoke()
    assert result.exit_code == 2
    assert "preflight" in result.output


def test_missing_settings_are_exit_2_with_the_code_of_the_room(tmp_path: Path) -> None:
    """An error of another room goes through as it is."""
    result = invoke("status", "--site", str(tmp_path), "--json")
    assert result.exit_code == 2
    assert error_of(result)["code"] == "SITE-001"


def test_site_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FUKUHON_SITE, where no option is given; else the current folder."""
    monkeypatch.setenv("FUKUHON_SITE", str(tmp_path / "named"))
    assert str(tmp_path / "named") in (error_of(invoke("status", "--json"))["message"] or "")
    monkeypatch.delenv("FUKUHON_SITE")
    monkeypatch.chdir(tmp_path)
    assert str(tmp_path / "site.yaml") in (error_of(invoke("status", "--json"))["message"] or "")


def test_a_guest_that_cannot_be_loaded_is_told_and_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken package of somebody else's does not close the house."""
    broken = EntryPoint("broken", "no_such_module:register", group.ENTRY_POINTS)
    monkeypatch.setattr(group, "entry_points", lambda group: [broken])
    result = invoke("--help")
    assert result.exit_code == 0
    assert "preflight" in result.stdout
    assert "no_such_module" in result.stderr


def test_a_guest_takes_no_verb_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that mounts a `plan` of its own mounts everything else."""

    def register(guests: typer.Typer) -> None:
        guests.command("plan")(lambda: typer.echo("guest"))
        guests.command("visit")(lambda: typer.echo("guest"))

    class Entry:
        name = value = "guest"

        def load(self) -> object:
            return register

    monkeypatch.setattr(group, "entry_points", lambda group: [Entry()])
    assert invoke("visit").stdout == "guest\n"
    assert "guest" not in invoke("plan", "--help").stdout


def test_interrupting_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C: exit 1, and what was done so far is kept."""
    monkeypatch.setattr(group.TyperGroup, "invoke", _interrupt)
    result = invoke("plan", "--json")
    assert result.exit_code == 1
    assert error_of(result)["code"] == "COMMANDS-003"


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_nobody_foresaw_has_a_code_and_a_private_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No traceback on the screen; in the log frames, but neither locals nor values."""

    def crash(*_: object) -> None:
        addressee = "000012345678901"
        try:
            raise KeyError(addressee)  # noqa: TRY301 - two errors, one because of the other
        except KeyError as error:
            raise ValueError(f"cannot read '山田' of 花子, {addressee[:9]}") from error

    monkeypatch.setattr(group.TyperGroup, "invoke", crash)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = invoke("plan", "--json")
    assert result.exit_code == 1
    assert error_of(result)["code"] == "COMMANDS-009"
    assert "Traceback" not in result.output
    (log,) = tmp_path.iterdir()
    assert str(log) in (error_of(result)["next_step"] or "")
    assert log.stat().st_mode & 0o777 == 0o600
    text = log.read_text(encoding="utf-8")
    assert "in crash" in text
    assert "builtins.ValueError: cannot read '…' of ##, #########" in text
    assert "KeyError" in text
    assert "12345" not in text.replace('addressee = "000012345678901"', "")


def test_class_of_all_verbs_keeps_errors_to_itself_outside_of_standalone_mode() -> None:
    """Called from a program, it returns the code instead of leaving."""
    verbs = typer.main.get_group(app)
    assert isinstance(verbs, Verbs)
    assert verbs.main(["plan", "--nonsense"], standalone_mode=False) == 2


def test_process_leaves_with_the_code_and_writes_utf_8(tmp_path: Path) -> None:
    """The installed script, in a locale that knows no Japanese, with a reader that goes away."""
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [COMMAND, "status", "--site", tmp_path]
    plain = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert plain.returncode == 2
    assert b"SITE-001" in plain.stderr
    told = subprocess.run([*command, "--json"], capture_output=True, env=environment, check=False)
    assert json.loads(told.stdout.decode("utf-8"))["error"]["message"].startswith("設定ファイルがありません")
