"""The work sheet of 突合 for the 担当者, as a printed page and as a workbook, in the order of SC_DBM_0701."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from fukuhon.server.terminal_sheet import page

__all__ = ["FIELDS", "Line", "as_html", "as_xlsx"]

FIELDS = (
    "特定個人情報名コード",
    "データセットの識別項目コード",
    "データセットレコードのキー",
    "特定個人情報の版番号",
    "公開期間",
    "突合用ファイル出力担当者ユーザID",
    "副本登録日時（開始）",
    "副本登録日時（終了）",
)
_FILLED = ("中間サーバー受付番号", "作成指示", "出力許可")
_TITLE = "突合用ファイル出力作業票（SC_DBM_0701）"


@dataclass(frozen=True, slots=True)
class Line:
    """One request: our number, what to type (in the order of ``FIELDS``), and where its file goes."""

    number: str
    fields: tuple[str, ...] = field(repr=False)
    folder: str


def _steps(manager: str) -> list[str]:
    return [
        "［突合用ファイル出力］の設定画面で、一行ずつ、左から順に入力する。空の欄は空のままにする。",
        "開始と終了の副本登録日時は必ず同じ一分にする。データセットとキーを空にしない（全件出力は禁止）。",
        f"出た受付番号を書き写す。作成指示と出力許可は、依頼した者とは別の {manager} が行う。",
        "ダウンロードした「受付番号_result.xml」を、名前を変えずに、その行のフォルダーに置く。開いて保存し直さない。",
        "置いたら「fukuhon reconcile carry-out」を実行する。媒体と接続端末に残ったファイルは消す。",
    ]


def as_html(body: str, manager: str, lines: Sequence[Line]) -> str:
    """The sheet as a page: a table a request, so that nothing is cut off at the paper's edge."""
    steps = "".join(f'<li><span class="box"></span>{escape(step)}</li>' for step in _steps(manager))
    tables = "".join(_table(line) for line in lines) or "<p>残っている依頼はありません。</p>"
    return page(_TITLE, f"<p>{escape(body)}・残り {len(lines)} 件</p>\n<ol>{steps}</ol>\n{tables}")


def _table(line: Line) -> str:
    rows = [*zip(FIELDS, line.fields, strict=True), ("ファイルを置くフォルダー", line.folder)]
    given = "".join(f"<tr><th>{escape(name)}</th><td><code>{escape(value)}</code></td></tr>" for name, value in rows)
    blank = "".join(f'<tr><th>{name}</th><td class="fill"></td></tr>' for name in _FILLED)
    return f"<h2>{escape(line.number)}</h2><table>{given}{blank}</table>\n"


def as_xlsx(body: str, manager: str, lines: Sequence[Line]) -> bytes:
    """The sheet as a workbook. Every cell is text: a code keeps its zeros, and nothing is ever a formula."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"
    sheet.title = "突合作業票"
    rows = [[_TITLE], [f"{body}・残り {len(lines)} 件"], *([step] for step in _steps(manager)), []]
    head = len(rows) + 1
    rows.append(["番号", *FIELDS, *_FILLED, "ファイルを置くフォルダー"])
    rows += [[line.number, *line.fields, *("" for _ in _FILLED), line.folder] for line in lines]
    for place, row in enumerate(rows, 1):
        for position, value in enumerate(row, 1):
            cell = sheet.cell(place, position)
            cell.value, cell.data_type, cell.number_format = value, "s", "@"
            if place == head:
                cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for column in "BCDEFGHIJKLM":
        sheet.column_dimensions[column].width = 22
    sheet.freeze_panes = f"B{head + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    out = BytesIO()
    book.save(out)
    return out.getvalue()
