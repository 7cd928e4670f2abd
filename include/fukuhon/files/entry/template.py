"""The workbook to fill in for one dataset: a sheet for the records, their code lists, and how each item is written."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import yaml
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from fukuhon.layouts import form_words, required_words

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from fukuhon.layouts import DatasetLayout, Item

__all__ = ["CODES", "ENTRIES", "FIRST_ROW", "GUIDE", "EntryColumn", "entry_columns", "entry_rules"]
__all__ += ["on_a4", "write_entry_template"]

ENTRIES, CODES, GUIDE = "入力", "コード表", "記入要領"
FIRST_ROW = 3
_COLUMNS_ON_A4 = 8
_ROWS = 10_000  # rows that are made ready for entries
_TEXT, _DAY, _NUMBER = "@", "yyyy-mm-dd", "0"
_HEAD = PatternFill("solid", fgColor="DDE7F0")


@dataclass(frozen=True, slots=True)
class EntryColumn:
    """A column of the sheet: the mapped batch's name of it, its heading, and the item where it is one."""

    key: str
    heading: str
    kind: str
    required: bool
    item: Item | None = None


def entry_columns(layout: DatasetLayout) -> tuple[EntryColumn, ...]:
    """What a record has to say, in the order of the sheet."""
    columns = [
        EntryColumn("addressee", "団体内統合宛名番号", "digits", required=True),
        EntryColumn("record_key", layout.record_key.name, "key", required=True),
    ]
    if layout.versioned:
        columns.append(EntryColumn("record_version", "版番号", "key", required=True))
    if layout.publication != "none":
        needed = layout.publication == "required"
        columns.append(EntryColumn("publication_from", "公開開始日", "date", required=needed))
        columns.append(EntryColumn("publication_to", "公開終了日", "date", required=needed))
    items = [EntryColumn(item.code, _heading(item), item.kind, item.required, item) for item in layout.items]
    return (*columns, *items)


def _heading(item: Item) -> str:
    return f"{item.name}（{item.occurrence}）" if item.occurrence else item.name


def write_entry_template(layout: DatasetLayout) -> bytes:
    """The workbook (XLSX) for records of ``layout``."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = ENTRIES
    lists = book.create_sheet(CODES)
    for place, column in enumerate(entry_columns(layout), 1):
        _column(sheet, lists, place, column)
    sheet.freeze_panes = "C3"
    sheet.print_title_rows, sheet.print_title_cols = "1:2", "A:B"
    _guide(book.create_sheet(GUIDE), layout)
    for page in (sheet, lists):
        on_a4(page, -(-page.max_column // _COLUMNS_ON_A4))
    on_a4(book[GUIDE])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def on_a4(sheet: Any, pages: int = 1) -> None:
    """Print it on A4 across, ``pages`` of them side by side, so that it can be read and handed round."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _column(sheet: Worksheet, lists: Worksheet, place: int, column: EntryColumn) -> None:
    letter = get_column_letter(place)
    sheet.column_dimensions[letter].width = max(14, min(30, 2 * len(column.heading) + 2))
    sheet.column_dimensions[letter].number_format = {"date": _DAY, "number": _NUMBER}.get(column.kind, _TEXT)
    for row, text in ((1, column.key), (2, column.heading + ("　*" if column.required else ""))):
        cell = sheet.cell(row, place, text)
        cell.fill, cell.number_format = _HEAD, _TEXT
        cell.font = Font(bold=row == 2, color="808080" if row == 1 else "000000")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    form = _validation(lists, column)
    if form is not None:
        form.add(f"{letter}{FIRST_ROW}:{letter}{_ROWS}")
        sheet.add_data_validation(form)


def _validation(lists: Worksheet, column: EntryColumn) -> DataValidation | None:
    """What Excel itself refuses while people type; the check afterwards is the one that counts."""
    item = column.item
    if column.kind == "code" and item is not None:
        place = lists.max_column + 1 if lists.cell(1, 1).value else 1
        head = lists.cell(1, place, column.heading)
        head.font, head.fill = Font(bold=True), _HEAD
        for row, (value, label) in enumerate(item.codes.items(), 2):
            lists.cell(row, place, f"{value}：{label}").number_format = _TEXT
        letter = get_column_letter(place)
        longest = max(len(text) for text in (column.heading, *(f"{v}：{label}" for v, label in item.codes.items())))
        lists.column_dimensions[letter].width = min(40, 2 * longest + 2)
        formula = f"'{CODES}'!${letter}$2:${letter}${len(item.codes) + 1}"
        return _told(DataValidation("list", formula1=formula, allow_blank=True), "コード表から選んでください。")
    if column.kind == "date" and not (item and item.unknown):
        form = DataValidation("date", operator="between", formula1="1", formula2="2958465", allow_blank=True)
        return _told(form, "日付を 2017-04-01 の形で入れてください。")
    if column.kind == "number" and item is not None:
        most = 10 ** min(item.digits or 1, 15) - 1
        low = item.minimum if item.minimum is not None else (-most if item.signed else 0)
        high = item.maximum if item.maximum is not None else most
        form = DataValidation("whole", operator="between", formula1=str(low), formula2=str(high), allow_blank=True)
        return _told(form, f"{low}から{high}までの整数を入れてください。")
    return None


def _told(form: DataValidation, text: str) -> DataValidation:
    form.error, form.errorTitle, form.showErrorMessage = text, "入力の誤り", True
    return form


def _guide(sheet: Any, layout: DatasetLayout) -> None:
    sheet.append(["データセット", layout.code])
    sheet.append(["レイアウトの版", layout.version])
    lines = (
        f"{layout.spi_name}　{layout.name}",
        f"シート「{ENTRIES}」の{FIRST_ROW}行目から、一行に一件を書きます。1行目と2行目は変えないでください。",
        "数字（番号・年度など）は文字列のまま入れます。数値にすると先頭の0が失われるため、受け付けません。",
        "数式・結合したセル・隠した行や列・前後の空白・全角の数字は受け付けません。",
        f"コードはシート「{CODES}」から選ぶか、コードだけを書きます。日付は 2017-04-01 の形です。",
    )
    for line in lines:
        sheet.append([line])
    sheet.append([])
    sheet.append(["項目", "項目名", "形", "必須", "コード表", "備考"])
    for cell in sheet[sheet.max_row]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for column in entry_columns(layout):
        item = column.item
        if item is None:
            sheet.append([column.key, column.heading, "", "必須" if column.required else "", "", ""])
            continue
        codes = "、".join(f"{value}：{label}" for value, label in item.codes.items())
        sheet.append([item.code, column.heading, form_words(item), required_words(item), codes, item.note])
    for row in sheet.iter_rows(min_row=len(lines) + 4):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDEF", (18, 34, 24, 30, 60, 40), strict=True):
        sheet.column_dimensions[letter].width = width


def entry_rules(layout: DatasetLayout) -> str:
    """A rule book (YAML) that takes each column of the entered records as it is; for the department to review."""
    keys = [column.key for column in entry_columns(layout)]
    day = {name: f"TRY_CAST(nullif({name}, '') AS DATE)" if name in keys else None for name in _DAYS}
    book = {
        "dataset": layout.code,
        "note": f"{layout.name}。入力用ブックの列をそのまま項目にする。",
        "columns": dict.fromkeys([key.lower() for key in keys], "text"),
        "keys": {
            "addressee": "addressee",
            "record_key": "record_key",
            "record_version": "record_version" if layout.versioned else None,
        },
        "scope": [],
        "withhold": [],
        "variation": "'全件'",
        "publication": {"from": day["publication_from"], "to": day["publication_to"]},
        "items": {
            item.code: {
                "sql": f"nullif({item.code.lower()}, '')",
                "wording": f"{_heading(item)}。入力のとおり",
                "source": "入力用ブック",
            }
            for item in layout.items
        },
        "examples": [],
    }
    return yaml.safe_dump(book, allow_unicode=True, sort_keys=False, width=200)


_DAYS = ("publication_from", "publication_to")
