"""Verbs on layouts: checked, compared, handed out, taken in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from fukuhon.commands.layout_effects import touched
from fukuhon.layouts import compare, load_pack

if TYPE_CHECKING:
    from conftest import Hamlet

SPI, DATASET, NEW = "TM00000000000009", "TK00000900000001", "2018.1"


@pytest.fixture
def revised(hamlet: Hamlet) -> Iterator[Path]:
    """A second version beside the hamlet's: one item wider, one new and required."""
    old, new = hamlet.folder / "layouts" / "2017.1", hamlet.folder / "layouts" / NEW
    new.mkdir()
    pack = yaml.safe_load((old / "pack.yaml").read_text(encoding="utf-8"))
    pack |= {"version": NEW, "effective_from": "2018-04-01"}
    lines = "".join(
        f"{name}: {value}\n" for name, value in pack.items() if value is not None and name != "effective_to"
    )
    (new / "pack.yaml").write_text(lines.replace("version: 2018.1", 'version: "2018.1"'), encoding="utf-8")
    text = (old / f"{SPI}.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    items = data["datasets"][0]["items"]
    items[1]["codes"]["3"] = "その他"
    items.append({"code": "I0199", "name": "加算", "kind": "digits", "digits": 2, "required": True})
    (new / f"{SPI}.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    yield new
    for path in new.iterdir():
        path.unlink()
    new.rmdir()


def test_check_finds_nothing_in_the_hamlets_pack(hamlet: Hamlet) -> None:
    """Exit 0; with a folder no site is asked."""
    told = hamlet.json("layout", "check")
    assert "2017.1" in told["packs"]
    assert [finding for finding in told["findings"] if finding["severity"] == "error"] == []
    assert hamlet.json("layout", "check", str(hamlet.folder / "layouts" / "2017.1"))["packs"] == ["2017.1"]


def test_check_tells_all_that_is_wrong(hamlet: Hamlet, revised: Path) -> None:
    """Exit 1: nothing is lost, and the files are named."""
    (revised / "TM00000000000099.yaml").write_text("spi: x\n", encoding="utf-8")
    (revised / f"{SPI}.yaml").write_text("a: [", encoding="utf-8")
    told = hamlet.json("layout", "check", code=1)
    assert told["error"]["code"] == "LAYOUTS-011"
    assert sum(finding["severity"] == "error" for finding in told["findings"]) == 2
    shown = hamlet.run("layout", "check")
    assert "TM00000000000099.yaml" in shown.stdout


def test_check_asks_what_the_site_needs(hamlet: Hamlet) -> None:
    """A dataset of site.yaml that no pack has."""
    path = hamlet.folder / "layouts" / "2017.1" / f"{SPI}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(DATASET, "TK00000900000099"), encoding="utf-8")
    try:
        told = hamlet.json("layout", "check", code=1)
    finally:
        path.write_text(text, encoding="utf-8")
    assert any(f["where"] == DATASET and "レイアウトがありません" in f["text"] for f in told["findings"])


def test_diff_says_what_is_touched(hamlet: Hamlet, revised: Path) -> None:
    """Items, rules, the source's columns, registered records."""
    told = hamlet.json("layout", "diff", "2017.1", NEW)
    (dataset,) = told["datasets"]
    assert dataset["effect"] == "reregister"
    items = {item["code"]: item for item in dataset["change"]["items"]}
    assert items["I0102"]["details"] == ["コードが増える：3 その他"]
    assert items["I0199"]["what"] == "added"
    effects = dataset["touched"]
    assert effects["in_scope"]
    assert effects["registered"] == 0
    assert effects["records"] == "登録済みの記録はない"
    assert any("I0199 加算：登録ルールがない" in line for line in effects["rules"])
    assert any("I0102" in line and "見直す" in line for line in effects["rules"])
    assert "grade" in effects["sources"][0]
    shown = hamlet.run("layout", "diff", "2017.1", str(revised)).stdout
    for word in ("加算", "登録ルール：", "抽出：", "記録："):
        assert word in shown
    assert hamlet.json("layout", "diff", "2017.1", "2017.1")["datasets"] == []
    assert hamlet.json("layout", "diff", "2017.1", "1999.1", code=2)["error"]["code"] == "LAYOUTS-010"


def test_dictionary_and_contracts_are_handed_out(hamlet: Hamlet, tmp_path: Path) -> None:
    """On standard output or in files."""
    page = hamlet.run("layout", "dictionary", "--version", "2017.1").stdout
    assert DATASET in page
    out = tmp_path / "dictionary.html"
    assert hamlet.json("layout", "dictionary", "--version", "2017.1", "--out", str(out))["file"] == str(out)
    assert out.read_text(encoding="utf-8") == page
    told = hamlet.json("layout", "export", "--version", "2017.1", "--out", str(tmp_path / "odcs"))
    assert [Path(file).name for file in told["files"]] == [f"{SPI}.odcs.yaml"]
    assert yaml.safe_load(Path(told["files"][0]).read_bytes())["apiVersion"] == "v3.2.0"


def test_a_version_goes_out_as_a_workbook_and_comes_back(hamlet: Hamlet, tmp_path: Path) -> None:
    """The template, filled with a version; an existing folder is not overwritten."""
    book, folder = tmp_path / "layout.xlsx", tmp_path / "again"
    assert hamlet.json("layout", "import", "--template", str(book), "--version", "2017.1")["version"] == "2017.1"
    told = hamlet.json("layout", "import", str(book), "--out", str(folder))
    assert told["version"] == "2017.1"
    assert hamlet.json("layout", "diff", "2017.1", str(folder))["datasets"] == []
    assert hamlet.json("layout", "import", str(book), "--out", str(folder), code=2)["error"]["code"] == "LAYOUTS-008"
    assert hamlet.json("layout", "import", str(book), code=2)["error"]["code"] == "LAYOUTS-008"


def test_an_empty_template_and_wrong_usage_are_told(hamlet: Hamlet, tmp_path: Path) -> None:
    """Exit 2, with every cell."""
    book = tmp_path / "layout.xlsx"
    assert hamlet.json("layout", "import", "--template", str(book))["version"] is None
    failed = hamlet.json("layout", "import", str(book), code=2)["error"]
    assert failed["code"] == "LAYOUTS-007"
    assert "シート「項目」 A2：何も書かれていません" in failed["message"]
    assert hamlet.json("layout", "import", code=2)["error"]["code"] == "COMMANDS-001"


def test_effects_count_registered_records(hamlet: Hamlet, revised: Path) -> None:
    """Where the books cannot be asked, the sentence goes without a number; other bodies' datasets are only told."""
    old, new = load_pack(hamlet.folder / "layouts" / "2017.1"), load_pack(revised)
    changes = compare(old, new)
    (counted,) = touched(hamlet.site, old, changes, {DATASET: 1234})
    assert counted.records == "登録済みの記録（1,234件）を登録し直す必要がある"
    (uncounted,) = touched(hamlet.site, old, changes, None)
    assert uncounted.records == "登録済みの記録を登録し直す必要がある"
    foreign = new.model_copy(
        update={"datasets": (*old.datasets, new.datasets[0].model_copy(update={"code": "TK00000900000077"}))}
    )
    (other,) = touched(hamlet.site, old, compare(old, foreign), None)
    assert not other.in_scope
