"""What a roll-up is made of: the list of the area's bodies (YAML) and a folder of sheets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from fukuhon.errors import ConfigurationError, DataError
from fukuhon.identifiers import BodyCode, SpiCode
from fukuhon.reports.progress_reading import read_sheet
from fukuhon.reports.rollup import AreaList, BodyKind, ListedBody, Received, Unread

__all__ = ["read_area", "read_sheets"]


def read_area(path: Path) -> AreaList:
    """Read the list of the area's bodies.

    Raises ConfigurationError REPORTS-016 with everything that is wrong in it.
    """
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError("REPORTS-016", file=path.name, problems=type(error).__name__) from None
    problems = list(_problems(body))
    if problems:
        raise ConfigurationError("REPORTS-016", file=path.name, problems="；".join(problems))
    listed = [ListedBody(row["code"], row["name"], BodyKind(row.get("kind", "municipality"))) for row in body["bodies"]]
    return AreaList(body["prefecture"], tuple(listed), {row["code"]: row["name"] for row in body.get("spis") or ()})


def _problems(body: Any) -> Iterator[str]:
    if not isinstance(body, dict) or not isinstance(body.get("prefecture"), str):
        yield "prefecture（都道府県名）がありません"
        return
    rows = body.get("bodies")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        yield "bodies（団体の一覧）がありません"
        return
    codes = [row.get("code") for row in rows]
    for number, row in enumerate(rows, 1):
        yield from _of_row(number, row)
    for code in sorted({str(code) for code in codes if codes.count(code) > 1}):
        yield f"団体コード{code}が二度あります"
    for row in body.get("spis") or ():
        if not isinstance(row, dict) or not SpiCode.pattern.fullmatch(str(row.get("code"))) or not row.get("name"):
            yield "spis には code（TMと14桁）と name が要ります"


def _of_row(number: int, row: dict[str, Any]) -> Iterator[str]:
    try:
        BodyCode.parse(row.get("code"))
    except DataError as error:
        yield f"bodies の{number}番目：{error.message}"
    if not isinstance(row.get("name"), str) or not row["name"]:
        yield f"bodies の{number}番目に name がありません"
    if row.get("kind", "municipality") not in {kind.value for kind in BodyKind}:
        yield f"bodies の{number}番目の kind は prefecture、municipality、union のどれかです"


def read_sheets(folder: Path) -> tuple[list[Received], list[Unread]]:
    """Read every workbook below ``folder``; one that cannot be read stops nothing, it is named.

    Raises ConfigurationError REPORTS-017 where there is none at all.
    """
    paths = sorted(path for path in folder.rglob("*.xls*") if path.is_file() and not path.name.startswith((".", "~$")))
    if not paths:
        raise ConfigurationError("REPORTS-017", folder=folder)
    received, unread = [], []
    for path in paths:
        try:
            received.append(Received(path.name, read_sheet(path)))
        except DataError as error:
            unread.append(Unread(path.name, error.code, error.message, error.next_step))
    return received, unread
