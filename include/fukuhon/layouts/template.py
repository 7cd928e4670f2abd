"""The template workbook of a layout pack: one row an item, Japanese headings, lists to choose from in the cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from fukuhon.layouts.words import CHARACTER_WORDS, KIND_WORDS, PUBLICATION_WORDS

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from fukuhon.layouts.cells import Cells
    from fukuhon.layouts.model import DatasetLayout, Item, LayoutPack

__all__ = ["ANY_VALUE", "DATASETS", "ITEMS", "PACK", "SHEETS", "Column", "write_template"]

ANY_VALUE = "あるとき"
SHEETS = ("パック", "データセット", "項目")
_ROWS = 3000  # rows that are made ready for entries
Read = Callable[["Cells", int, int], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the template: its heading, where its value goes, how it is read, what may be chosen."""

    heading: str
    key: str
    read: Read
    note: str
    width: int = 14
    choices: tuple[str, ...] = ()


def _name(cells: Cells, row: int, column: int) -> str | None:
    return cells.text(row, column)


def _code(cells: Cells, row: int, column: int) -> str | None:
    return cells.text(row, column, ascii_only=True)


def _number(cells: Cells, row: int, column: int) -> int | None:
    return cells.whole_number(row, column)


def _day(cells: Cells, row: int, column: int) -> object:
    return cells.day(row, column)


def _lines(cells: Cells, row: int, column: int) -> str | None:
    return cells.text(row, column, lines=True)


def _choosing(heading: str, key: str, words: dict[str, Any], note: str, width: int = 12) -> Column:
    def read(cells: Cells, row: int, column: int) -> Any:
        return cells.choice(row, column, words)

    return Column(heading, key, read, note, width, tuple(words))


def _turned(words: dict[str, str]) -> dict[str, Any]:
    return {word: key for key, word in words.items()}


PACK = (
    Column("版", "version", _code, "ファイルの見出しに入る。英数字と . _ -", 16),
    Column("有効開始日", "effective_from", _day, "2017-04-01 の形", 14),
    Column("有効終了日", "effective_to", _day, "その日まで有効。続くときは空"),
    Column("業務年度", "business_year", _number, "任意"),
    Column("備考", "note", _name, "任意", 40),
)
DATASETS = (
    Column("特定個人情報コード", "spi", _code, "TM と数字14桁", 22),
    Column("特定個人情報名", "spi_name", _name, "", 20),
    Column("データセットコード", "code", _code, "TK と数字14桁", 22),
    Column("データセット名", "name", _name, "", 28),
    Column("キーの名前", "key_name", _name, "レコードのキー"),
    Column("キーの形", "key_pattern", _code, "全体に一致する正規表現。例 [0-9]{4}", 18),
    _choosing("キーの範囲", "key_within", {"人": "person", "団体": "body"}, "キーが一つに決まる範囲"),
    _choosing("版番号", "versioned", {"あり": True, "なし": False}, "空はなし"),
    _choosing("公開期間", "publication", _turned(PUBLICATION_WORDS), "空は任意"),
    Column("備考", "note", _name, "任意", 30),
)
ITEMS = (
    Column("データセットコード", "dataset", _code, "シート「データセット」にあるもの", 22),
    Column("項目コード", "code", _code, "I と数字4桁"),
    Column("項目名", "name", _name, "", 28),
    _choosing("種類", "kind", _turned(KIND_WORDS), "数字は先頭の0に意味があるもの", 10),
    Column("桁数", "digits", _number, "数字は丁度、数値は最大", 8),
    Column("最小文字数", "min_length", _number, "数字（桁数の代わり）、文字、カナ", 10),
    Column("最大文字数", "max_length", _number, "数字（桁数の代わり）、文字、カナ", 10),
    Column("最小値", "minimum", _number, "数値", 12),
    Column("最大値", "maximum", _number, "数値", 12),
    _choosing("負の数", "signed", {"可": True, "不可": False}, "数値", 8),
    _choosing("不詳", "unknown", {"可": True, "不可": False}, "日付の不詳を00とする", 8),
    _choosing("文字の種類", "characters", _turned(CHARACTER_WORDS), "文字、カナ。空は種類のとおり", 18),
    _choosing("必須", "required", {"必須": True, "任意": False}, "条件があるときは空か任意", 8),
    Column("条件の項目", "when_item", _code, "この項目によって必須になる", 12),
    Column("条件の値", "when_equals", _lines, "値を・で区切る。何でもよければ「あるとき」", 16),
    Column("コード表", "codes", _lines, "1=該当 の形で一行に一つ", 30),
    Column("繰り返しの名前", "group", _name, "続く行が同じ名前なら一組", 14),
    Column("繰り返し回数", "repeat", _number, "1〜99", 10),
    Column("備考", "note", _name, "任意", 30),
)
_GUIDE = (
    "レイアウトの記入要領",
    "",
    "1. シート「パック」「データセット」「項目」の2行目から書きます。",
    "　 見出しとシートの名前は変えないでください。列の順は変えて構いません。",
    "2. 項目は一行に一つ、ファイルの中の並びの順に書きます。",
    "3. セルは結合せず、行と列は隠さず、数式は値にしてください。取り消し線の付いたセルは読みません。",
    "4. コードは文字として書きます（先頭の0を失わないため、セルの書式は「文字列」です）。英数字は半角です。",
    "5. 空のセルは「なし」です。空白だけのセルは誤りになります。",
    "6. 取り込みは fukuhon layout import ファイル。読めないセルは、シートとセルの番地と理由を全て示します。",
)


def write_template(pack: LayoutPack | None = None) -> bytes:
    """The workbook, empty or filled with a pack, as XLSX."""
    book = Workbook()
    guide: Any = book.active
    guide.title = "記入要領"
    _guide(guide)
    rows = _rows(pack) if pack else ([], [], [])
    for title, columns, entries in zip(SHEETS, (PACK, DATASETS, ITEMS), rows, strict=True):
        _sheet(book.create_sheet(title), columns, entries)
    for sheet in book.worksheets:
        _for_paper(sheet)
    book.active = 1
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _guide(sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width = 22
    sheet.column_dimensions["B"].width = 22
    sheet.column_dimensions["C"].width = 60
    for number, text in enumerate(_GUIDE, start=1):
        sheet.cell(number, 1, text)
    sheet["A1"].font = Font(bold=True, size=14)
    row = len(_GUIDE) + 2
    for place, text in enumerate(("シート", "見出し", "書くもの"), start=1):
        sheet.cell(row, place, text).font = Font(bold=True)
    row += 1
    for title, columns in zip(SHEETS, (PACK, DATASETS, ITEMS), strict=True):
        for column in columns:
            told = f"{column.note}{'　' if column.note and column.choices else ''}{'、'.join(column.choices)}"
            for place, text in enumerate((title, column.heading, told), start=1):
                sheet.cell(row, place, text)
            row += 1


def _sheet(sheet: Worksheet, columns: tuple[Column, ...], entries: list[dict[str, Any]]) -> None:
    line = Side(style="thin", color="949497")
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        head: Any = sheet.cell(1, place, column.heading)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="E8F1FE")
        head.border = Border(bottom=line)
        head.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[letter].width = column.width
        if column.read is not _number and column.read is not _day:
            sheet.column_dimensions[letter].number_format = "@"
        if column.choices:
            listed = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            listed.errorTitle, listed.error = "選んでください", "、".join(column.choices)
            sheet.add_data_validation(listed)
            listed.add(f"{letter}2:{letter}{_ROWS}")
        for row, entry in enumerate(entries, start=2):
            if entry.get(column.key) is not None:
                _fill(sheet.cell(row, place), column, entry[column.key])
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"


def _for_paper(sheet: Any) -> None:
    """A4 across, as wide as the sheet."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _fill(cell: Any, column: Column, value: object) -> None:
    """A text stays one, whatever it begins with."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    cell.number_format = "yyyy-mm-dd" if column.read is _day else "General" if column.read is _number else "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _rows(pack: LayoutPack) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """A pack as the rows of the three sheets; what has its default is left empty."""
    header = pack.model_dump(exclude={"datasets"}, exclude_defaults=True)
    datasets = [_dataset(layout) for layout in pack.datasets]
    items = [{"dataset": layout.code, **row} for layout in pack.datasets for row in _items(layout)]
    return [header], datasets, items


def _dataset(layout: DatasetLayout) -> dict[str, Any]:
    key = layout.record_key
    return {
        "spi": layout.spi,
        "spi_name": layout.spi_name,
        "code": layout.code,
        "name": layout.name,
        "key_name": key.name,
        "key_pattern": key.pattern,
        "key_within": {"person": "人", "body": "団体"}[key.unique_within],
        "versioned": "あり" if layout.versioned else None,
        "publication": PUBLICATION_WORDS[layout.publication] if layout.publication != "optional" else None,
        "note": layout.note or None,
    }


def _items(layout: DatasetLayout) -> Iterator[dict[str, Any]]:
    """Items as they were written: a repeated group once, with how often it is repeated."""
    for item in layout.items:
        if item.occurrence <= 1:
            yield _item(item, layout)


def _item(item: Item, layout: DatasetLayout) -> dict[str, Any]:
    repeated = item.occurrence == 1
    base = item.code.partition("_")[0]
    when = item.required_when
    plain = {"digits", "min_length", "max_length", "minimum", "maximum", "note"}
    return {
        **item.model_dump(exclude_defaults=True, include=plain),
        "code": base,
        "name": item.name.removesuffix(f"（{item.group}1）") if repeated else item.name,
        "kind": KIND_WORDS[item.kind],
        "signed": "可" if item.signed else None,
        "unknown": "可" if item.unknown else None,
        "characters": CHARACTER_WORDS[item.characters] if item.kind in {"text", "kana"} else None,
        "required": "必須" if item.required else None,
        "when_item": when.item.partition("_")[0] if when else None,
        "when_equals": (ANY_VALUE if when.present else "・".join(when.equals)) if when else None,
        "codes": "\n".join(f"{value}={label}" for value, label in item.codes.items()) or None,
        "group": item.group or None,
        "repeat": sum(code.partition("_")[0] == base for code in layout.item_codes) if repeated else None,
    }
