"""Bad input as a person meets it: a code, a Japanese sentence, the next step; exit 1 or 2, nothing half done."""

from __future__ import annotations

import errno
import io
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from fukuhon.files import atomic
from fukuhon.sender.alone import alone

Told = dict[str, Any]


def words(error: Told) -> None:
    """Every error says what happened and what to do next, in Japanese."""
    assert any("ぁ" <= sign <= "ん" for sign in error["message"]), error
    assert any("ぁ" <= sign <= "ん" for sign in error["next_step"]), error


@contextmanager
def changed(path: Path, before: str, after: str) -> Iterator[None]:
    """A settings file with a mistake in it, put back afterwards."""
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")


def files_of(hamlet: Any) -> list[Path]:
    """What lies in the folder of files."""
    return sorted(path for path in (hamlet.site.work / "files").rglob("*") if path.is_file())


def test_malformed_settings_name_file_line_and_field(hamlet: Any) -> None:
    """Every mistake of site.yaml at once, exit 2."""
    with changed(hamlet.folder / "site.yaml", "group: 2", "group: 7"):
        error = hamlet.json("plan", code=2)["error"]
    words(error)
    assert error["code"] == "SITE-003"
    assert "site.yaml" in error["message"]
    assert "行目" in error["message"]
    assert "group" in error["message"]


def test_settings_that_are_no_yaml_name_the_line(hamlet: Any) -> None:
    """A bracket that is never closed."""
    with changed(hamlet.folder / "site.yaml", "limits: {", "limits: {["):
        error = hamlet.json("plan", code=2)["error"]
    words(error)
    assert error["code"] == "SITE-002"


def test_a_source_that_lacks_a_column_is_named_with_the_column(hamlet: Any) -> None:
    """The existing system changed over night."""
    with changed(hamlet.folder / "queries" / "grants.sql", "year, grade", "grade"):
        error = hamlet.json("prepare", "pretest", code=1)["error"]
    words(error)
    assert error["code"] == "ORIGINALS-005"
    assert "year" in error["message"]
    assert files_of(hamlet) == []


def test_a_full_disk_leaves_no_file_and_the_run_can_be_done_again(hamlet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written beside and renamed: what does not fit is not there, and the next try writes it."""

    class Full(io.FileIO):
        def write(self, data: Any) -> int:
            raise OSError(errno.ENOSPC, "no space left")

    real = atomic.os.fdopen

    def full(handle: int, mode: str = "r", **more: Any) -> Any:  # the files' own writer is the one that writes bytes
        return Full(handle, mode.replace("b", "")) if "b" in mode else real(handle, mode, **more)

    monkeypatch.setattr(atomic.os, "fdopen", full)
    error = hamlet.json("prepare", "pretest", code=1)["error"]
    monkeypatch.setattr(atomic.os, "fdopen", real)
    words(error)
    assert error["code"] == "FILES-001"
    assert files_of(hamlet) == []
    assert hamlet.json("prepare", "pretest")["counts"]["filed"] > 0


def test_a_second_run_while_one_runs_is_refused(hamlet: Any) -> None:
    """Two people prepare at once: the second is told, and nothing of the first is touched."""
    with alone(hamlet.site.work / "locks" / "prepare"):
        error = hamlet.json("prepare", "pretest", code=1)["error"]
    words(error)
    assert error["code"] == "REGISTRATION-004"


@pytest.mark.parametrize(("status", "code"), [(500, "SERVER-126"), (503, "SERVER-126")])
def test_a_server_that_answers_with_an_error_is_told(hamlet: Any, status: int, code: str) -> None:
    """5xx: the same call may go through later."""
    fault = {"kind": "status", "status": status, "path": f"/bodies/{hamlet.site.body.code}/readiness", "times": 1}
    httpx.post(f"{hamlet.url}/control/faults", json=fault, trust_env=False).raise_for_status()
    error = hamlet.json("preflight", code=1)["error"]
    words(error)
    assert error["code"] == code


def test_a_server_that_is_down_is_told(hamlet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens there: exit 1, and what to look at."""
    monkeypatch.setenv("FUKUHON_SERVER_URL", "http://127.0.0.1:9")
    error = hamlet.json("preflight", code=1)["error"]
    words(error)
    assert error["code"] in {"BASE-001", "SERVER-001"}


def test_a_broken_database_is_the_source_s_fault(hamlet: Any) -> None:
    """A file that is no database: away, not an empty extract."""
    source = hamlet.folder / "data" / "welfare.db"
    kept = source.read_bytes()
    source.write_bytes(b"no database at all" * 100)
    try:
        error = hamlet.json("extract", code=2)["error"]
    finally:
        source.write_bytes(kept)
    words(error)
    assert "データベースではありません" in error["message"]
    with sqlite3.connect(source) as database:
        assert database.execute("SELECT count(*) FROM grants").fetchone()[0] > 0


def test_a_plan_named_by_too_few_digits_is_refused(hamlet: Any) -> None:
    """Which plan would be anybody's guess."""
    error = hamlet.json("reconcile", "carry-out", "--plan", "abc", user="jiro", code=2)["error"]
    words(error)
    assert error["code"] == "COMMANDS-032"


def test_of_several_kinds_one_has_to_be_named(hamlet: Any) -> None:
    """初期登録 goes kind by kind; where the settings have two, nobody guesses."""
    path = hamlet.folder / "site.yaml"
    dataset = "{code: TK00000900000001, source: welfare, query: grants, count_query: grants_count, channel: 3}"
    other = dataset.replace("TK00000900000001", "TK00000800000001, rules: TK00000900000001")
    with changed(path, "limits: {", f"  - {{code: TM00000000000008, datasets: [{other}]}}\nlimits: {{"):
        error = hamlet.json("prepare", "initial", code=2)["error"]
    words(error)
    assert error["code"] == "COMMANDS-013"
    assert "TM00000000000008" in error["message"]
