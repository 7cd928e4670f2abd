"""A worksheet that somebody may have edited: looked up by its words, and each value taken or refused by its cell.

Another program may have moved rows, joined cells, turned codes into numbers and dates into text. What can be read in
one way only is read; the rest is a DataError with the file, the cell and what is expected there.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from fukuhon.errors import DataError
from fukuhon.reports.sheets import unescaped

__all__ = ["Grid", "Place", "named", "open_sheet", "plain"]

_FILE_LIMIT, _OPEN_LIMIT = 5_000_000, 50_000_000
_ROWS, _COLUMNS = 2000, 80
_ERAS = {"平成": 1988, "H": 1988, "令和": 2018, "R": 2018}
_DAY = re.compile(r"(?P<era>平成|令和|[HR])?(?P<year>\d{1,4}|元)[年/.-](?P<month>\d{1,2})[月/.-](?P<day>\d{1,2})日?")

Place = tuple[int, int]


def plain(value: object) -> str:
    """A cell's text as it is compared: one width, no blanks."""
    return "" if value is None else re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(value)))


def named(place: Place) -> str:
    """A cell's name, such as B7."""
    return f"{get_column_letter(place[1])}{place[0]}"


@dataclass(frozen=True)
class Grid:
    """The cells of one worksheet that hold something, and the name of its file (for errors)."""

    file: str
    cells: dict[Place, object]

    def find(self, *words: str) -> list[Place]:
        """Where a cell says one of ``words``, from the top."""
        wanted = {plain(word) for word in words}
        return sorted(place for place, value in self.cells.items() if plain(value) in wanted)

    def one(self, word: str) -> Place:
        """The first cell that says ``word``. Raises DataError REPORTS-011."""
        found = self.find(word)
        if not found:
            raise DataError("REPORTS-011", file=self.file, what=word)
        return found[0]

    def beside(self, label: Place, labels: set[str]) -> tuple[Place, object]:
        """What stands to the right of a label, before the next one. Raises DataError REPORTS-012 where nothing does."""
        row, column = label
        for at in range(column + 1, column + _COLUMNS):
            value = self.cells.get((row, at))
            if plain(value) in labels:
                break
            if value is not None:
                return (row, at), value
        raise self.refusal(label, f"{plain(self.cells[label])}と、その右に記入")

    def refusal(self, place: Place, expected: str) -> DataError:
        """DataError REPORTS-012: what is expected in this cell; what stands there is not told."""
        return DataError("REPORTS-012", file=self.file, cell=named(place), expected=expected)

    def text(self, place: Place) -> str:
        """A cell's text; "" where it is empty."""
        value = self.cells.get(place)
        return "" if value is None else unescaped(unicodedata.normalize("NFC", str(value)).strip())

    def whole(self, place: Place, expected: str) -> int:
        """A cell's whole number, however it is written."""
        value = self.cells.get(place)
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if re.fullmatch(r"[0-9]{1,9}", plain(value)):
            return int(plain(value))
        raise self.refusal(place, expected)

    def day(self, place: Place, expected: str = "日付（例：2017/5/31）") -> date | None:
        """A cell's day; None where it is empty. A number without a date's format may be anything, so it is refused."""
        value = self.cells.get(place)
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        match = _DAY.fullmatch(plain(value)) if isinstance(value, str) else None
        found = _day(match) if match else None
        if found is None:
            raise self.refusal(place, expected)
        return found


def open_sheet(path: Path, title: str) -> Grid:
    """The worksheet of ``path`` on which a cell's text begins with ``title``.

    Raises DataError: REPORTS-010 (no workbook that can be read), REPORTS-011 (not this form), REPORTS-014 (a formula).
    """
    try:
        _look_inside(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what other programs add and openpyxl does not know is not ours to keep
            book = load_workbook(path, keep_links=False)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        EOFError,
        SyntaxError,
        zipfile.BadZipFile,
        InvalidFileException,
    ) as error:
        raise DataError("REPORTS-010", file=path.name, why=type(error).__name__) from None
    wanted = plain(title)
    for sheet in book.worksheets:
        cells = _cells(path.name, sheet)
        if any(wanted in plain(value) for (row, _), value in cells.items() if row <= 20):
            return Grid(path.name, cells)
    raise DataError("REPORTS-011", file=path.name, what=title)


def _look_inside(path: Path) -> None:
    """No workbook that grows without bound when it is opened, and none with a document type of its own."""
    if path.stat().st_size > _FILE_LIMIT:
        raise ValueError("large")
    with zipfile.ZipFile(path) as archive:
        if sum(part.file_size for part in archive.infolist()) > _OPEN_LIMIT:
            raise ValueError("large")
        for part in archive.namelist():
            if part.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part).replace(b"\0", b""):
                raise ValueError("doctype")


def _cells(file: str, sheet: Worksheet) -> dict[Place, object]:
    found: dict[Place, object] = {}
    for line in sheet.iter_rows(max_row=min(sheet.max_row, _ROWS), max_col=min(sheet.max_column, _COLUMNS)):
        for cell in line:
            if cell.data_type == "f":
                raise DataError("REPORTS-014", file=file, cell=cell.coordinate)
            if cell.value is not None and cell.row and cell.column and str(cell.value).strip():
                found[cell.row, cell.column] = cell.value
    return found


def _day(match: re.Match[str]) -> date | None:
    year = 1 if match["year"] == "元" else int(match["year"])
    if match["era"]:
        year += _ERAS[match["era"]]
    try:
        return date(year, int(match["month"]), int(match["day"])) if year >= 1900 else None
    except ValueError:
        return None
