"""Every entry of the catalogue is asked for by some test: a wording that no test provokes is kept true by nobody."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from fukuhon.errors import catalogue

TESTS = Path(__file__).parents[1]
CODE = re.compile(r"[A-Z]+-[0-9]{3}")


@cache
def asked_for() -> frozenset[str]:
    """Codes that stand in the text of a test (not in a comment, nor in a docstring)."""
    found: set[str] = set()
    for path in TESTS.rglob("*.py"):
        if path.parent == Path(__file__).parent:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
                found |= set(CODE.findall(node.value))
    cases = (TESTS / "conformance" / "cases.yaml").read_text(encoding="utf-8")
    return frozenset(found) | set(CODE.findall(cases))


def test_every_entry_is_raised_by_a_test() -> None:
    """Write a test that provokes it and names its code."""
    assert sorted(set(catalogue()) - asked_for()) == []
