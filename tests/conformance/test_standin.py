from __future__ import annotations

import os
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
GROUPS = yaml.safe_load(Path(os.environ.get("FUKUHON_CASES") or HERE / "cases.yaml").read_text(encoding="utf-8"))
MODULE = runpy.run_path(str(HERE / "standin_runner.py"))
RUNNERS, NOT_HANDLED, left_out = MODULE["RUNNERS"], MODULE["NOT_HANDLED"], MODULE["left_out"]
ALL = [(group, case) for group, cases in GROUPS.items() for case in cases or ()]
CASES = [(group, case, way) for group, case in ALL if not left_out(group, case) for way in RUNNERS.get(group, ())]
OUT = [(case["id"], left_out(group, case)) for group, case in ALL if group in RUNNERS and left_out(group, case)]


@pytest.mark.parametrize(
    ("group", "case", "way"), CASES, ids=[f"{case['id']}-{way.__name__}" for _, case, way in CASES]
)
def test_case_holds_for_the_standin(group: str, case: dict[str, Any], way: Any) -> None:
    """The stand-in says what the case expects; keys that the case does not name are not compared."""
    answer = way(case["given"], case["expect"])
    assert {key: answer.get(key) for key in case["expect"]} == case["expect"], f"seed {case['seed']}: {case['why']}"


@pytest.mark.parametrize("group", GROUPS)
def test_group_is_run_or_left_out_with_a_reason(group: str) -> None:
    """A group that nobody knows is a failure, not a silence; the reasons are printed."""
    if group not in RUNNERS:
        print(f"not run: {group}: {NOT_HANDLED[group]}")  # noqa: T201 - it is the list of what is not run
    assert group in RUNNERS or NOT_HANDLED.get(group), f"no runner for {group}"


def test_cases_left_out_are_few_and_have_a_reason() -> None:
    """Of the groups that are run most cases are: the rest is what no server can know."""
    for name, reason in OUT:
        print(f"not run: {name}: {reason}")  # noqa: T201
    assert all(reason for _, reason in OUT)
    assert len(OUT) < len(CASES) / 3


def test_no_group_is_both_run_and_left_out() -> None:
    """A reason must not outlive its runner."""
    assert not RUNNERS.keys() & NOT_HANDLED.keys()
