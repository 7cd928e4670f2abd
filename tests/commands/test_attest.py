"""Item 8 of seed 1.3: no screen shows whether an existing system has the masters; a person says so, with evidence."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def needing(hamlet: Any) -> Any:
    """The hamlet, whose system uses the masters."""
    path = hamlet.folder / "site.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("production: true}", "production: true, masters_needed: true}")
    )
    return hamlet


def attest(hamlet: Any, *more: str, user: str = "hanako", code: int = 0) -> dict[str, Any]:
    """Run the verb."""
    told: dict[str, Any] = hamlet.json("attest", "masters", *more, user=user, code=code)
    return told


def test_a_system_that_uses_no_masters_has_nothing_to_attest(hamlet: Any) -> None:
    """A word about it would hide a wrong setting."""
    assert attest(hamlet, "--source", "welfare", "--evidence", "x", code=2)["error"]["code"] == "VIGILANCE-020"
    assert attest(hamlet, "--source", "nobody", "--evidence", "x", code=2)["error"]["code"] == "SITE-010"


def test_masters_are_attested_by_a_person_with_day_and_evidence(needing: Any) -> None:
    """Not met without a word, nor with one that is older than the last delivery (2 April); met with a later one."""
    refused = needing.json("preflight", code=1)["error"]
    assert refused["code"] == "VIGILANCE-001"
    assert "(8)" in refused["message"]

    given = ("--source", "welfare", "--evidence", "作業報告書 29-014")
    assert attest(needing, *given, user="root", code=1)["error"]["code"] == "SITE-008"
    assert attest(needing, "--source", "welfare", "--evidence", " ", code=1)["error"]["code"] == "VIGILANCE-021"
    assert attest(needing, *given, "--on", "2017-04-11", code=1)["error"]["code"] == "VIGILANCE-022"

    attest(needing, *given, "--on", "2017-04-01")
    assert "(8)" in needing.json("preflight", code=1)["error"]["message"]

    told = attest(needing, *given, "--on", "2017-04-03")
    assert told == {"source": "welfare", "on": "2017-04-03", "by": "業務 花子", "evidence": "作業報告書 29-014"}
    facts = needing.json("preflight")["facts"]
    assert facts["(8) 既存システムへのマスターの取込み"] == "welfare 2017-04-03（確認 業務 花子）"
