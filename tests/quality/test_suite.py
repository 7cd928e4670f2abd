from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from fukuhon.errors import ConfigurationError
from fukuhon.layouts import DatasetLayout, base_checks, load_pack
from fukuhon.quality import Kind, Origin, Suite
from fukuhon.rules import RuleBook

ROOT = Path(__file__).parents[2]
SPI, DATASET = "TM00000000000002", "TK00000200000001"
RULE = {
    "id": "own-rule",
    "severity": "warn",
    "columns": ["I0101"],
    "pass": "I0101 = '2016'",
    "wording": "正しいこと",
    "guards": "誤り",
}


@pytest.fixture(scope="module")
def layout() -> DatasetLayout:
    """The shipped layout of the tax assessments."""
    packs = [load_pack(path.parent) for path in sorted(ROOT.glob("include/layouts/*/pack.yaml"))]
    pack = next(pack for pack in packs if pack.in_force(date(2017, 5, 8)))
    return next(layout for layout in pack.datasets if layout.code == DATASET)


@pytest.fixture(scope="module")
def book() -> RuleBook:
    """The sample's rule book for it."""
    return RuleBook.load(ROOT / f"include/sites/sample/rules/{DATASET}.yaml")


def site(*folders: Path) -> SimpleNamespace:
    """A site that sees these folders of expectations, its own first."""
    return SimpleNamespace(
        dataset=lambda code: SimpleNamespace(expectations=None),
        resource_folders=lambda kind: folders,
    )


def folder(path: Path, *rules: dict) -> Path:
    """A folder with one file of these rules."""
    path.mkdir()
    document = {"spi": SPI, "datasets": {DATASET: list(rules)}}
    (path / f"{SPI}.yaml").write_text(json.dumps(document), encoding="utf-8")  # YAML too, and without aliases
    return path


def test_the_shipped_rules_load(layout: DatasetLayout, book: RuleBook) -> None:
    """Every base check of the layout, the key's uniqueness, and every reviewed rule; each once."""
    suite = Suite.load(site(ROOT / "expectations"), layout, book)  # type: ignore[arg-type]
    written = yaml.safe_load((ROOT / "expectations" / f"{SPI}.yaml").read_text(encoding="utf-8"))
    reviewed = [rule["id"] for rule in written["datasets"][DATASET]]
    expected = [check.id for check in base_checks(layout)] + ["layout:record_key:unique", *reviewed]
    assert [rule.id for rule in suite.rules] == expected


def test_a_sites_own_rule_replaces_the_projects(tmp_path: Path, layout: DatasetLayout, book: RuleBook) -> None:
    """The same id: the site's. Another id: added."""
    ours = folder(tmp_path / "project", RULE, RULE | {"id": "other-rule"})
    own = folder(tmp_path / "site", RULE | {"severity": "stop"})
    suite = Suite.load(site(own, ours), layout, book)  # type: ignore[arg-type]
    reviewed = {rule.id: rule.severity.value for rule in suite.rules if rule.origin is Origin.REVIEWED}
    assert reviewed == {"own-rule": "stop", "other-rule": "warn"}


def test_without_a_file_the_layout_alone_judges(tmp_path: Path, layout: DatasetLayout, book: RuleBook) -> None:
    """A dataset that nobody has written rules for is still checked against its layout."""
    suite = Suite.load(site(tmp_path), layout, book)  # type: ignore[arg-type]
    assert {rule.origin for rule in suite.rules} == {Origin.LAYOUT}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"columns": ["I9999"], "pass": "I9999 = '1'"}, "QUALITY-001"),
        ({"columns": ["src_never"], "pass": "src_never = '1'"}, "QUALITY-001"),
        ({"pass": "I0101 + 1 > DATE '2017-01-01'"}, "QUALITY-014"),
        ({"pass": "year(I0101) = 2016"}, "QUALITY-014"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused_before_any_record_is_there(
    tmp_path: Path, layout: DatasetLayout, book: RuleBook, change: dict, code: str
) -> None:
    """A column that does not exist; SQL that does not fit the types."""
    with pytest.raises(ConfigurationError) as caught:
        Suite.load(site(folder(tmp_path / "site", RULE | change)), layout, book)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert "own-rule" in caught.value.message


def test_a_copy_of_the_mapping_is_refused(tmp_path: Path, layout: DatasetLayout, book: RuleBook) -> None:
    """A rule that can never fail is no rule: it is named."""
    code, sql = next((code, item.sql) for code, item in book.items.items() if item.sql in book.columns)
    copy = RULE | {"columns": [code, f"src_{sql}"], "pass": f"{code} = CAST(src_{sql} AS VARCHAR)"}
    with pytest.raises(ConfigurationError, match=r"QUALITY-003.*own-rule"):
        Suite.load(site(folder(tmp_path / "site", copy)), layout, book)  # type: ignore[arg-type]


def test_an_id_of_the_layout_cannot_be_taken(layout: DatasetLayout, book: RuleBook, make: SimpleNamespace) -> None:
    """Two rules of one name would be one column of masks."""
    with pytest.raises(ConfigurationError, match="QUALITY-002"):
        Suite(DATASET, (make.row("r", "I0101 = '1'"), make.row("r", "I0101 = '2'")))


@pytest.mark.parametrize(("within", "key"), [("person", ("addressee", "record_key")), ("body", ("record_key",))])
def test_the_record_key_is_unique_as_the_layout_declares(
    tmp_path: Path, layout: DatasetLayout, book: RuleBook, within: str, key: tuple[str, ...]
) -> None:
    """A fiscal year within a person, a notice number over the body; with the version where there are versions."""
    for versioned in (False, True):
        own = layout.record_key.model_copy(update={"unique_within": within})
        changed = layout.model_copy(update={"record_key": own, "versioned": versioned})
        rule = Suite.load(site(tmp_path), changed, book).rule("layout:record_key:unique")  # type: ignore[arg-type]
        assert rule.kind is Kind.UNIQUE
        assert rule.key == (*key, *(("record_version",) if versioned else ()))
