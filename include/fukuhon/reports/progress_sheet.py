"""What 別紙5 says of this body: planned days from allotments and plan, actual ones once results were confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from fukuhon.calendars import tokyo_day
from fukuhon.ledger import Event, File, Reader, audit, files, results
from fukuhon.ledger.states import ACCEPTED, FileState
from fukuhon.registration.desk import Desk
from fukuhon.reports.progress_model import Days, ProgressRow, ProgressSheet
from fukuhon.reports.progress_xlsx import write_sheet
from fukuhon.vigilance import shown
from fukuhon.vigilance.done import PROGRESS
from fukuhon.windows import AllotmentState, Part, part_of
from fukuhon.windows.schedule import allotments

__all__ = ["progress", "write_progress"]


def write_progress(desk: Desk, path: Path) -> ProgressSheet:
    """Write the sheet as of today to ``path`` (0600) and return what it says.

    Raises RetriableError FILES-001, FILES-002, and what the clock and the layout packs raise.
    """
    sheet = progress(desk)
    write_sheet(sheet, path, desk.now())
    with desk.ledger.transaction(desk.actor) as tx:  # a duty with a term: not having written it is a failure
        audit.note(tx, Event(PROGRESS, PROGRESS, {"as_of": sheet.as_of}))
    return sheet


def progress(desk: Desk) -> ProgressSheet:
    """The sheet as of today. Every body reports, group 3 included: without allotments its calendars stay empty."""
    with desk.ledger.reading() as reader:
        sent = [f for f in files.find(reader, kind="initial") if f.state is not FileState.SUPERSEDED and not f.replaced]
        confirmed = {f.id: _confirmed(reader, f) for f in sent}
    calendars = {part: _days(desk, part, [f for f in sent if part_of(f.spi) is part], confirmed) for part in Part}
    body = desk.site.body
    return ProgressSheet(
        body_code=body.code,
        body_name=body.name,
        prefecture=body.prefecture,
        as_of=tokyo_day(desk.now()),
        calendars={part: days for part, days in calendars.items() if days.all()},
        rows=tuple(_rows(desk, calendars, sent, confirmed)),
    )


def _confirmed(reader: Reader, file: File) -> date | None:
    """The day on which somebody saw that the server has processed the file; None before that."""
    if file.state not in ACCEPTED:
        return None
    looked = results.looked(reader, file.receipt) if file.receipt else None
    at = looked or file.completed_at
    return tokyo_day(at) if at else None


def _days(desk: Desk, part: Part, sent: Sequence[File], confirmed: Mapping[int, date | None]) -> Days:
    rows = [row for row in allotments(desk.site) if row.part is part]
    drafts = [row for row in rows if row.state is AllotmentState.DRAFT]
    agreed = {day for row in rows if row.state is AllotmentState.AGREED for day in row.days}
    planned = {tokyo_day(file.window_start) for file in sent if file.window_start}
    by_day: dict[date, list[File]] = {}
    for file in sent:
        if file.received_at:
            by_day.setdefault(tokyo_day(file.received_at), []).append(file)
    actual = {day for day, there in by_day.items() if shown(day, _all(there, confirmed)).actual_upload}
    proposed = {day for row in drafts for day in row.days} or agreed
    return Days(frozenset(proposed), frozenset(agreed | planned), frozenset(actual))


def _all(there: Iterable[File], confirmed: Mapping[int, date | None]) -> date | None:
    """The day on which the last of them was confirmed; None while one is not."""
    days = [confirmed[file.id] for file in there]
    known = [day for day in days if day is not None]
    return max(known) if days and len(known) == len(days) else None


def _rows(
    desk: Desk, calendars: Mapping[Part, Days], sent: Sequence[File], confirmed: Mapping[int, date | None]
) -> list[ProgressRow]:
    """Every 特定個人情報 that the layouts know; what this body does not register is out."""
    ours = {spi.code for spi in desk.site.spis}
    made = []
    for code, name in sorted(_names(desk).items()):
        part = part_of(code)
        planned = max(calendars[part].planned, default=None)
        due = desk.site.calendar().next_business_day(planned) if planned and code in ours else None
        done = _all([file for file in sent if file.spi == code], confirmed) if code in ours else None
        row = ProgressRow(
            int(code[2:]), code, name, out=code not in ours, planned=due, actual=shown(done, done).actual_confirmed
        )
        made.append(row)
    return made


def _names(desk: Desk) -> dict[str, str]:
    day = tokyo_day(desk.now())
    known = {layout.spi: layout.spi_name for pack in desk.packs.packs if pack.in_force(day) for layout in pack.datasets}
    return {spi.code: spi.code for spi in desk.site.spis} | known
