"""What happens by itself as time passes: the night's batch, the end of each file, expiry at midnight.

Everything due is found in the state alone, so that a server that was killed goes on where it was. A step runs what is
due one by one, in the order of its instants.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from standin import records
from standin.body import Body
from standin.clock import day_start, from_micros, micros
from standin.conflicts import Verdict, batch_may_start, judge_immediate
from standin.contents import FileHead, RecordError, WholeFileError, find_dataset
from standin.modes import NORMAL, mode_on, next_normal_day
from standin.reading import read_records
from standin.refusals import Refusal

__all__ = ["Due", "check_immediate", "next_due", "night_span", "skip_past_nights", "slip_rest_of_night"]


@dataclass(frozen=True, order=True)
class Due:
    """Something that happens at an instant; at the same instant what ends comes before what begins."""

    at: datetime
    rank: int
    what: str
    run: Callable[[], None] = field(compare=False)


def night_span(body: Body, day: date) -> tuple[datetime, datetime]:
    """Return the start and the end of the batch that begins on a day."""
    start = day_start(day) + body.settings.batch.start
    return start, start + body.settings.batch.length


def skip_past_nights(body: Body, now: datetime) -> None:
    """Take nights that began before the body's set-up as over."""
    day = now.date() if night_span(body, now.date())[0] < now else now.date() - timedelta(days=1)
    if body.day_fact("last_batch") < day:
        body.store.keep_fact("last_batch", day.isoformat())


def next_due(body: Body) -> Due:
    """Return what happens next by itself; there is always a next midnight."""
    midnight = body.day_fact("expired_until") + timedelta(days=1)
    night = body.day_fact("last_batch") + timedelta(days=1)
    due = [
        Due(day_start(midnight), 1, "midnight", partial(_midnight, body, midnight)),
        Due(night_span(body, night)[0], 2, "batch_start", partial(_start_night, body, night)),
    ]
    if running := body.store.one("SELECT * FROM files WHERE state = 'running' ORDER BY ends, seq LIMIT 1"):
        due.append(Due(from_micros(running["ends"]), 0, "file_end", partial(_finish, body, running)))
    if planned := body.store.one("SELECT * FROM files WHERE state = 'planned' ORDER BY seq LIMIT 1"):
        due.append(Due(from_micros(planned["starts"]), 3, "file_start", partial(_start_file, body, planned)))
    return min(due)


def check_immediate(body: Body, now: datetime) -> None:
    """Refuse an immediate registration that meets another one (seed 1.5.4 B and D)."""
    file_running = bool(body.store.one("SELECT 1 FROM files WHERE state = 'running' AND channel IN (1, 3)"))
    files_left = bool(_planned(body))
    verdict = judge_immediate(
        immediate_running=_immediate_running(body), file_running=file_running, files_left=files_left
    )
    if file_running or files_left:
        body.violate(now, "outside_window", "その日の定時処理が完了する前の即時処理")
    if verdict is Verdict.ERROR:
        raise Refusal("conflict")


def slip_rest_of_night(body: Body) -> None:
    """Put off what is left of a night to the next: an immediate registration came between two files (seed 1.5.4 C)."""
    if planned := _planned(body):
        _slip(body, planned, date.fromisoformat(planned[0]["night"]))


def _planned(body: Body) -> list[sqlite3.Row]:
    return body.store.all("SELECT * FROM files WHERE state = 'planned' ORDER BY seq")


def _immediate_running(body: Body) -> bool:
    return bool(body.store.one("SELECT 1 FROM files WHERE state = 'running' AND channel IN (2, 4)"))


def _midnight(body: Body, day: date) -> None:
    with body.store.transaction():
        records.expire(body.store, day)
        body.store.keep_fact("expired_until", day.isoformat())


def _start_night(body: Body, day: date) -> None:
    """Plan the night: first come, first served, until a file does not fit."""
    with body.store.transaction():
        body.store.keep_fact("last_batch", day.isoformat())
        waiting = body.store.all("SELECT * FROM files WHERE state = 'waiting' ORDER BY seq")
        may_start = mode_on(day, body.settings.applied) == NORMAL and batch_may_start(
            immediate_running=_immediate_running(body)
        )
        taken = _plan(body, day, waiting) if may_start else 0
        _slip(body, waiting[taken:], day)


def _plan(body: Body, day: date, waiting: Sequence[sqlite3.Row]) -> int:
    """Give files their times in a night, and return how many found room; the first always does."""
    batch = body.settings.batch
    starts, end = night_span(body, day)
    left = batch.capacity
    for number, file in enumerate(waiting):
        ends = starts + timedelta(seconds=file["records"] / batch.records_per_s)
        if number and (ends > end or (left is not None and file["records"] > left)):
            return number
        sql = "UPDATE files SET state = 'planned', night = ?, starts = ?, ends = ?, slipped_to = NULL WHERE seq = ?"
        body.store.run(sql, day.isoformat(), micros(starts), micros(ends), file["seq"])
        left = None if left is None else left - file["records"]
        starts = ends + batch.gap
    return len(waiting)


def _slip(body: Body, files: Sequence[sqlite3.Row], day: date) -> None:
    """Put files off from a day's batch to the next day's in 通常実行モード."""
    to = next_normal_day(day, body.settings.applied).isoformat()
    sql = "UPDATE files SET state = 'waiting', night = NULL, starts = NULL, ends = NULL, slipped_to = ? WHERE seq = ?"
    body.store.connection.executemany(sql, [(to, file["seq"]) for file in files])


def _start_file(body: Body, file: sqlite3.Row) -> None:
    """Begin a file; where the night has run into a day of another mode, it and the rest slip."""
    with body.store.transaction():
        if mode_on(from_micros(file["starts"]).date(), body.settings.applied) == NORMAL:
            body.store.run("UPDATE files SET state = 'running' WHERE seq = ?", file["seq"])
        else:
            _slip(body, _planned(body), date.fromisoformat(file["night"]))


def _finish(body: Body, file: sqlite3.Row) -> None:
    """Apply a file whose time is over: all of it, or nothing where the file as a whole is wrong."""
    try:
        with body.store.transaction():
            done = _apply(body, file)
            _close(body, file, "処理完了", done)
            _keep_errors(body, file["receipt"], done.errors)
    except WholeFileError as wrong:
        with body.store.transaction():
            _close(body, file, "処理エラー", records.Applied())
            _keep_errors(body, file["receipt"], [RecordError(wrong.position, wrong.code, wrong.message)])
    (body.folder / file["path"]).unlink(missing_ok=True)


def _apply(body: Body, file: sqlite3.Row) -> records.Applied:
    head = FileHead(body.code, *(file[name] for name in ("spi", "dataset", "layout", "operation", "records")))
    dataset = find_dataset(body.layouts, head, from_micros(file["ends"]).date())
    starts, length = file["starts"], file["ends"] - file["starts"]
    return records.apply(
        body.store,
        head,
        read_records(body.folder / file["path"], head, dataset),
        records.Origin(
            file["receipt"],
            file["kind"],
            lambda position: starts + length * position // head.records,
            body.settings.without_code,
        ),
    )


def _close(body: Body, file: sqlite3.Row, status: str, done: records.Applied) -> None:
    sql = """UPDATE files SET state = 'done', status = ?, completed = ends, processed = ?, errors = ?, added = ?,
             overwritten = ?, deleted = ?, slipped_to = NULL WHERE seq = ?"""
    counts = (done.processed, len(done.errors), done.added, done.overwritten, done.deleted)
    body.store.run(sql, status, *counts, file["seq"])


def _keep_errors(body: Body, receipt: str, errors: Sequence[RecordError]) -> None:
    rows = [(receipt, one.position, one.code, one.message) for one in errors]
    body.store.connection.executemany("INSERT OR REPLACE INTO file_errors VALUES (?, ?, ?, ?)", rows)
