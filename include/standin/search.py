"""Looking: at the results of registrations (SC_DBM_0103), at single records (SC_DBM_0201 to 0203), at readiness."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta

from standin.body import Body
from standin.clock import day_start, micros
from standin.numbers import is_addressee, is_spi
from standin.refusals import Refusal

__all__ = ["cuts_on", "find_records", "record_details", "result", "results"]


def results(body: Body, first: str, last: str) -> list[sqlite3.Row]:
    """Return the registrations received from one day to another, both included, newest first."""
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise Refusal("bad_request", "受付日時の範囲") from error
    return body.store.all(
        "SELECT * FROM files WHERE received >= ? AND received < ? ORDER BY seq DESC",
        micros(day_start(start)),
        micros(day_start(end + timedelta(days=1))),
    )


def result(body: Body, number: str) -> tuple[sqlite3.Row, list[sqlite3.Row]]:
    """Return one registration and its error records."""
    file = body.store.one("SELECT * FROM files WHERE receipt = ?", number)
    if file is None:
        raise Refusal("not_found")
    return file, body.store.all("SELECT * FROM file_errors WHERE receipt = ? ORDER BY position", number)


def find_records(body: Body, addressee: str, spi: str, dataset: str | None = None) -> list[sqlite3.Row]:
    """Return the records of a person in a 特定個人情報."""
    _check(addressee, spi)
    return body.store.all(
        """SELECT * FROM records WHERE addressee = ? AND spi = ? AND (? IS NULL OR dataset = ?)
           ORDER BY dataset, key, version""",
        *(addressee, spi, dataset, dataset),
    )


def record_details(body: Body, addressee: str, spi: str, dataset: str, key: str) -> list[sqlite3.Row]:
    """Return the records of a person under a key: one, or one a version."""
    _check(addressee, spi)
    found = body.store.all(
        "SELECT * FROM records WHERE addressee = ? AND dataset = ? AND key = ? AND spi = ? ORDER BY version",
        *(addressee, dataset, key, spi),
    )
    if not found:
        raise Refusal("not_found")
    return found


def _check(addressee: str, spi: str) -> None:
    if not is_addressee(addressee) or not is_spi(spi):
        raise Refusal("bad_request", "検索条件")


def cuts_on(body: Body, day: datetime) -> int:
    """Return how often the line broke on a day."""
    start = day_start(day.date())
    sql = "SELECT count(*) FROM uploads WHERE outcome = 'cut' AND ended >= ? AND ended < ?"
    number: int = body.store.value(sql, micros(start), micros(start + timedelta(days=1)))
    return number
