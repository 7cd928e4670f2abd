"""Every entry of the catalogue is asked for by some test: a wording that no test provokes is kept true by nobody."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from fukuhon.errors import catalogue

TESTS = Path(__file__).parents[1]
CODE = re.compile(r"[A-Z]+-[0-9]{3}")

# Not yet provoked by any test. It only ever gets shorter: an entry that a test asks for has to leave the list.
_WAITING = """
    BACKUP-011 COMMANDS-021 COMMANDS-022 COMMANDS-034 COMMANDS-043 COMMANDS-070 COMMANDS-103 COMMANDS-107
    COMMANDS-108 COMMANDS-109 COMMANDS-122 RECONCILIATION-010 RECONCILIATION-011 RECONCILIATION-012
    REGISTRATION-003 REGISTRATION-020 REGISTRATION-045 SENDER-007 SENDER-020 SERVER-042 SERVER-044
"""
WAITING = frozenset(_WAITING.split())


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
    assert sorted(set(catalogue()) - asked_for() - WAITING) == []


def test_nothing_waits_that_is_raised_or_gone() -> None:
    """The list of what is still owed is true."""
    assert sorted(WAITING & asked_for()) == []
    assert sorted(WAITING - set(catalogue())) == []
