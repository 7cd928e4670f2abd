"""The second sample site: its rules' own examples, its exports, and what of a 特定個人情報 is not registered."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fukuhon.commands.checkup_site import left_out
from fukuhon.errors import ConfigurationError
from fukuhon.layouts import load_pack, packs
from fukuhon.quality import Suite
from fukuhon.rules import RuleBook
from fukuhon.site import load

ROOT = Path(__file__).parents[3]
SITE = ROOT / "include" / "sites" / "kasumi"
BOOKS = sorted((SITE / "rules").glob("*.yaml"))
LEFT_OUT = "TK00000700000002"


@pytest.mark.parametrize("version", ["2017.1", "2017.7"])
@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_the_rules_do_what_their_examples_say(path: Path, version: str) -> None:
    """In both versions: an item that July adds has a rule for July only."""
    book = RuleBook.load(path)
    layout = next(one for one in load_pack(ROOT / "include/layouts" / version).datasets if one.code == path.stem)
    assert len(book.examples) >= 11
    assert book.check_examples(layout) == []


@pytest.mark.parametrize("day", [date(2017, 6, 26), date(2017, 7, 3)])
def test_the_expectations_fit_both_versions(kasumi: Path, monkeypatch: pytest.MonkeyPatch, day: date) -> None:
    """Columns, SQL, and that none repeats the mapping; a dozen and more of each dataset are the department's own."""
    monkeypatch.setenv("FUKUHON_DATA", "unused")
    site = load(kasumi)
    for dataset in site.datasets():
        book = RuleBook.load(site.resource("rules", dataset.code))
        suite = Suite.load(site, packs(site).in_force(dataset.code, day), book)
        assert sum(not rule.id.startswith("layout:") for rule in suite.rules) >= 12


def edited(kasumi: Path, folder: Path, old: str, new: str) -> Path:
    """The site with other settings."""
    text = (kasumi / "site.yaml").read_text(encoding="utf-8")
    assert old in text
    for name in ("queries", "rules"):
        (folder / name).symlink_to(kasumi / name)
    (folder / "site.yaml").write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_a_dataset_that_is_not_registered_is_told_with_its_reason(kasumi: Path) -> None:
    """The body says why; the checkup says so, and finds nothing wrong."""
    (found,) = left_out(load(kasumi), date(2017, 6, 26))
    assert (found.what, found.level) == (f"データセット {LEFT_OUT}", "ok")
    assert "国民健康保険限度額適用認定証情報：登録しません（" in found.seen


def test_a_dataset_that_is_forgotten_is_a_warning(kasumi: Path, tmp_path: Path) -> None:
    """Neither registered nor left out on purpose: nobody has decided."""
    text = (kasumi / "site.yaml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines(keepends=True) if LEFT_OUT in line)
    site = load(
        edited(
            kasumi,
            tmp_path,
            f"    not_registered:           # レイアウトにあり、この町では登録しないデータセット\n{line}",
            "",
        )
    )
    (found,) = left_out(site, date(2017, 6, 26))
    assert (found.level, "not_registered" in str(found.mend)) == ("warn", True)


def test_a_dataset_cannot_be_both(kasumi: Path, tmp_path: Path) -> None:
    """Registered and not registered: refused, with the place."""
    with pytest.raises(ConfigurationError, match="二度"):
        load(edited(kasumi, tmp_path, LEFT_OUT, "TK00000700000001"))
