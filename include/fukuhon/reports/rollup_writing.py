"""The roll-up on paper: a workbook of three sheets to go on with, and a page to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from fukuhon.files import write_bytes
from fukuhon.reports.progress_model import PART_NAMES
from fukuhon.reports.rollup import BodyKind, BodyRow, Rollup
from fukuhon.reports.sheets import page, put, save
from fukuhon.reports.style import in_japanese, render

__all__ = ["TITLE", "rollup_page", "totals", "workbook", "write_rollup"]

TITLE = "本番用副本初期登録進捗状況　都道府県取りまとめ"
_DAY = "yyyy/m/d"
_FILLS = {"未提出": "bad", "重複": "bad", "要確認": "warn", "遅れ": "warn", "完了": "good", "進行中": None}
_COUNTS = ("対象", "対象外", "確認完了", "予定日なし", "予定超過", "アップロード予定日数", "アップロード実績日数")
_BODIES = (
    ("区分", 12),
    ("団体コード", 10),
    ("団体名", 18),
    ("状態", 8),
    *((name, 8) for name in _COUNTS),
    ("最後の予定日", 11),
    ("完了日", 11),
    ("作成日", 11),
    ("確認事項", 8),
    ("ファイル", 22),
)
_SPIS = (("団体コード", 11), ("団体名", 22), ("管理番号", 9), ("特定個人情報名コード", 20), ("特定個人情報名", 50))
_SPI_DAYS = (("区分", 12), ("対象", 8), ("予定", 12), ("実績", 12))
_FINDINGS = (("団体名", 18), ("ファイル", 24), ("場所", 34), ("確認すること", 60))


def write_rollup(facts: Rollup, made: datetime, xlsx: Path | None, html: Path | None) -> None:
    """Write the workbook and the page (0600). Raises RetriableError FILES-001, FILES-002."""
    if xlsx is not None:
        save(workbook(facts), xlsx, made=made, title=TITLE)
    if html is not None:
        write_bytes(html, rollup_page(facts, made).encode())


def rollup_page(facts: Rollup, made: datetime) -> str:
    """The page. Its counts are of bodies and kinds of information, never of people, so that none is hidden."""
    kinds = [(kind.wording, facts.of(kind), totals(facts.of(kind))) for kind in BodyKind]
    return render(
        "rollup.html",
        facts=facts,
        made=made,
        title=TITLE,
        verdict=facts.judgement(),
        kinds=[each for each in kinds if each[1]],
        total=totals(facts.rows),
        columns=_COUNTS,
        counts=counts,
    )


def counts(row: BodyRow) -> tuple[int, ...]:
    """The numbers of one row, in the order of their columns."""
    return (row.in_scope, row.out, row.confirmed, row.undated, row.late, *row.uploads())


def totals(rows: Iterable[BodyRow]) -> tuple[int, ...]:
    """Their sums."""
    listed = [counts(row) for row in rows]
    return tuple(map(sum, zip(*listed, strict=True))) if listed else (0,) * len(_COUNTS)


def workbook(facts: Rollup) -> Workbook:
    """Three sheets: the bodies with totals, every 特定個人情報 of every body, what is to be asked."""
    book = Workbook()
    first = book.worksheets[0]
    first.title = "団体別"
    _bodies(first, facts)
    _spis(book.create_sheet("特定個人情報別"), facts)
    _findings(book.create_sheet("確認事項"), facts)
    return book


def _head(sheet: Worksheet, facts: Rollup, columns: Sequence[tuple[str, int]]) -> int:
    """Title, the days that count, and the heads of the columns; returns the next row."""
    put(sheet, 1, 1, f"{TITLE}（{facts.area.prefecture}）", until=len(columns), size=13, bold=True, box=False)
    put(sheet, 2, 1, _days(facts), until=len(columns), box=False)
    sheet.row_dimensions[1].height, sheet.row_dimensions[3].height = 24, 40
    for column, (name, width) in enumerate(columns, 1):
        cell = put(sheet, 3, column, name, bold=True, side="center", fill="head")
        sheet.column_dimensions[cell.column_letter].width = width
    sheet.freeze_panes = "A4"
    sheet.print_title_rows = "3:3"
    return 4


def _days(facts: Rollup) -> str:
    text = f"{in_japanese(facts.as_of)}現在"
    if facts.completed_on:
        text += f"　域内完了 {in_japanese(facts.completed_on)}"
    elif facts.cutoff:
        text += f"　進捗締日 {in_japanese(facts.cutoff)}"
    return text + (f"　J-LISへの送付期限 {in_japanese(facts.due)}" if facts.due else "")


def _end(sheet: Worksheet, facts: Rollup, columns: int, row: int) -> None:
    last = sheet.cell(1, columns).coordinate.rstrip("1")
    page(sheet, f"A1:{last}{max(row - 1, 4)}", f"{facts.area.prefecture}　{TITLE}　{in_japanese(facts.as_of)}現在")


def _bodies(sheet: Worksheet, facts: Rollup) -> None:
    row = _head(sheet, facts, _BODIES)
    for kind in BodyKind:
        rows = facts.of(kind)
        for each in rows:
            _body(sheet, row, each)
            row += 1
        if rows:
            _sum(sheet, row, f"{kind.wording}　計（{len(rows)}団体）", totals(rows))
            row += 1
    _sum(sheet, row, f"{facts.area.prefecture}　合計（{len(facts.rows)}団体）", totals(facts.rows))
    _end(sheet, facts, len(_BODIES), row + 1)


def _body(sheet: Worksheet, row: int, each: BodyRow) -> None:
    texts = (each.body.kind.wording, each.body.code, each.body.name)
    for column, text in enumerate(texts, 1):
        put(sheet, row, column, text, form="@")
    put(sheet, row, 4, each.state, side="center", bold=True, fill=_FILLS[each.state])
    for column, count in enumerate(counts(each), 5):
        put(sheet, row, column, count if each.sheet else None, side="right")
    days: tuple[date | None, ...] = (None, None, None)
    if each.sheet:
        days = (each.last_planned, each.sheet.completed_on, each.sheet.as_of)
    for column, day in enumerate(days, 12):
        put(sheet, row, column, day, side="center", form=_DAY)
    put(sheet, row, 15, each.findings or None, side="right", fill="warn" if each.findings else None)
    put(sheet, row, 16, each.file or "―", size=8)
    _high(sheet, row, [each.body.kind.wording, "", each.body.name], _BODIES)


def _sum(sheet: Worksheet, row: int, text: str, sums: Sequence[int]) -> None:
    put(sheet, row, 1, text, until=4, bold=True, fill="soft")
    for column, count in enumerate(sums, 5):
        put(sheet, row, column, count, bold=True, side="right", fill="soft")
    for column in range(12, len(_BODIES) + 1):
        put(sheet, row, column, fill="soft")


def _spis(sheet: Worksheet, facts: Rollup) -> None:
    columns = (*_SPIS, *_SPI_DAYS)
    row = _head(sheet, facts, columns)
    for each in facts.rows:
        for entry in each.sheet.rows if each.sheet else ():
            left = (each.body.code, each.body.name, entry.number, entry.code, entry.name, PART_NAMES[entry.part])
            for column, value in enumerate((*left, "x" if entry.out else None), 1):
                put(sheet, row, column, value, side="center" if column in {3, 7} else "left")
            put(sheet, row, 8, entry.planned, side="center", form=_DAY)
            put(sheet, row, 9, entry.actual, side="center", form=_DAY)
            _high(sheet, row, ["", each.body.name, "", "", entry.name], columns)
            row += 1
    _end(sheet, facts, len(columns), row)


def _findings(sheet: Worksheet, facts: Rollup) -> None:
    row = _head(sheet, facts, _FINDINGS)
    lines = [(body.name, "―", "―", "シートが届いていません。") for body in facts.missing]
    lines += [("―", each.file, each.code, f"{each.message}{each.next_step}") for each in facts.unread]
    lines += [(each.body, each.file, each.where, each.wording) for each in facts.findings]
    for row, line in enumerate(lines or [("―", "―", "―", "確認することはありません。")], row):  # noqa: B020
        for column, text in enumerate(line, 1):
            put(sheet, row, column, text)
        _high(sheet, row, line, _FINDINGS)
    _end(sheet, facts, len(_FINDINGS), row + 1)


def _high(sheet: Worksheet, row: int, texts: Sequence[str], columns: Sequence[tuple[str, int]]) -> None:
    """Give a row room for its texts; a spreadsheet that opens the file does not reckon it anew."""
    lines = max(1 + (2 * len(text) - 1) // (width - 1) for text, (_, width) in zip(texts, columns, strict=False))
    sheet.row_dimensions[row].height = 4 + 13 * lines
