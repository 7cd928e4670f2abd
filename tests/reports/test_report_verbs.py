"""The verbs that write papers, as an officer calls them: one file, one sentence, and an exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from fukuhon.clock import ServerClock, tokyo
from fukuhon.commands.app import app
from fukuhon.identifiers import body_check_digit
from rehearsal.city import make_city, write_site

NOW = tokyo(date(2017, 4, 12), 8)
UNION = "99801" + str(body_check_digit("99801"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A site whose clock stands still and whose server is away."""
    root = tmp_path_factory.mktemp("city")
    write_site(make_city(1000, 5, 1, subjects=("tax",)), root / "site")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("FUKUHON_DATA", str(root / "data"))
        patched.setenv("FUKUHON_SERVER_URL", "http://127.0.0.1:9")
        patched.setattr(ServerClock, "now", lambda _: NOW)
        yield root / "site"


def told(*arguments: str | Path, code: int = 0) -> dict[str, object]:
    """What a verb tells with ``--json``."""
    done = CliRunner().invoke(app, ["report", *map(str, arguments), "--json"])
    assert done.exit_code == code, done.output
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_day_is_written_also_when_the_server_is_away(site: Path, tmp_path: Path) -> None:
    """Then its passwords are unknown."""
    told("day", "--site", site, "--out", tmp_path / "day.html")
    page = (tmp_path / "day.html").read_text(encoding="utf-8")
    assert "未確認" in page
    assert (tmp_path / "day.html").stat().st_mode & 0o777 == 0o600


def test_progress_is_written_and_checked(site: Path, tmp_path: Path) -> None:
    """By hand, somebody crosses out what is planned: the check names it; both options at once are refused."""
    path = tmp_path / "別紙5.xlsx"
    assert told("progress", "--site", site, "--out", path)["findings"] == []
    book = load_workbook(path)
    sheet = book.worksheets[0]
    row = next(cell.row for cell in sheet["B"] if cell.value == "TM00000000000002")
    sheet.cell(row, 21).value = "x"
    book.save(path)
    (finding,) = told("progress", "--site", site, "--check", path)["findings"]  # type: ignore[misc]
    assert finding["kind"] == "out_but_dated"
    done = CliRunner().invoke(app, ["report", "progress", "--site", str(site), "--out", "x", "--check", "y"])
    assert done.exit_code != 0


def test_reconciliation_without_an_outcome_leaves_no_file(site: Path, tmp_path: Path) -> None:
    """Exit 1 with the code."""
    failed = told("reconciliation", "--site", site, "--out", tmp_path / "x.html", code=1)
    assert failed["error"]["code"] == "REPORTS-015"  # type: ignore[index]
    assert not (tmp_path / "x.html").exists()


def test_rollup_adds_the_own_books(site: Path, tmp_path: Path) -> None:
    """Sheets from a folder, the own row from the books, who is missing by its code."""
    folder = tmp_path / "sheets"
    told("progress", "--site", site, "--out", folder / "own.xlsx")
    area = tmp_path / "area.yaml"
    area.write_text(
        f'prefecture: 見本県\nbodies:\n- {{code: "992011", name: 見本市}}\n'
        f'- {{code: "{UNION}", name: 見本広域連合, kind: union}}\n',
        encoding="utf-8",
    )
    arguments = ("rollup", "--sheets", folder, "--area", area, "--as-of", "2017-05-01", "--out", tmp_path / "r.xlsx")
    found = told(*arguments, "--html", tmp_path / "r.html")
    assert (found["missing"], found["due"], found["findings"]) == ([UNION], "2017-05-12", [])
    twice = told(*arguments, "--own", "--site", site)
    assert [each["kind"] for each in twice["findings"]] == ["double_body"]  # type: ignore[attr-defined]
    assert "見本広域連合" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_day_in_a_wrong_form_is_refused(tmp_path: Path) -> None:
    """Before anything is written."""
    (tmp_path / "a.xlsx").write_bytes(b"")
    failed = told(
        "rollup", "--sheets", tmp_path, "--area", tmp_path / "a", "--as-of", "6月6日", "--out", tmp_path / "r", code=2
    )
    assert failed["error"]["code"] in {"CALENDARS-002", "REPORTS-016"}  # type: ignore[index]
