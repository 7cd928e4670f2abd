"""Reading a workbook that people filled in: strictly, and telling every cell that cannot be read, and why.

A workbook changes what is typed: zeros in front go, a code with a hyphen becomes a date, a formula shows a value that
is not there. So nothing is converted by guess; a cell is what it says, or it is named.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from fukuhon.errors import ConfigurationError

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["CellProblem", "Cells", "open_workbook"]

_LARGEST = 100 * 2**20  # unpacked; a layout's workbook has some hundred kilobytes
_FULL_WIDTH = re.compile("[０-９Ａ-Ｚａ-ｚ－．，]")


@dataclass(frozen=True, slots=True, order=True)
class CellProblem:
    """A place in a workbook that cannot be read, and why, in Japanese."""

    sheet: str
    row: int
    column: int
    why: str

    @property
    def place(self) -> str:
        """項目 C5; the whole sheet where there is no cell."""
        return (
            f"シート「{self.sheet}」 {get_column_letter(self.column)}{self.row}"
            if self.row
            else f"シート「{self.sheet}」"
        )

    @property
    def wording(self) -> str:
        """Place and reason."""
        return f"{self.place}：{self.why}"


def open_workbook(path: Path) -> Workbook:
    """Open an XLSX file, values and formulas as they are written.

    Raises ConfigurationError LAYOUTS-006: no such file, no XLSX (an old XLS, one with a password), too large unpacked,
    or with a document type of its own, which could make more of it than it is.
    """
    try:
        why = _suspicious(path)
        if not why:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what openpyxl does not keep (drawings, extensions) is not read
                return load_workbook(path, data_only=False, rich_text=False, keep_links=False)
    except OSError:
        why = "ファイルがないか、読む権限がない"
    except (zipfile.BadZipFile, InvalidFileException):
        why = "XLSXではないか、パスワードが付いている"
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever a broken part makes it stumble over
        why = f"中身が壊れている（{type(error).__name__}）"
    raise ConfigurationError("LAYOUTS-006", file=path, why=why)


def _suspicious(path: Path) -> str:
    """What speaks against opening it at all."""
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > _LARGEST:
            return "展開すると大きすぎる"
        for part in parts:
            if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part):
                return "文書型の宣言が埋め込まれている"
    return ""


@dataclass
class Cells:
    """One sheet, and what could not be read in it. Rows and columns count from 1."""

    sheet: Worksheet
    problems: list[CellProblem] = field(default_factory=list)

    def report(self, row: int, column: int, why: str) -> None:
        """Tell a problem of a cell."""
        self.problems.append(CellProblem(self.sheet.title, row, column, why))

    def extent(self) -> tuple[int, int]:
        """The last row and the last column in which anything stands.

        Other programs leave cells far below and to the right that have a format and no content.
        """
        filled = [place for place, cell in self.sheet._cells.items() if cell.value is not None]  # noqa: SLF001
        return max((row for row, _ in filled), default=1), max((column for _, column in filled), default=1)

    def look_around(self, rows: list[int], columns: list[int], header: int) -> None:
        """Merged cells and hidden rows or columns: what is not seen may be meant or not."""
        inside = {header, *rows}
        for merged in self.sheet.merged_cells.ranges:
            if inside & set(range(merged.min_row, merged.max_row + 1)):
                where = "見出し" if merged.min_row <= header <= merged.max_row else "セル"
                why = f"{where}が結合されています（{merged.coord}）。結合を解いてください"
                self.report(merged.min_row, merged.min_col, why)
        for row in rows:
            if self.sheet.row_dimensions[row].hidden:
                self.report(row, 1, "行が隠れています（フィルターも外して）。表示するか削除してください")
        hidden = {
            number
            for dimension in self.sheet.column_dimensions.values()
            if dimension.hidden
            for number in range(dimension.min or 0, (dimension.max or 0) + 1)
        }
        for column in columns:
            if column in hidden:
                self.report(header, column, "列が隠れています。表示してください")

    def empty(self, row: int, columns: list[int]) -> bool:
        """Whether nothing stands in these cells of a row; spaces are something."""
        return all(self.sheet.cell(row, column).value is None for column in columns)

    def _value(self, row: int, column: int) -> Any:
        """What stands in a cell; None where it is empty or what stands there cannot be taken (told)."""
        cell: Any = self.sheet.cell(row, column)
        if cell.value is None:
            return None
        if cell.data_type == "f":
            self.report(row, column, "数式です。値だけを貼り付けてください")
        elif cell.data_type == "e":
            self.report(row, column, "エラー値です。値を入れ直してください")
        elif cell.font is not None and cell.font.strike:
            self.report(row, column, "取り消し線が付いています。消すか、取り消し線を外してください")
        else:
            return cell.value
        return None

    def text(self, row: int, column: int, *, ascii_only: bool = False, lines: bool = False) -> str | None:
        """A text; ``ascii_only`` for codes and patterns, ``lines`` where it may have several."""
        value = self._value(row, column)
        if value is None:
            return None
        if isinstance(value, (bool, int, float, datetime, date)) or not isinstance(value, str):
            kind = "日付" if isinstance(value, date) else "数値"
            self.report(row, column, f"{kind}になっています。セルの書式を「文字列」にして入れ直してください")
            return None
        why = _wrong_with(value, ascii_only=ascii_only, lines=lines)
        if why:
            self.report(row, column, why)
            return None
        return value

    def whole_number(self, row: int, column: int) -> int | None:
        """A whole number, as a number or as digits of half width."""
        value = self._value(row, column)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str):
            why = _wrong_with(value, ascii_only=True, lines=False)
            if not why and re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", value):
                return int(value)
            self.report(row, column, why or "整数で書いてください")
            return None
        self.report(
            row,
            column,
            "日付になっています。整数で書いてください" if isinstance(value, date) else "整数で書いてください",
        )
        return None

    def day(self, row: int, column: int) -> date | None:
        """A day: a cell with a date, or a text YYYY-MM-DD."""
        value = self._value(row, column)
        if value is None:
            return None
        if isinstance(value, datetime):
            if value.time() == value.min.time():
                return value.date()
            self.report(row, column, "時刻が付いています。日付だけにしてください")
        elif isinstance(value, date):
            return value
        elif isinstance(value, str):
            try:
                return date.fromisoformat(value) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value) else _no_day()
            except ValueError:
                self.report(row, column, "日付を 2017-04-01 の形で書いてください")
        else:
            self.report(
                row, column, "日付が数値になっています。セルの書式を「日付」にするか、2017-04-01 の形で書いてください"
            )
        return None

    def choice(self, row: int, column: int, choices: dict[str, Any]) -> Any:
        """One of the words of ``choices``, as what it stands for."""
        value = self.text(row, column)
        if value is None:
            return None
        if value not in choices:
            self.report(row, column, f"{'、'.join(choices)} のどれかを書いてください")
            return None
        return choices[value]


def _no_day() -> date:
    raise ValueError


def _wrong_with(text: str, *, ascii_only: bool, lines: bool) -> str:
    """What is wrong with a text, in words; empty where nothing is."""
    if text != text.strip() or not text:
        return "前後に空白があります。取り除いてください"
    if any(unicodedata.category(letter) in {"Cc", "Cf"} for letter in (text.replace("\n", "") if lines else text)):
        return "改行か、目に見えない文字が入っています。取り除いてください"
    if ascii_only and _FULL_WIDTH.search(text):
        return "全角の英数字があります。半角で書いてください"
    return "半角の英数字と記号で書いてください" if ascii_only and not text.isascii() else ""
