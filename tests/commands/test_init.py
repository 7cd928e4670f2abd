"""``fukuhon init``: a site begun from one's own files, each tried as it is named; nothing made up or overwritten."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fukuhon.commands.app import app
from fukuhon.site import load

TK = "TK00000300000001"
LAYOUT = """
spi: TM00000000000003
name: 児童手当
datasets:
  - code: TK00000300000001
    name: 児童手当の支給
    record_key: {name: 認定番号, pattern: "[0-9]{6}", unique_within: body}
    publication: none
    items:
      - {code: I0301, name: 支給区分, kind: code, codes: {"1": 児童手当, "2": 特例給付}, required: true}
      - {code: I0302, name: 支給月額, kind: number, digits: 6, required: true}
"""
ROWS = "認定番号,宛名番号,支給区分,月額,カナ氏名,生年月日,性別,住所コード,住民状態,支援措置\n" + "".join(
    f"00010{n},00000000000010{n},1,15000,ヤマダ,1985-04-02,2,0101,1,0\n" for n in range(3)
)
BODY = ("--body", "992020", "--name", "小川町", "--prefecture", "見本県", "--group", "2", "--clock", "standin")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a CSV in cp932 and a layout where the site will be."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "ogawa" / "layouts" / "2017.1"
    folder.mkdir(parents=True)
    (folder / "pack.yaml").write_text('{version: "2017.1", effective_from: 2017-01-01, effective_to: null, note: 町}\n')
    (folder / "TM00000000000003.yaml").write_text(LAYOUT, encoding="utf-8")
    (tmp_path / "jidou.csv").write_bytes(ROWS.encode("cp932"))
    return tmp_path


def run(*arguments: str, given: str | None = None, code: int = 0) -> Any:
    """Run the verb; with ``--json`` the object, else what was printed."""
    result = CliRunner().invoke(app, ["init", *arguments], input=given)
    assert result.exit_code == code, result.output
    return json.loads(result.stdout) if "--json" in arguments else result


def doctor(folder: Path) -> dict[str, Any]:
    """What is bad by what is looked at."""
    told = json.loads(CliRunner().invoke(app, ["doctor", "--site", str(folder), "--json"]).stdout)
    return {check["what"]: check["seen"] for check in told["checks"] if check["level"] == "bad"}


def test_what_fits_by_name_is_bound_and_the_rest_is_told_by_name(work: Path) -> None:
    """The file's form is found out; the item without a column keeps rules check and doctor red until somebody says."""
    told = run("ogawa", *BODY, "--source", "kodomo=jidou.csv", "--dataset", f"{TK}=kodomo", "--json")
    assert told["lacking"] == {TK: ["I0302 支給月額"]}
    site = load(work / "ogawa")
    assert (site.sources[0].encoding, site.sources[0].delimiter, site.sources[0].header) == ("cp932", ",", True)
    assert "#" in (work / "ogawa" / "site.yaml").read_text(encoding="utf-8")
    rules = work / "ogawa" / "rules" / f"{TK}.yaml"
    assert "TODO" not in rules.read_text(encoding="utf-8")
    checked = CliRunner().invoke(app, ["rules", "check", "--site", "ogawa", "--on", "2017-04-10", "--json"])
    assert checked.exit_code == 2, checked.output
    assert "I0302 支給月額" in json.loads(checked.stdout)["error"]["message"]
    assert "I0302 支給月額" in doctor(work / "ogawa")[f"登録ルール {TK}"]
    assert "秘密情報" in doctor(work / "ogawa")

    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace("  # I0302 支給月額", "  I0302: {sql: 月額, wording: 支給月額}\n  # I0302"), "utf-8")
    assert CliRunner().invoke(app, ["rules", "check", "--site", "ogawa", "--on", "2017-04-10"]).exit_code == 0
    assert f"登録ルール {TK}" not in doctor(work / "ogawa")


def test_everything_is_private(work: Path) -> None:
    """Folders 0700, files 0600; secrets are empty files that wait, never in the settings."""
    run("ogawa", *BODY, "--source", "kodomo=jidou.csv", "--dataset", f"{TK}=kodomo", "--json")
    made = [path for path in (work / "ogawa").rglob("*") if "layouts" not in path.parts]
    assert {oct(path.stat().st_mode & 0o777) for path in made if path.is_file()} == {"0o600"}
    assert {oct(path.stat().st_mode & 0o777) for path in made if path.is_dir()} == {"0o700"}
    assert (work / "ogawa" / "secrets" / "upload").read_text() == ""


def test_nothing_is_overwritten(work: Path) -> None:
    """Not the settings, and not a file of somebody's that lies where one of ours would."""
    given = ("ogawa", *BODY, "--source", "kodomo=jidou.csv", "--dataset", f"{TK}=kodomo", "--json")
    query = work / "ogawa" / "queries" / f"{TK}.sql"
    query.parent.mkdir()
    query.write_text("SELECT 1", encoding="utf-8")
    before = sorted(work.rglob("*"))
    assert run(*given, code=2)["error"]["code"] == "COMMANDS-071"
    assert query.read_text(encoding="utf-8") == "SELECT 1"
    assert [path for path in work.rglob("*") if path.is_file() and path not in before] == []
    query.unlink()
    run(*given)
    assert run(*given, code=2)["error"]["code"] == "COMMANDS-071"


def test_questions_are_asked_and_a_source_that_does_not_answer_is_asked_for_again(work: Path) -> None:
    """Without options: one question after the other; the values of the file are never shown."""
    lines = ("992021", "992020", "小川町", "見本県", "2", "standin", "", "kodomo=nowhere.csv", "", "kodomo=jidou.csv")
    result = run("ogawa", given="\n".join([*lines, "児童手当システム", "n", TK, "月額", "n", ""]) + "\n")
    assert "ORIGINALS-001" in result.stderr
    assert "cp932" in result.stderr
    assert "ヤマダ" not in result.output
    assert load(work / "ogawa").source("kodomo").name == "児童手当システム"
    assert "決めるもの" not in result.stdout


def test_answers_of_a_file_need_no_questions(work: Path) -> None:
    """A database, a table of it, control totals, a variation, a person."""
    with sqlite3.connect(work / "tax.sqlite") as database:
        database.execute(
            "CREATE TABLE levies (認定番号 TEXT, 宛名番号 TEXT, 支給区分 TEXT, 支給月額 INTEGER, 更新日 DATE)"
        )
        database.execute("CREATE TABLE other (x TEXT)")
    answers = f"""
body: {{code: "992020", name: 小川町, prefecture: 見本県, group: 2}}
clock: standin
sources:
  - {{id: tax, name: 税, kind: sqlite, path: tax.sqlite}}
  - {{id: kodomo, name: 児童手当, kind: csv, path: jidou.csv}}
register: {{source: kodomo}}
datasets:
  - {{code: {TK}, source: tax, table: levies, variation: 支給区分, control_totals: {{"1": 2}}}}
people: [{{name: 業務 花子, role: officer, os_user: hanako}}]
accounts: {{upload: {{user: g1, password: {{env: UPLOAD}}}}}}
"""
    (work / "answers.yaml").write_text(answers, encoding="utf-8")
    told = run("ogawa", "--answers", "answers.yaml", "--json")
    assert told["lacking"] == {}
    site = load(work / "ogawa")
    assert site.dataset(TK).control_totals["1"].holds(2)
    assert site.people[0].os_user == "hanako"
    assert site.server.accounts.upload is not None
    assert site.server.accounts.upload.password.env == "UPLOAD"
    assert "支給月額: integer" in (work / "ogawa" / "rules" / f"{TK}.yaml").read_text(encoding="utf-8")
    assert "抽出" not in str(doctor(work / "ogawa"))


def test_a_fixed_width_file_is_read_by_the_form_that_is_said(work: Path) -> None:
    """Its columns cannot be found out; a wrong form is told."""
    (work / "a.txt").write_bytes("000101000000000000101115000\r\n".encode("cp932"))
    places = [("認定番号", 1, 6), ("宛名番号", 7, 15), ("支給区分", 22, 1), ("支給月額", 23, 5)]
    form = {
        "encoding": "cp932",
        "columns": [{"name": name, "from": start, "bytes": size} for name, start, size in places],
    }
    answers: dict[str, Any] = {
        "body": {"code": "992020", "name": "小川町", "prefecture": "見本県", "group": 2},
        "clock": "standin",
        "sources": [{"id": "k", "name": "k", "kind": "fixed", "path": "a.txt", "form": form}],
        "datasets": [{"code": TK, "source": "k"}],
    }
    (work / "answers.yaml").write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")
    told = run("ogawa", "--answers", "answers.yaml", "--json")
    assert {one.partition(" ")[0] for one in told["lacking"]["register"]} == {
        "birth_date", "sex", "kana", "address_code", "status", "dv"
    }  # fmt: skip
    assert "ORIGINALS-005" in doctor(work / "ogawa")["宛名の台帳"], "no register without 支援措置 is made up"
    form["trim"] = "maybe"
    (work / "answers.yaml").write_text(json.dumps(answers, ensure_ascii=False), encoding="utf-8")
    assert run("other", "--answers", "answers.yaml", "--json", code=2)["error"]["code"] == "COMMANDS-077"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("--dataset", "TK00009900000001=kodomo"), "COMMANDS-074"),
        (("--dataset", f"{TK}=kodomo", "--column", f"{TK}.支給月額=ない列"), "COMMANDS-075"),
        (("--dataset", f"{TK}=kodomo", "--column", f"{TK}.ない項目=月額"), "COMMANDS-075"),
        (("--dataset", f"{TK}=kodomo:ない表"), "COMMANDS-076"),
        (("--dataset", f"{TK}=nobody"), "COMMANDS-078"),
        (("--dataset", TK), "COMMANDS-073"),
        (("--dataset", f"{TK}=kodomo", "--column", "支給月額=月額"), "COMMANDS-073"),
        ((), "COMMANDS-072"),
    ],
)
def test_wrong_answers_are_refused_in_words_and_nothing_is_written(
    work: Path, change: tuple[str, ...], code: str
) -> None:
    """Each with what would have been right."""
    error = run("ogawa", *BODY, "--source", "kodomo=jidou.csv", *change, "--json", code=2)["error"]
    assert error["code"] == code
    assert not (work / "ogawa" / "site.yaml").exists()
    assert not (work / "ogawa" / "rules").exists()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (ROWS.encode("utf-16"), "ORIGINALS-031"),
        (b"PK\x03\x04" + bytes(100), "ORIGINALS-031"),
        (b"", "ORIGINALS-027"),
        (ROWS.encode("cp932")[:-30], "ORIGINALS-022"),
        (b"\xef\xbb\xbf" + ROWS.replace(",", "\t").encode(), None),
    ],
)
def test_a_file_is_tried_before_anything_is_written(work: Path, data: bytes, told: str | None) -> None:
    """Other encodings and separators are found out; what is no text is refused."""
    (work / "jidou.csv").write_bytes(data)
    given = ("ogawa", *BODY, "--source", "kodomo=jidou.csv", "--dataset", f"{TK}=kodomo", "--json")
    if told is None:
        run(*given)
        return
    assert run(*given, code=1)["error"]["code"] == told
    assert not (work / "ogawa" / "site.yaml").exists()


def test_a_full_disk_leaves_nothing_half_made(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written is taken back, and the next try makes the whole."""
    real, calls = os.open, []

    def full(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        if flags & os.O_EXCL and "ogawa" in str(path):
            calls.append(path)
            if len(calls) == 4:
                raise OSError(28, "No space left on device")
        return real(path, flags, mode, **more)

    given = ("ogawa", *BODY, "--source", "kodomo=jidou.csv", "--dataset", f"{TK}=kodomo", "--json")
    monkeypatch.setattr(os, "open", full)
    assert run(*given, code=1)["error"]["code"] == "COMMANDS-079"
    assert not [path for path in (work / "ogawa").rglob("*") if path.is_file() and "layouts" not in path.parts]
    monkeypatch.setattr(os, "open", real)
    run(*given)
