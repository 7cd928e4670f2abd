"""The correction list of a run: which rows of the 正本 to correct and why, as a workbook that only its owner may read.

The report names it and holds no key; the list is made for the department's people and for nobody else. Only what finds
the row again stands in it: row number of the extract, addressee number, record key; no content.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from fukuhon.files import write_bytes
from fukuhon.registration.material import Material

__all__ = ["MOST_ROWS", "correction_list", "write_corrections"]

MOST_ROWS = 100_000
"""Beyond so many a list helps nobody: the source or a rule is wrong."""

_HEADINGS = {
    "抽出の行": 10,
    "宛名番号": 20,
    "レコードキー": 24,
    "業務区分": 16,
    "扱い": 10,
    "いつから": 12,
    "日数": 8,
    "検査の内容": 60,
    "直し方": 60,
}
_STATES = {"waiting": "待ち", "excluded": "除外"}


def correction_list(folder: Path, dataset: str) -> Path:
    """Where the list of one dataset of a run lies, if there is one."""
    return folder / f"訂正一覧-{dataset}.xlsx"


def write_corrections(folder: Path, material: Material, day: date) -> Path | None:
    """Write the list (0600) of the rows that are held back, and since when; None where there are none.

    Raises RetriableError FILES-001, FILES-002 where the disk refuses.
    """
    if not material.quarantined.num_rows:
        return None
    book = Workbook(write_only=True)
    sheet = book.create_sheet("訂正一覧")
    _head(sheet)
    for row in _rows(material, day):
        sheet.append([_text(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    path = correction_list(folder, material.settings.code)
    write_bytes(path, stream.getvalue())
    return path


def _head(sheet: Any) -> None:
    sheet.freeze_panes = "A2"
    for place, width in enumerate(_HEADINGS.values(), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    cells = [_text(sheet, name) for name in _HEADINGS]
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)


def _rows(material: Material, day: date) -> Iterator[tuple[str, ...]]:
    """One row a record: every reason in it, in the words of the rules; its age in days as of ``day``."""
    rules = {rule.id: rule for rule in material.suite.rules}
    listed = material.quarantined.select(["row_no", "reasons", "state", "since"]).slice(0, MOST_ROWS)
    known = {row["row_no"]: row for row in listed.to_pylist()}
    for batch in material.spool.batches(listed["row_no"]):
        wanted = batch.select(["row_no", "addressee", "record_key", "variation"])
        for row_no, *keys in zip(*(column.to_pylist() for column in wanted.columns), strict=True):
            row = known[row_no]
            found = [rules[rule] for rule in row["reasons"]]
            age = (_STATES[row["state"]], f"{row['since']}", str((day - row["since"]).days))
            wording = "\n".join(rule.wording for rule in found)
            correct = "\n".join(rule.correct or "正本の該当する項目を確かめて直す。" for rule in found)
            yield str(row_no), *(key or "" for key in keys), *age, wording, correct


def _text(sheet: Any, value: str) -> Any:
    """A cell that is text whatever it begins with: no formula, no number, no lost zero."""
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
