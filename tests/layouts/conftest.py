"""A small pack of the tests' own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HEADER = """version: "T1"
effective_from: 2017-01-01
effective_to: 2017-06-30
business_year: 2017
"""
SPI = """spi: TM00000000000001
name: 試験
datasets:
  - code: TK00000100000001
    name: 試験情報
    record_key: {name: 番号, pattern: "[0-9A-Z]{4}", unique_within: body}
    items:
      - {code: I0001, name: 年度, kind: digits, digits: 4, required: true}
      - {code: I0002, name: 金額, kind: number, digits: 6, signed: true, minimum: -10, maximum: 500000}
      - {code: I0003, name: 区分, kind: code, codes: {"1": 有, "2": 無}}
      - {code: I0004, name: 決定日, kind: date, required_when: {item: I0003, equals: "1"}}
      - {code: I0005, name: 摘要, kind: text, max_length: 5}
      - {code: I0006, name: カナ, kind: kana, max_length: 5}
      - {code: I0007, name: 枝番, kind: digits, min_length: 1, max_length: 3}
      - group: 扶養
        repeat: 2
        items:
          - {code: I0011, name: 続柄, kind: code, codes: {"1": 配偶者, "2": 子}}
          - {code: I0012, name: 生年月日, kind: date, unknown: true, required_when: {item: I0011, present: true}}
"""

MakePack = Callable[..., Path]


@pytest.fixture
def pack(tmp_path: Path) -> MakePack:
    """Write a pack, with pieces of its text replaced."""

    def make(*changes: tuple[str, str], name: str = "T1") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        header, spi = HEADER, SPI
        for old, new in changes:
            assert old in header + spi
            header, spi = header.replace(old, new), spi.replace(old, new)
        (folder / "pack.yaml").write_text(header, encoding="utf-8")
        (folder / "TM00000000000001.yaml").write_text(spi, encoding="utf-8")
        return folder

    return make
