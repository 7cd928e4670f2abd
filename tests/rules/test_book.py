from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fukuhon.errors import ConfigurationError
from fukuhon.layouts import DatasetLayout
from fukuhon.rules import RuleBook

MakeBook = Callable[..., Path]


def test_a_book_knows_its_rules(book_file: MakeBook) -> None:
    """By id, with the reason that reports show; its hash is that of the file."""
    book = RuleBook.load(book_file())
    assert list(book.reasons()) == ["SC-OLD", "SC-LATER", "WH-DV"]
    assert book.reasons()["WH-DV"].reason == "不開示"
    assert len(book.sha256) == 64
    assert [rule for _, rule, _ in book.expressions()][3:6] == ["addressee", "record_key", "variation"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sql: amount,", "sql: now(),", "items.I0001.sql：使えない関数です：now"),
        ("sql: amount,", "sql: current_date,", "使えない書き方です：CURRENT_DATE"),
        ("sql: amount,", "sql: nothing,", "columns にない列です：nothing"),
        ("sql: amount,", "sql: amount + remark + (,", "一つのSQLの式として読めません"),
        ("sql: day,", "sql: year(remark),", "items.I0002.sql：列の型に合いません"),
        ("when: dv = '1'", "when: dv", "withhold[WH-DV].when：条件（真偽）になりません（VARCHAR）"),
        ("from: day", "from: amount", "publication.from：日付になりません（BIGINT）"),
        ("record_key: key}", "record_key: CAST(amount AS VARCHAR)}", "キーの列 amount は columns で text"),
        ("id: SC-LATER", "id: WH-DV", "同じ id の規則が二つ"),
        ("remark: text", "src_x: text", "この名前は使えません"),
        ("remark: text", "remark: string", "columns.remark：使える値は"),
        ("reason: まだ", "colour: まだ", "scope[SC-LATER].reason：必要な項目がありません"),
        ("row: {no:", "row: {nothing:", "examples[1].row.nothing：columns にない列です"),
        ("{scope: null, withhold", "{I0009: null, withhold", "examples[1].expect.I0009：知らない項目です"),
        ("TK00000100000001", "TK1", "dataset：決められた形ではありません"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_rule(book_file: MakeBook, old: str, new: str, said: str) -> None:
    """Before any record is there: SQL that is not allowed, columns that are not, types that do not fit."""
    with pytest.raises(ConfigurationError) as caught:
        RuleBook.load(book_file((old, new)))
    assert caught.value.code == "RULES-001"
    assert said in caught.value.message


def test_all_problems_come_at_once(book_file: MakeBook) -> None:
    """One run, one list."""
    path = book_file(
        ("sql: amount,", "sql: now(),"), ("sql: day,", "sql: random(),"), ("from: day", "from: (SELECT 1)")
    )
    with pytest.raises(ConfigurationError) as caught:
        RuleBook.load(path)
    assert str(caught.value.facts["problems"]).count("行目") == 3


def test_examples_run(book_file: MakeBook, layout: DatasetLayout) -> None:
    """A book whose examples hold has no failures, with the layout and without."""
    book = RuleBook.load(book_file())
    assert book.check_examples(layout) == []
    assert book.check_examples() == []


def test_examples_that_fail_tell_what_came(book_file: MakeBook) -> None:
    """Examples are made up, so their values may be shown."""
    failures = RuleBook.load(book_file(("I0004: 50", "I0004: 51"))).check_examples()
    assert [failure.wording for failure in failures] == ["普通：I0004 は 51 のはずが 50"]
    failures = RuleBook.load(book_file(("parts: 2,", "parts: 0,"))).check_examples()
    assert [failure.column for failure in failures] == ["（計算）"]
