"""A small layout and rule book of the tests' own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fukuhon.layouts import DatasetLayout

BOOK = """dataset: TK00000100000001
columns: {no: text, key: text, amount: integer, parts: integer, day: date, remark: text, dv: text}
keys: {addressee: no, record_key: key}
scope:
  - {id: SC-OLD, when: "day < DATE '2016-01-01'", reason: 古い}
  - {id: SC-LATER, when: day > as_of, reason: まだ}
withhold:
  - {id: WH-DV, when: dv = '1', reason: 不開示}
variation: "CASE WHEN amount > 0 THEN '有' ELSE '無' END"
publication: {from: day, to: null}
items:
  I0001: {sql: amount, wording: 金額}
  I0002: {sql: day, wording: 日}
  I0003: {sql: shrink(remark), wording: 摘要}
  I0004: {sql: amount // parts, wording: 一回分}
examples:
  - name: 普通
    as_of: 2017-04-10
    row: {no: "000000000000017", key: "0001", amount: 100, parts: 2, day: 2016-04-01, remark: 髙}
    expect:
      {scope: null, withhold: null, variation: 有, record_key: "0001", publication_from: 2016-04-01, I0003: 高,
       I0004: 50}
"""

MakeBook = Callable[..., Path]


@pytest.fixture
def book_file(tmp_path: Path) -> MakeBook:
    """Write the rule book, with pieces of its text replaced."""

    def make(*changes: tuple[str, str]) -> Path:
        text = BOOK
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "book.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return make


@pytest.fixture(scope="session")
def layout() -> DatasetLayout:
    """The layout that the book fills."""
    kinds = {"I0001": {"kind": "number", "digits": 9}, "I0002": {"kind": "date"}}
    kinds |= {"I0003": {"kind": "text", "max_length": 9}, "I0004": {"kind": "number", "digits": 9}}
    return DatasetLayout.model_validate(
        {
            "spi": "TM00000000000001",
            "spi_name": "試験",
            "code": "TK00000100000001",
            "name": "試験",
            "version": "T1",
            "record_key": {"name": "番号", "pattern": "[0-9]{4}", "unique_within": "person"},
            "items": tuple({"code": code, "name": code, **kind} for code, kind in kinds.items()),
        }
    )
