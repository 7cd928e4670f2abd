"""The prefecture's roll-up: the sheets of its whole area, its own and the unions' included, in one table (seed 1.4.3).

Nothing is mended and nobody is left out: a body without a sheet, a sheet that cannot be read, and a sheet that
contradicts itself are named, so that the prefecture can ask before it sends to J-LIS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from fukuhon.calendars import BusinessCalendar
from fukuhon.reports.progress_model import PART_NAMES, Contradiction, ProgressSheet, contradictions
from fukuhon.reports.quality_report import Judgement
from fukuhon.vigilance import area_complete_due, cutoff_due, next_cutoff

__all__ = ["AreaList", "BodyKind", "BodyRow", "Finding", "ListedBody", "Received", "Rollup", "Unread", "roll_up"]


class BodyKind(StrEnum):
    """Who reports, in the order of the table: the prefecture itself, its municipalities, its unions."""

    PREFECTURE = "prefecture"
    MUNICIPALITY = "municipality"
    UNION = "union"

    @property
    def wording(self) -> str:
        """Its name for officers."""
        return {"prefecture": "都道府県", "municipality": "市区町村", "union": "一部事務組合・広域連合"}[self.value]


@dataclass(frozen=True, slots=True)
class ListedBody:
    """A body from which a sheet is expected."""

    code: str
    name: str
    kind: BodyKind = BodyKind.MUNICIPALITY


@dataclass(frozen=True, slots=True)
class AreaList:
    """The bodies of a prefecture's area, and the known 特定個人情報 by code (empty: only the form is looked at)."""

    prefecture: str
    bodies: tuple[ListedBody, ...]
    spis: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Received:
    """A sheet that could be read, and the name of its file."""

    file: str
    sheet: ProgressSheet


@dataclass(frozen=True, slots=True)
class Unread:
    """A sheet that could not: the error's code, sentence and next step."""

    file: str
    code: str
    message: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What the prefecture has to ask: of which body, from which file, where in it."""

    body: str
    file: str
    kind: str
    where: str
    wording: str


@dataclass(frozen=True, slots=True)
class BodyRow:
    """One body's line; ``sheet`` None where none came or more than one did: then nothing is counted for it."""

    body: ListedBody
    file: str
    sheet: ProgressSheet | None
    findings: int

    @property
    def in_scope(self) -> int:
        """特定個人情報 in scope."""
        return sum(not row.out for row in self.sheet.rows) if self.sheet else 0

    @property
    def out(self) -> int:
        """特定個人情報 out of scope (`x`)."""
        return sum(row.out for row in self.sheet.rows) if self.sheet else 0

    @property
    def confirmed(self) -> int:
        """Those in scope whose results are confirmed."""
        return sum(not row.out and row.actual is not None for row in self.sheet.rows) if self.sheet else 0

    @property
    def undated(self) -> int:
        """Those in scope without a planned day."""
        return sum(not row.out and row.planned is None for row in self.sheet.rows) if self.sheet else 0

    @property
    def last_planned(self) -> date | None:
        """The last planned day of confirmation."""
        days = [row.planned for row in self.sheet.rows if row.planned and not row.out] if self.sheet else []
        return max(days, default=None)

    def uploads(self) -> tuple[int, int]:
        """Planned and actual upload days, over both calendars."""
        days = [self.sheet.days(part) for part in PART_NAMES] if self.sheet else []
        return sum(len(each.planned) for each in days), sum(len(each.actual) for each in days)

    @property
    def late(self) -> int:
        """Those in scope whose planned day has passed by the sheet's own day without a confirmation."""
        if self.sheet is None:
            return 0
        return sum(row.open and row.planned is not None and row.planned < self.sheet.as_of for row in self.sheet.rows)

    @property
    def state(self) -> str:
        """How it stands, in a word."""
        if self.sheet is None:
            return "未提出" if not self.file else "重複"
        if self.findings:
            return "要確認"
        if self.sheet.complete:
            return "完了"
        return "遅れ" if self.late else "進行中"


@dataclass(frozen=True, slots=True)
class Rollup:
    """The whole area as of a day."""

    area: AreaList
    as_of: date
    rows: tuple[BodyRow, ...]
    findings: tuple[Finding, ...]
    unread: tuple[Unread, ...]
    cutoff: date | None
    due: date | None

    @property
    def missing(self) -> list[ListedBody]:
        """Bodies without a sheet."""
        return [row.body for row in self.rows if row.state == "未提出"]

    @property
    def complete(self) -> bool:
        """Whether the whole area is complete: every listed body, without a contradiction."""
        return all(row.state == "完了" for row in self.rows) and not self.findings and not self.unread

    @property
    def completed_on(self) -> date | None:
        """The day on which the last of them was confirmed."""
        days = [row.sheet.completed_on for row in self.rows if row.sheet and row.sheet.completed_on]
        return max(days, default=None) if self.complete else None

    def of(self, kind: BodyKind) -> list[BodyRow]:
        """The rows of one kind of body."""
        return [row for row in self.rows if row.body.kind is kind]

    def judgement(self) -> Judgement:
        """Whether this can be sent to J-LIS."""
        reasons = []
        if self.missing:
            reasons.append(f"シートが届いていない団体：{'、'.join(body.name for body in self.missing)}")
        if self.unread:
            reasons.append(f"読み取れないシート：{len(self.unread)}件")
        if self.findings:
            reasons.append(f"食い違いの確認が要るところ：{len(self.findings)}件")
        if reasons:
            return Judgement("stop", "J-LISに送る前に、団体への確認が要ります。", tuple(reasons))
        if self.complete:
            return Judgement("ok", "域内のすべての団体が初期登録を完了しました。", ())
        done = sum(row.state == "完了" for row in self.rows)
        return Judgement("ok", f"全{len(self.rows)}団体のシートがそろいました。完了は{done}団体です。", ())


def roll_up(
    area: AreaList,
    received: Sequence[Received],
    unread: Sequence[Unread],
    as_of: date,
    calendar: BusinessCalendar | None = None,
) -> Rollup:
    """Put the sheets of an area together as of a day. Every listed body has its row, whether it reported or not."""
    by_code: dict[str, list[Received]] = {}
    for one in received:
        by_code.setdefault(one.sheet.body_code, []).append(one)
    listed = {body.code: body for body in area.bodies}
    order = list(BodyKind)
    bodies = sorted(area.bodies, key=lambda body: (order.index(body.kind), body.code))
    findings = [finding for code, there in by_code.items() for finding in _of_body(listed.get(code), there, area)]
    rows = tuple(_row(body, by_code.get(body.code, []), findings) for body in bodies)
    made = Rollup(area, as_of, rows, tuple(findings), tuple(unread), next_cutoff(as_of), None)
    cutoff = made.cutoff
    due = cutoff_due(cutoff) if cutoff else None
    if made.completed_on is not None:
        due = area_complete_due(made.completed_on, calendar)
    return Rollup(area, as_of, rows, tuple(findings), tuple(unread), cutoff, due)


def _row(body: ListedBody, there: Sequence[Received], findings: Sequence[Finding]) -> BodyRow:
    found = sum(finding.body == body.name for finding in findings)
    if len(there) == 1:
        return BodyRow(body, there[0].file, there[0].sheet, found)
    return BodyRow(body, "、".join(one.file for one in there), None, found)


def _of_body(body: ListedBody | None, there: Sequence[Received], area: AreaList) -> list[Finding]:
    sheet = there[0].sheet
    name, files = body.name if body else sheet.body_name, "、".join(one.file for one in there)
    if body is None:
        wording = f"団体コード{sheet.body_code}（{sheet.body_name}）は域内の一覧にありません。"
        return [Finding(name, files, "unknown_body", "団体コード", wording)]
    found = []
    if len(there) > 1:
        wording = f"同じ団体のシートが{len(there)}件あります。どれが正しいかを確認するまで、どれも数えていません。"
        found.append(Finding(name, files, "double_body", "団体コード", wording))
    for one in there:
        if one.sheet.body_name != body.name:
            wording = f"団体名「{one.sheet.body_name}」が、一覧の「{body.name}」と違います。"
            found.append(Finding(name, one.file, "other_name", "団体名", wording))
        found += [_named(name, one.file, each) for each in contradictions(one.sheet, area.spis or None)]
    return found


def _named(body: str, file: str, each: Contradiction) -> Finding:
    return Finding(body, file, each.kind, each.where, each.wording)
