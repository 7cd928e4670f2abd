"""``docs/errors.md`` is what the catalogue says."""

from __future__ import annotations

from pathlib import Path

from fukuhon.commands.error_reference import _ROOMS, page
from fukuhon.errors import catalogue

DOCS = Path(__file__).parents[2] / "docs"


def test_errors_are_documented_as_they_are() -> None:
    """Generated again when an entry changes: ``python -m fukuhon.commands.error_reference > docs/errors.md``."""
    assert (DOCS / "errors.md").read_text(encoding="utf-8") == page()


def test_every_entry_stands_once_with_what_an_officer_needs() -> None:
    """Code, sentence, next step and section in one row, no fact left as a hole for a program."""
    rows = [line for line in page().splitlines() if line.startswith('| <a id="')]
    assert len(rows) == len(catalogue())
    for row in rows:
        assert row.count(" | ") == 3, row
        assert "{" not in row


def test_every_room_has_a_title() -> None:
    """A new room is named in Japanese."""
    assert {code.partition("-")[0] for code in catalogue()} <= set(_ROOMS)
