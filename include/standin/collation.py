"""突合用ファイル (seed 1.6.3): asked for by one person, ordered and released by another.

One minute of processing and one key, never all.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

from standin import wire
from standin.accounts import COLLATION_MANAGER, COLLATION_REQUESTER
from standin.body import Body
from standin.clock import JST, from_micros, micros, minute, parse_instant
from standin.numbers import COLLATION, is_dataset, is_record_key, is_spi
from standin.refusals import Refusal

__all__ = ["Ask", "Processing", "Step", "ask", "download", "find", "judge", "order", "phase_on", "read_ask", "release"]

_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}\+09:00")
_MINUTE_MICROS = 60_000_000
# With a dataset the index of its minutes serves: a night of a million records is not read through.
_SELECTED = """ AND spi = :spi AND registered >= coalesce(:first, 0) AND registered < coalesce(:last, 1 << 62)
  AND (:key IS NULL OR key = :key) AND (:version IS NULL OR version = :version OR version LIKE :version || '.%')
  ORDER BY registered, id"""
_OF_DATASET = "SELECT * FROM records WHERE dataset = :dataset" + _SELECTED  # noqa: S608 - constants only
_OF_SPI = "SELECT * FROM records WHERE :dataset IS NULL" + _SELECTED  # noqa: S608 - constants only
_OPERATION_FROM = date(2017, 7, 1)


@dataclass(frozen=True)
class Ask:
    """The fields of SC_DBM_0701."""

    spi: str
    dataset: str | None
    key: str | None
    first: datetime | None
    last: datetime | None
    version: str | None = None


@dataclass(frozen=True)
class Processing:
    """When what is asked about was received, and processed (None: not yet)."""

    received: datetime
    completed: datetime | None


@dataclass(frozen=True)
class Step:
    """Who takes a step, and with which roles."""

    user: str
    roles: frozenset[str]


def phase_on(day: date) -> str:
    """Return ``initial`` until 情報連携 begins, ``operation`` after."""
    return "initial" if day < _OPERATION_FROM else "operation"


def judge(ask: Ask, phase: str, processing: Processing | None, asked: Step, *deciders: Step) -> str | None:
    """Return why a 突合 may not be, or None. ``deciders`` are who ordered and who released, as far as they did."""
    if COLLATION_REQUESTER not in asked.roles or any(COLLATION_MANAGER not in one.roles for one in deciders):
        return "wrong_role"
    if any(one.user == asked.user for one in deciders):
        return "same_person"
    return _judge_selection(ask, phase) or _judge_minute(ask, processing)


def _judge_selection(ask: Ask, phase: str) -> str | None:
    if ask.key is None and ask.first is None and ask.last is None:
        return "full_output"
    # Later on only the whole is barred; the single conditions are those of the time of 初期登録.
    if phase != "initial":
        return None
    if ask.dataset is None:
        return "no_dataset"
    if ask.key is None:
        return "no_key"
    return "not_one_minute" if ask.first is None or ask.first != ask.last else None


def _judge_minute(ask: Ask, processing: Processing | None) -> str | None:
    if processing is None or processing.completed is None:
        return "not_completed"
    if ask.first is not None and ask.first < minute(processing.received):
        return "before_receipt"
    if ask.last is not None and ask.last > minute(processing.completed):
        return "after_completion"
    return None


def read_ask(values: dict[str, str]) -> Ask:
    """Read a request's attributes. Raises Refusal."""
    spi, dataset, key = values.get("spi", ""), values.get("dataset"), values.get("key")
    wrong = not is_spi(spi) or (dataset is not None and not is_dataset(dataset))
    if wrong or (key is not None and not is_record_key(key)):
        raise Refusal("bad_request")
    return Ask(spi, dataset, key, _minute(values.get("from")), _minute(values.get("to")), values.get("version"))


def _minute(text: str | None) -> datetime | None:
    if text is None:
        return None
    if not _MINUTE.fullmatch(text):
        raise Refusal("bad_request", "副本登録日時")
    try:
        return parse_instant(text).astimezone(JST)
    except ValueError as error:
        raise Refusal("bad_request", "副本登録日時") from error


def ask(body: Body, now: datetime, asked: Step, values: dict[str, str]) -> sqlite3.Row:
    """Ask for a 突合用ファイル. Raises Refusal with the reason of ``judge``."""
    if values.get("user") != asked.user:
        raise Refusal("bad_request", "突合用ファイル出力担当者ユーザID")
    wanted = read_ask(values)
    _refuse(judge(wanted, phase_on(now.date()), _processing(body, wanted), asked))
    with body.store.transaction():
        number = COLLATION.issue(now.date(), body.store.next_number(COLLATION.prefix, now.date().isoformat()))
        body.store.run(
            """INSERT INTO collations
                 (number, at, state, requester, spi, dataset, key, version, first, last, registered)
               VALUES (?, ?, 'asked', ?, ?, ?, ?, ?, ?, ?, ?)""",
            *(number, micros(now), asked.user, wanted.spi, wanted.dataset, wanted.key, wanted.version),
            *(_micros(wanted.first), _micros(wanted.last), micros(wanted.first or now)),
        )
    return find(body, number)


def _micros(instant: datetime | None) -> int | None:
    return None if instant is None else micros(instant)


def _refuse(reason: str | None) -> None:
    if reason is not None:
        raise Refusal(reason, violation=reason if reason in {"full_output", "wrong_role"} else None)


def _processing(body: Body, wanted: Ask) -> Processing | None:
    """Return from the first receipt to the last completion of what was registered under the dataset."""
    row = body.store.one(
        """SELECT min(received), max(completed) FROM files
           WHERE spi = ? AND (? IS NULL OR dataset = ?) AND status = '処理完了'""",
        *(wanted.spi, wanted.dataset, wanted.dataset),
    )
    if row is None or row[0] is None:
        return None
    return Processing(from_micros(row[0]), from_micros(row[1]))


def find(body: Body, number: str) -> sqlite3.Row:
    """Return a 突合 as it stands."""
    row = body.store.one("SELECT * FROM collations WHERE number = ?", number)
    if row is None:
        raise Refusal("not_found")
    return row


def order(body: Body, number: str, who: Step) -> sqlite3.Row:
    """Order the file: it is made of what is held now. Again it changes nothing."""
    row = find(body, number)
    _decide(row, who)
    if row["state"] == "asked":
        rows = _select(body, row)
        registered = max((one["registered"] for one in rows), default=row["registered"])
        content = wire.collation_file(number, rows)
        body.store.run(
            "UPDATE collations SET state = 'ordered', ordered_by = ?, content = ?, registered = ? WHERE number = ?",
            *(who.user, content, registered, number),
        )
    return find(body, number)


def release(body: Body, number: str, who: Step) -> sqlite3.Row:
    """Release the file to who asked for it; one that was not ordered has no file yet."""
    row = find(body, number)
    _decide(row, who)
    if row["state"] == "asked":
        raise Refusal("not_completed", "作成指示がされていません")
    body.store.run("UPDATE collations SET state = 'released', released_by = ? WHERE number = ?", who.user, number)
    return find(body, number)


def _decide(row: sqlite3.Row, who: Step) -> None:
    if COLLATION_MANAGER not in who.roles:
        _refuse("wrong_role")
    if row["requester"] == who.user:
        _refuse("same_person")


def _select(body: Body, row: sqlite3.Row) -> list[sqlite3.Row]:
    """Select by exact key, by the version's integer part, and by the minutes of registration."""
    last = None if row["last"] is None else row["last"] + _MINUTE_MICROS
    wanted = {name: row[name] for name in ("spi", "dataset", "key", "first", "version")}
    sql = _OF_SPI if row["dataset"] is None else _OF_DATASET
    return body.store.connection.execute(sql, {**wanted, "last": last}).fetchall()


def download(body: Body, number: str, who: Step) -> bytes:
    """Return the file, to who asked for it, once it is released."""
    row = find(body, number)
    if COLLATION_REQUESTER not in who.roles or row["requester"] != who.user:
        _refuse("wrong_role")
    if row["state"] != "released":
        raise Refusal("not_released")
    content: bytes = row["content"]
    return content
