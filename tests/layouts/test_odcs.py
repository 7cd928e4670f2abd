"""Contracts are checked against the standard's own JSON schema (odcs-v3.2.0.schema.json, Apache-2.0, bitol.io)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft201909Validator

from fukuhon.layouts import load_pack, to_odcs

MakePack = Callable[..., Path]
SCHEMA = json.loads(Path(__file__).with_name("odcs-v3.2.0.schema.json").read_bytes())
VALIDATOR = Draft201909Validator(SCHEMA)
PACKS = sorted((Path(__file__).parents[2] / "include/layouts").glob("*/pack.yaml"))


def problems(contract: object) -> list[str]:
    """What the standard's schema says is wrong."""
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(contract)]


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.parent.name)
def test_the_projects_packs_are_contracts_of_the_standard(path: Path) -> None:
    """Each of their 特定個人情報."""
    contracts = to_odcs(load_pack(path.parent))
    assert contracts
    for text in contracts.values():
        assert problems(yaml.safe_load(text)) == []


def test_the_schema_does_find_what_is_wrong(pack: MakePack) -> None:
    """Lest the test above proves nothing."""
    contract = yaml.safe_load(to_odcs(load_pack(pack()))["TM00000000000001"])
    assert problems(contract) == []
    contract["schema"][0]["properties"][0]["logicalType"] = "text"
    assert problems(contract)
    contract["schema"][0]["properties"][0]["logicalType"] = "string"
    contract["schema"][0]["kind"] = "x"
    assert problems(contract)


def test_a_contract_holds_what_the_layout_says(pack: MakePack) -> None:
    """Where the standard has no place for it, as a custom property."""
    text = to_odcs(load_pack(pack()))["TM00000000000001"]
    assert text == to_odcs(load_pack(pack()))["TM00000000000001"]
    contract = yaml.safe_load(text)
    (dataset,) = contract["schema"]
    items = {each["name"]: each for each in dataset["properties"]}
    assert (contract["name"], dataset["businessName"]) == ("試験", "試験情報")
    assert items["Key"]["unique"]
    assert re.fullmatch(items["I0001"]["logicalTypeOptions"]["pattern"], "2017")
    assert items["I0002"]["logicalTypeOptions"] == {"minimum": -10, "maximum": 500_000, "format": "i64"}
    assert items["I0003"]["enum"] == [{"value": "1", "label": "有"}, {"value": "2", "label": "無"}]
    custom = {each["property"]: each["value"] for each in items["I0012_2"]["customProperties"]}
    assert custom == {
        "itemKind": "date",
        "unknownDays": True,
        "requiredWhen": {"item": "I0011_2", "present": True},
        "group": "扶養",
        "occurrence": 2,
    }
    assert {
        "name": "layout:I0001:required",
        "type": "text",
        "dimension": "completeness",
        "description": "年度がある",
    } in (dataset["quality"])
    assert {"property": "effectiveTo", "value": "2017-06-30"} in contract["customProperties"]


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.parent.name)
def test_datacontract_cli_has_nothing_to_say(path: Path, tmp_path: Path) -> None:
    """Where it is on the PATH, in an environment of its own: it cannot be beside our lock (it wants an older typer)."""
    program = shutil.which("datacontract")
    if program is None:
        pytest.skip("datacontract-cli is not installed")
    for spi, text in to_odcs(load_pack(path.parent)).items():
        contract = tmp_path / f"{spi}.odcs.yaml"
        contract.write_bytes(text)
        subprocess.run([program, "lint", str(contract)], check=True, timeout=120, capture_output=True)
