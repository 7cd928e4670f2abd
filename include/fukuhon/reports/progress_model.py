"""別紙5 as values: what one body reports of its 初期登録 (seed 1.4.3), and what in a sheet contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from fukuhon.identifiers import SpiCode
from fukuhon.windows import Part, part_of

__all__ = ["MONTHS", "PART_NAMES", "Contradiction", "Days", "ProgressRow", "ProgressSheet", "contradictions"]

MONTHS = (date(2017, 4, 1), date(2017, 5, 1), date(2017, 6, 1))
"""The months of 初期登録 (seed 1.4.3): each sheet shows them, and any other in which something happened."""

PART_NAMES: Mapping[Part, str] = {Part.OTHER: "税情報以外", Part.TAX: "税情報"}
"""The two calendars, in the order of the form."""


@dataclass(frozen=True, slots=True)
class Days:
    """The three rows of one calendar: 初期登録スケジュール案, アップロード実行日 (予定) and (実績)."""

    proposed: frozenset[date] = frozenset()
    planned: frozenset[date] = frozenset()
    actual: frozenset[date] = frozenset()

    def all(self) -> frozenset[date]:
        """Every day that one of the rows marks."""
        return self.proposed | self.planned | self.actual


@dataclass(frozen=True, slots=True)
class ProgressRow:
    """One 特定個人情報: in scope or ``out`` (`x`), and 結果確認完了日."""

    number: int
    code: str
    name: str
    out: bool = False
    planned: date | None = None
    actual: date | None = None

    @property
    def part(self) -> Part:
        """The calendar by which it goes."""
        return part_of(self.code)

    @property
    def open(self) -> bool:
        """Whether it is still to be completed."""
        return not self.out and self.actual is None


@dataclass(frozen=True, slots=True)
class ProgressSheet:
    """A body's sheet, as of a day."""

    body_code: str
    body_name: str
    prefecture: str
    as_of: date
    calendars: Mapping[Part, Days] = field(default_factory=dict)
    rows: tuple[ProgressRow, ...] = ()

    def days(self, part: Part) -> Days:
        """One calendar; empty where nothing is in it."""
        return self.calendars.get(part, Days())

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the months that the sheet shows."""
        used = {day.replace(day=1) for days in self.calendars.values() for day in days.all()}
        return tuple(sorted({*MONTHS, *used}))

    @property
    def complete(self) -> bool:
        """Whether everything in scope is confirmed; a body with nothing in scope says nothing."""
        wanted = [row for row in self.rows if not row.out]
        return bool(wanted) and all(row.actual for row in wanted)

    @property
    def completed_on(self) -> date | None:
        """The day on which the last one was confirmed; None while one is open."""
        return max((row.actual for row in self.rows if row.actual), default=None) if self.complete else None


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What in a sheet cannot be so: where it stands, and what to ask the body."""

    kind: str
    where: str
    wording: str


def contradictions(sheet: ProgressSheet, known: Mapping[str, str] | None = None) -> list[Contradiction]:
    """Everything in ``sheet`` that cannot be so; ``known`` are the names by code (None: only codes' form is looked at).

    Nothing is mended: the body is asked.
    """
    found = [each for part in PART_NAMES for each in _of_days(sheet, part)]
    return found + [each for row in sheet.rows for each in _of_row(sheet, row, known)] + list(_twice(sheet))


def _of_days(sheet: ProgressSheet, part: Part) -> Iterator[Contradiction]:
    days, where = sheet.days(part), f"カレンダー（{PART_NAMES[part]}）"
    for day in sorted(days.actual - days.planned):
        yield Contradiction(
            "actual_without_planned", where, f"{_short(day)}のアップロード実績に、対応する予定がありません。"
        )
    for day in sorted(day for day in days.actual if day > sheet.as_of):
        yield Contradiction("actual_in_future", where, f"{_short(day)}のアップロード実績が、作成日より後の日です。")
    if days.actual and not any(row.actual for row in sheet.rows if row.part is part):
        yield Contradiction(
            "uploaded_unconfirmed",
            where,
            "結果確認完了日（実績）が一つも無いのに、アップロード実績が記入されています。",
        )


def _of_row(sheet: ProgressSheet, row: ProgressRow, known: Mapping[str, str] | None) -> Iterator[Contradiction]:
    where = f"管理番号{row.number}（{row.name}）"
    if not SpiCode.pattern.fullmatch(row.code) or (known is not None and row.code not in known):
        yield Contradiction("unknown_code", where, f"特定個人情報名コード「{row.code}」は知られていないコードです。")
    if row.out and (row.planned or row.actual):
        yield Contradiction("out_but_dated", where, "対象外（x）なのに、結果確認完了日が記入されています。")
    if row.actual and not row.planned:
        yield Contradiction(
            "actual_without_planned", where, f"結果確認完了日の実績（{_short(row.actual)}）に、予定がありません。"
        )
    if row.actual and row.actual > sheet.as_of:
        yield Contradiction(
            "actual_in_future", where, f"結果確認完了日の実績（{_short(row.actual)}）が、作成日より後の日です。"
        )
    if row.actual and not row.out:
        yield from _before_upload(where, row.actual, sheet.days(row.part).actual, PART_NAMES[row.part])


def _before_upload(where: str, confirmed: date, uploads: frozenset[date], part: str) -> Iterator[Contradiction]:
    first = min(uploads, default=None)
    if first is None:
        wording = f"結果確認完了日の実績（{_short(confirmed)}）があるのに、{part}のアップロード実績がありません。"
        yield Contradiction("confirmed_before_uploaded", where, wording)
    elif confirmed < first:
        wording = (
            f"結果確認完了日の実績（{_short(confirmed)}）が、{part}の最初のアップロード（{_short(first)}）より前です。"
        )
        yield Contradiction("confirmed_before_uploaded", where, wording)


def _twice(sheet: ProgressSheet) -> Iterator[Contradiction]:
    codes = [row.code for row in sheet.rows]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Contradiction("code_twice", "一覧", f"特定個人情報名コード「{code}」が二度記入されています。")


def _short(day: date) -> str:
    return f"{day.year}/{day.month}/{day.day}"
