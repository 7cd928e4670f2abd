"""What a site may have of its own, by id: layouts, rules, expectations, queries (docs/site-yaml.md)."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from fukuhon.layouts import packs
from fukuhon.quality import Suite
from fukuhon.rules import RuleBook
from fukuhon.site import Site, load

SAMPLE = Path(__file__).parents[2] / "include" / "sites" / "sample"
PACKS = SAMPLE.parents[1] / "layouts" / "2017.1"
EXPECTATIONS = SAMPLE.parents[2] / "expectations"
SPI, DATASET = "TM00000000000002", "TK00000200000002"
DAY = date(2017, 4, 10)


@pytest.fixture
def own(tmp_path: Path) -> Site:
    """The sample's settings in a folder of one's own."""
    shutil.copytree(SAMPLE, tmp_path / "own")
    return load(tmp_path / "own")


def suite(site: Site) -> Suite:
    """The dataset's suite at the site."""
    layout = packs(site).in_force(DATASET, DAY)
    return Suite.load(site, layout, RuleBook.load(site.resource("rules", DATASET)))


def test_a_layout_of_the_sites_own_replaces_the_version_of_the_same_name(own: Site) -> None:
    """The whole version: the project's other datasets of it are gone, those of other versions stay."""
    folder = own.folder / "layouts" / "2017.1"
    folder.mkdir(parents=True)
    shutil.copy(PACKS / "pack.yaml", folder)
    text = (PACKS / f"{SPI}.yaml").read_text(encoding="utf-8")
    (folder / f"{SPI}.yaml").write_text(text.replace("name: 地方税", "name: 町の地方税", 1), encoding="utf-8")
    known = packs(own)
    assert known.in_force(DATASET, DAY).spi_name == "町の地方税"
    assert {layout.spi for layout in known.pack("2017.1").datasets} == {SPI}


def test_a_rule_book_of_the_sites_own_is_the_one_that_counts(own: Site) -> None:
    """By its id, whatever the project has under the same."""
    path = own.folder / "rules" / f"{DATASET}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(text.partition("note: ")[2].partition("\n")[0], "町の規則", 1), encoding="utf-8")
    assert own.resource("rules", DATASET) == path
    assert RuleBook.load(own.resource("rules", DATASET)).note == "町の規則"


def test_an_expectation_of_the_same_id_replaces_the_projects_and_others_are_added(own: Site) -> None:
    """Rule by rule: whoever changes one keeps the rest."""
    project = yaml.safe_load((EXPECTATIONS / f"{SPI}.yaml").read_text(encoding="utf-8"))["datasets"][DATASET]
    changed = next(rule for rule in project if rule.get("kind", "row") == "row")
    added = {**changed, "id": "town-own-rule"}
    changed = {**changed, "severity": "warn", "wording": "町が緩めたこと"}
    changed.pop("stop_above", None)
    folder = own.folder / "expectations"
    folder.mkdir()
    text = json.dumps({"spi": SPI, "datasets": {DATASET: [changed, added]}}, ensure_ascii=False)
    (folder / f"{SPI}.yaml").write_text(text, encoding="utf-8")
    loaded = suite(own)
    ids = {rule.id for rule in loaded.rules}
    assert {rule["id"] for rule in project} | {"town-own-rule"} <= ids
    assert loaded.rule(changed["id"]).wording == "町が緩めたこと"


def test_another_name_leaves_the_projects_suite_out(own: Site) -> None:
    """``expectations: own`` names a suite; the project's is then not this dataset's."""
    path = own.folder / "site.yaml"
    text = path.read_text(encoding="utf-8")
    rule = f"rules: {DATASET}\n"
    assert rule in text
    path.write_text(text.replace(rule, f"{rule}        expectations: own\n"), encoding="utf-8")
    (own.folder / "expectations").mkdir()
    (own.folder / "expectations" / "own.yaml").write_text(f"spi: {SPI}\ndatasets: {{{DATASET}: []}}\n", "utf-8")
    assert all(rule.origin.value == "layout" for rule in suite(load(own.folder)).rules)
