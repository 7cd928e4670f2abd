"""The workbook of corrections for the people of one existing system: a first sheet that explains, then one a dataset.

Every cell is text, whatever it begins with: no formula, no number, no lost zero.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

__all__ = ["REF_LENGTH", "Sheet", "System", "correction_book"]

REF_LENGTH = 12
"""Hexadecimal digits of a record's reference, as it is shown."""

_COLUMNS = {
    "抽出の行": 10,
    "宛名番号": 18,
    "レコードキー": 18,
    "業務区分": 14,
    "扱い": 8,
    "いつから": 12,
    "日数": 7,
    "検査の内容": 44,
    "直し方": 52,
    "参照": 15,
}
_STATES = {"waiting": "待ち", "excluded": "除外"}
_HEAD = PatternFill("solid", fgColor="E8F1FE")
_LINE = Border(bottom=Side("thin", color="D8D8DB"))
_TOP = Alignment(vertical="top", wrap_text=True)
_OPEN = "[]:*?/\\"


@dataclass(frozen=True, slots=True)
class System:
    """Whose list it is, and as of the end of which day."""

    body: str
    name: str
    day: date


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of one dataset.

    ``rules`` has the wording of each rule and how to correct; ``rows`` has row_no, identity_hash, reasons, state,
    since, addressee, record_key and variation; ``held`` counts all rows, of which ``rows`` may be the oldest.
    """

    dataset: str
    name: str
    rules: Mapping[str, tuple[str, str]]
    rows: pa.Table
    held: int


def correction_book(system: System, sheets: Sequence[Sheet]) -> bytes:
    """The workbook (XLSX) as bytes."""
    book = Workbook(write_only=True)
    titles = _titles(sheets)
    _cover(book.create_sheet("はじめに"), system, sheets, titles)
    for title, sheet in zip(titles, sheets, strict=True):
        _rows(book.create_sheet(title), sheet, system.day)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _titles(sheets: Sequence[Sheet]) -> list[str]:
    """A name that a sheet may have; the dataset's code where two would have the same."""
    names = ["".join(letter for letter in sheet.name if letter not in _OPEN)[:31] for sheet in sheets]
    return [
        name if name and names.count(name) == 1 else sheet.dataset for name, sheet in zip(names, sheets, strict=True)
    ]


def _cover(page: Any, system: System, sheets: Sequence[Sheet], titles: Sequence[str]) -> None:
    for letter, width in zip("ABCDE", (34, 12, 12, 14, 12), strict=True):
        page.column_dimensions[letter].width = width
    page.sheet_view.showGridLines = False
    _printed(page, "portrait")
    page.append([_cell(page, f"訂正一覧　{system.name}", font=Font(bold=True, size=16))])
    day = system.day
    page.append([_cell(page, f"{system.body}　{day.year}年{day.month}月{day.day}日の正本について")])
    page.append([])
    heads = ("シート", "待ち（件）", "除外（件）", "最も古い日", "日数")
    page.append([_cell(page, head, font=Font(bold=True), fill=_HEAD) for head in heads])
    for sheet, title in zip(sheets, titles, strict=True):
        oldest = pc.min(sheet.rows["since"]).as_py()
        states = [pc.sum(pc.equal(sheet.rows["state"], state)).as_py() or 0 for state in _STATES]
        told = (title, *(f"{count:,}" for count in states), f"{oldest}", f"{(day - oldest).days}")
        page.append([_cell(page, text) for text in told])
        if sheet.held > sheet.rows.num_rows:
            text = f"　全部で{sheet.held:,}件あり、古いものから{sheet.rows.num_rows:,}件を載せました。"
            page.append([_cell(page, text, font=Font(bold=True, color="CE0000"))])
    page.append([])
    for line in (
        "使い方",
        f"1.　「{system.name}」で宛名番号とレコードキーから記録を開き、「直し方」のとおりに正本を直します。",
        "2.　直した記録は、次の抽出で自動的に検査し直し、適合すれば登録します。この表に書き込む必要はありません。",
        "3.　正本が正しいと分かったときは、「参照」を添えてシステム管理者に伝えてください。",
        "　　二人の承認で、そのまま登録する（解放）か、登録しない（除外）かを決めます。",
        "「日数」は、初めて留め置かれた日からの日数です。長く待つものから順に並べています。",
        "取り扱い",
        "この表には宛名番号があります。訂正する人だけが見て、済んだら消してください。メールに付けないでください。",
    ):
        page.append([_cell(page, line, font=Font(bold=line in {"使い方", "取り扱い"}))])


def _rows(page: Any, sheet: Sheet, day: date) -> None:
    page.freeze_panes = "A2"
    _printed(page, "landscape")
    page.print_title_rows = "1:1"
    for place, width in enumerate(_COLUMNS.values(), 1):
        page.column_dimensions[get_column_letter(place)].width = width
    page.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{sheet.rows.num_rows + 1}"
    page.append([_cell(page, name, font=Font(bold=True), fill=_HEAD) for name in _COLUMNS])
    cells = [_cell(page, "", border=_LINE, alignment=_TOP) for _ in _COLUMNS]  # written at once, so used for every row
    for texts in _texts(sheet, day):
        for cell, text in zip(cells, texts, strict=True):
            _put(cell, text)
        page.append(cells)


def _texts(sheet: Sheet, day: date) -> Iterator[tuple[str, ...]]:
    for batch in sheet.rows.to_batches(max_chunksize=10_000):
        for row in batch.to_pylist():
            found = [sheet.rules[rule] for rule in row["reasons"]]
            yield (
                str(row["row_no"]),
                *(row[name] or "" for name in ("addressee", "record_key", "variation")),
                *(_STATES[row["state"]], f"{row['since']}", str((day - row["since"]).days)),
                "\n".join(wording for wording, _ in found),
                "\n".join(correct for _, correct in found),
                row["identity_hash"].hex()[:REF_LENGTH],
            )


def _printed(page: Any, orientation: str) -> None:
    """A4, as wide as the page."""
    page.page_setup.orientation, page.page_setup.paperSize = orientation, 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _cell(page: Any, text: str, **look: Any) -> Any:
    """A cell of text; ``look`` has font, fill, border, alignment."""
    cell = WriteOnlyCell(page)
    for name, value in look.items():
        setattr(cell, name, value)
    cell.number_format = "@"
    _put(cell, text)
    return cell


def _put(cell: Any, text: str) -> None:
    """As text; a control character, which no workbook may hold, is shown as �."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("�", text)
    cell.data_type = "s"
