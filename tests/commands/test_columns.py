"""An existing system that was changed overnight: named by column, refused, and accepted by a person with a reason."""

from __future__ import annotations

import sqlite3
from typing import Any

from fukuhon.ledger import Ledger, audit

DATASET = "TK00000900000001"


def trail(hamlet: Any, subject: str) -> list[audit.Line]:
    """The lines of the trail about a subject."""
    ledger = Ledger.open(hamlet.site.ledger_url(), hamlet.site.clock())
    try:
        with ledger.reading() as reader:
            return list(audit.lines(reader, subject=subject))
    finally:
        ledger.close()


def grown(hamlet: Any) -> None:
    """The query takes whatever the table has, and the table gets a column."""
    with sqlite3.connect(hamlet.folder / "data" / "welfare.db") as database:
        database.execute("ALTER TABLE grants ADD COLUMN office TEXT DEFAULT '01'")


def test_a_changed_system_is_refused_by_column_until_a_person_accepts_it(hamlet: Any) -> None:
    """The first extract is remembered; the next day's other columns are not registered unseen."""
    query = hamlet.folder / "queries" / "grants.sql"
    query.write_text(query.read_text(encoding="utf-8").replace("grant_no, addressee_no, year, grade, ended", "*"))
    (before,) = hamlet.json("columns", "check")["datasets"]
    assert before["changes"] is None
    hamlet.json("validate")
    grown(hamlet)
    told = hamlet.json("columns", "check", code=1)
    assert told["error"]["code"] == "ORIGINALS-011"
    assert told["datasets"][0]["changes"] == ["office：増えた（text）"]
    for verb in (("validate",), ("prepare", "pretest")):
        assert hamlet.json(*verb, code=1)["error"]["code"] == "ORIGINALS-011"

    assert (
        hamlet.json("columns", "accept", DATASET, "--reason", "改修", user="root", code=1)["error"]["code"]
        == "SITE-008"
    )
    assert hamlet.json("columns", "accept", DATASET, "--reason", " ", code=1)["error"]["code"] == "REGISTRATION-013"
    assert hamlet.json("columns", "check", code=1)["error"]["code"] == "ORIGINALS-011"

    accepted = hamlet.json("columns", "accept", DATASET, "--reason", "4月の改修。ルールに影響なし")
    assert accepted["accepted"]
    assert accepted["by"] == "業務 花子"
    (line,) = trail(hamlet, f"datasets:{DATASET}")
    assert (line.event, line.actor) == ("columns.accepted", "業務 花子")
    assert line.detail["changes"] == ["office：増えた（text）"]
    assert line.detail["reason"] == "4月の改修。ルールに影響なし"

    hamlet.json("columns", "check")
    assert hamlet.json("prepare", "pretest")["counts"]["filed"] > 0
    assert not hamlet.json("columns", "accept", DATASET, "--reason", "もう一度")["accepted"]
    assert len(trail(hamlet, f"datasets:{DATASET}")) == 1
