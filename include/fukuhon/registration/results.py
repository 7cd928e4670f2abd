"""Confirming:

what the server made of the files it took (seed 1.6.3), asked seldom, believed only where the counts agree.

処理完了 is not success: errors and counts are compared. A file that waits is looked at again only after a night's
batch of a later day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from fukuhon.calendars import day_interval, tokyo_day
from fukuhon.errors import DataError
from fukuhon.identifiers import ReceiptNumber
from fukuhon.ledger import File, FileState, files
from fukuhon.ledger import results as looks
from fukuhon.records import AcceptedFile, effects, write_positions
from fukuhon.registration.accounts import close_books
from fukuhon.registration.books import accepted_files
from fukuhon.registration.desk import Desk
from fukuhon.registration.statuses import Meaning, Status, may_ask, read_row
from fukuhon.registration.summary import Summary
from fukuhon.server import ResultDetail, ResultRow

__all__ = ["confirm"]

_OPEN = (FileState.RECEIVED, FileState.WAITING)
_NIGHT_ENDS = timedelta(hours=6)
"""No registration runs after it (seed 1.4.1): a night's batch of a day has ended."""


def confirm(desk: Desk) -> Summary:
    """Look at the results of the files that the server has taken, write them down and close the books.

    One request for the list, one for each receipt that it newly shows as processed; none when there is nothing to
    learn yet. Raises DataError REGISTRATION-010 after all is written down, where a count processed is not the count
    sent: a person has to look.
    """
    with desk.ledger.reading() as reader:
        open_ = [file for file in files.find(reader, state=_OPEN) if _may_ask(desk, file)]
    if not open_:
        return _told([], [], close_books(desk))
    rows = {str(row.number): row for row in _list(desk, open_)}
    details = [_ask(desk, file, row) for file in open_ if (row := rows.get(file.receipt or ""))]
    wrong = [file.name for file, detail in details if detail is not None and not _counts_agree(file, detail)]
    finished = [(file, detail) for file, detail in details if detail is not None and file.name not in wrong]
    _settle(desk, finished)
    runs = close_books(desk, {file.run_id for file, _ in finished})
    if wrong:
        raise DataError("REGISTRATION-010", files="、".join(wrong))
    return _told(open_, finished, runs)


def _may_ask(desk: Desk, file: File) -> bool:
    """Whether something may have changed since the last look."""
    now = desk.now()
    with desk.ledger.reading() as reader:
        looked = looks.looked(reader, file.receipt or "")
    first = tokyo_day(looked or now)
    nights = [
        day_interval(first + timedelta(days=n)).start + _NIGHT_ENDS for n in range((tokyo_day(now) - first).days + 1)
    ]
    return may_ask(looked, nights, now)


def _list(desk: Desk, open_: Sequence[File]) -> Sequence[ResultRow]:
    """The list of results over the days on which the open files were received; the look is written down first."""
    days = [tokyo_day(file.received_at) for file in open_ if file.received_at]
    first, last = min(days), max(days)
    with desk.ledger.transaction(desk.actor) as tx:
        look = looks.look(tx, "results", looks.days(first, last))
    rows = desk.server.results(first, last)
    ours = {file.receipt for file in open_}
    seen = [row for row in rows if row.number in ours]
    with desk.ledger.transaction(desk.actor) as tx:
        looks.add(tx, look, [_result(row) for row in seen])
        for file in open_:
            row = next((row for row in seen if row.number == file.receipt), None)
            if row is not None and Status(row.status) is Status.WAITING and file.state is FileState.RECEIVED:
                files.move(tx, file.id, FileState.WAITING, waiting_since=file.received_at or desk.now())
    return seen


def _result(row: ResultRow) -> looks.NewResult:
    return looks.NewResult(
        receipt=str(row.number),
        status=row.status,
        processed=row.processed,
        errors=row.errors,
        received_at=row.received,
        requester=row.requester,
    )


def _ask(desk: Desk, file: File, row: ResultRow) -> tuple[File, ResultDetail | None]:
    """The details of one receipt, None while it waits; that it slipped to another day is noted."""
    if Status(row.status) is Status.WAITING:
        return file, None
    with desk.ledger.transaction(desk.actor) as tx:
        look = looks.look(tx, "detail", str(row.number))
    detail = desk.server.detail(ReceiptNumber.parse(str(row.number)))
    with desk.ledger.transaction(desk.actor) as tx:
        looks.add(
            tx,
            look,
            [
                looks.NewResult(
                    receipt=str(detail.number),
                    status=detail.status,
                    processed=detail.processed,
                    errors=detail.errors,
                    completed=detail.completed,
                    slipped_to=detail.slipped_to,
                )
            ],
        )
    return file, detail


def _counts_agree(file: File, detail: ResultDetail) -> bool:
    """差異がないこと; a file that was rejected as a whole shows 0/0 and agrees with nothing, rightly (seed 1.6.3)."""
    reading = read_row(Status(detail.status), detail.processed, detail.errors, file.records)
    named = len(detail.records) == detail.errors
    return reading.meaning is Meaning.REJECTED_WHOLE or (reading.counts_match and named)


def _settle(desk: Desk, finished: Sequence[tuple[File, ResultDetail]]) -> None:
    """Move the files, in the order in which the server processed them, each with what it did to the records held."""
    effected = _effected(desk, [pair for pair in finished if Status(pair[1].status) is not Status.ERROR])
    for file, detail in sorted(finished, key=lambda pair: (pair[1].completed or desk.now(), pair[0].receipt or "")):
        completed = detail.completed or desk.now()
        if Status(detail.status) is Status.ERROR:
            with desk.ledger.transaction(desk.actor) as tx:
                files.move(tx, file.id, FileState.REJECTED_WHOLE, completed_at=completed, processed=0, errors=0)
            continue
        with desk.ledger.transaction(desk.actor) as tx:
            files.processed(
                tx,
                file.id,
                effected[str(detail.number)],
                completed_at=completed,
                processed=detail.processed,
                errors=detail.errors,
                detail_path=str(_positions(desk, detail)),
            )


def _effected(desk: Desk, done: Sequence[tuple[File, ResultDetail]]) -> dict[str, dict[str, files.Outcome]]:
    """What each file did, by receipt and variation, given all that was processed before it; in one pass for all."""
    with desk.ledger.reading() as reader:
        known = accepted_files(reader)
    now = [_accepted(desk, file, detail) for file, detail in done]
    receipts = {file.receipt for file in now}
    outcomes: dict[str, dict[str, files.Outcome]] = {receipt: {} for receipt in receipts}
    for one in effects([*known, *now], receipts, checkpoint_folder=desk.folder("checkpoints")):
        outcomes[one.receipt][one.variation] = files.Outcome(
            ok=one.ok, errors=one.errors, new=one.new, overwritten=one.overwritten, deleted=one.deleted
        )
    return outcomes


def _accepted(desk: Desk, file: File, detail: ResultDetail) -> AcceptedFile:
    """A file that the server has processed, its errors written down beside it."""
    errors = _positions(desk, detail)
    write_positions(errors, [error.position for error in detail.records])
    return AcceptedFile(
        sidecar=Path(file.sidecar),
        state="processed_with_errors" if detail.errors else "processed",
        completed=detail.completed or desk.now(),
        receipt=str(detail.number),
        error_positions=errors,
        operation=file.operation,
        kind=file.kind,
        received=file.received_at,
    )


def _positions(desk: Desk, detail: ResultDetail) -> Path:
    return desk.folder("results") / f"{detail.number}-errors.parquet"


def _told(asked: Sequence[File], finished: Sequence[tuple[File, ResultDetail]], runs: Sequence[int]) -> Summary:
    errors = sum(detail.errors for _, detail in finished)
    counts = {
        "asked": len(asked),
        "finished": len(finished),
        "waiting": len(asked) - len(finished),
        "rejected_whole": sum(Status(detail.status) is Status.ERROR for _, detail in finished),
        "processed": sum(detail.processed for _, detail in finished),
        "errors": errors,
    }
    return Summary("confirm", counts=counts, facts={"runs": list(runs), "files": [file.name for file, _ in finished]})
