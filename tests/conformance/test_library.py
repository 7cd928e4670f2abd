from __future__ import annotations

import os
import runpy
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).parent
GROUPS = yaml.safe_load(Path(os.environ.get("FUKUHON_CASES") or HERE / "cases.yaml").read_text(encoding="utf-8"))
MODULE = runpy.run_path(str(HERE / "library_runner.py"))
RUNNERS, NOT_HANDLED = MODULE["RUNNERS"], MODULE["NOT_HANDLED"]
CASES = [(group, case) for group, cases in GROUPS.items() for case in cases or () if group in RUNNERS]


@pytest.mark.parametrize(("group", "case"), CASES, ids=[case["id"] for _, case in CASES])
def test_case_holds_for_the_library(group: str, case: dict) -> None:
    """The library says what the case expects; keys that the case does not name are not compared."""
    answer = RUNNERS[group](case["given"])
    assert {key: answer[key] for key in case["expect"]} == case["expect"], f"seed {case['seed']}: {case['why']}"


@pytest.mark.parametrize("group", GROUPS)
def test_group_is_run_or_left_out_with_a_reason(group: str) -> None:
    """A group that nobody knows is a failure, not a silence."""
    assert group in RUNNERS or NOT_HANDLED.get(group), f"no runner for {group}"


def test_no_group_is_both_run_and_left_out() -> None:
    """A reason must not outlive its runner."""
    assert not RUNNERS.keys() & NOT_HANDLED.keys()


def test_ids_are_unique() -> None:
    """An id names one case."""
    ids = [case["id"] for cases in GROUPS.values() for case in cases or ()]
    assert len(ids) == len(set(ids))
