"""``fukuhon rules``: a record is explained to a person at a terminal only; the book of rules holds all that runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fukuhon.commands import explaining

if TYPE_CHECKING:
    from conftest import Hamlet

DATASET = "TK00000900000001"
FIRST = "770000000000001"


def test_a_record_is_not_explained_into_a_file(hamlet: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal nothing is shown, and never as JSON."""
    asked = ("rules", "explain", "--dataset", DATASET, "--record", "1")
    refused = hamlet.run(*asked)
    assert refused.exit_code != 0
    assert FIRST not in refused.output
    monkeypatch.setattr(explaining, "_on_terminal", lambda: True)
    assert hamlet.json(*asked, code=refused.exit_code)["error"]["code"] == "COMMANDS-042"


def test_a_record_is_explained_after_the_question(hamlet: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its row number or its keyed hash; who says no sees nothing, what is not there is told."""
    monkeypatch.setattr(explaining, "_on_terminal", lambda: True)
    asked = ("rules", "explain", "--dataset", DATASET, "--record")
    refused = hamlet.run(*asked, "1", given="n\n").output
    assert FIRST not in refused
    assert "COMMANDS-043" in refused
    shown = hamlet.run(*asked, "1", given="y\n").output
    assert FIRST in shown
    assert "支給の終わった人：当てはまらない" in shown
    assert "COMMANDS-045" in hamlet.run(*asked, "00" * 32, given="y\n").output
    assert "COMMANDS-044" in hamlet.run(*asked, "xyz", given="y\n").output


def test_the_book_is_one_page_with_every_rule(hamlet: Hamlet, tmp_path: Path) -> None:
    """Scope, items with wording and SQL, examples, checks; no script, nothing from outside, no person."""
    out = tmp_path / "book.html"
    told = hamlet.json("rules", "catalogue", "--out", str(out))
    page = out.read_text(encoding="utf-8")
    for text in (
        "SC-ENDED",
        "終わった支給は登録しない。",
        "I0102",
        "grade",
        "一部の支給",
        told["datasets"][0]["sha256"],
    ):
        assert text in page
    assert "<script" not in page
    assert "src=" not in page
    assert FIRST not in page
