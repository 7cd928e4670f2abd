"""Runs the literal cases against the library: for each group a function from what is given to what the library says.

An adapter translates words and instants and decides nothing. ``RUNNERS`` holds the groups that the library handles,
``NOT_HANDLED`` those that it does not, each with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from fukuhon import identifiers as ids
from fukuhon.calendars import SERVICE_HOURS, BusinessCalendar, Interval, ModeCalendar, Period
from fukuhon.errors import ConfigurationError, DataError
from fukuhon.reconciliation.minutes import Actor, MatchingRequest, Phase, rule_on
from fukuhon.registration.statuses import Meaning, Status, may_ask, read_row
from fukuhon.vigilance import answers, passwords, preconditions, progress, scope_of
from fukuhon.windows import (
    Allotment,
    Job,
    Kind,
    ScheduledBatch,
    Upload,
    channel_windows,
    daily_cap,
    initial_windows,
    resolve_conflicts,
)

__all__ = ["NOT_HANDLED", "RUNNERS"]

Given = Mapping[str, Any]
Answer = dict[str, Any]

BODY = BusinessCalendar()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _iso(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _pairs(intervals: list[Interval]) -> list[list[str]]:
    return [[interval.start.isoformat(), interval.end.isoformat()] for interval in intervals]


def business_days(given: Given) -> Answer:
    """翌開庁日, 翌々開庁日 and the deadline."""
    changed = date.fromisoformat(given["changed"])
    due = BODY.due(changed, time.fromisoformat(given["opening"]))
    return {
        "next": _iso(BODY.next_business_day(changed)),
        "due_day": _iso(BODY.next_business_day(changed, 2)),
        "due": due.isoformat(),
    }


def service_hours(given: Given) -> Answer:
    """The server's hours, instant by instant."""
    at = [datetime.fromisoformat(text) for text in given["at"]]
    return {
        "in_service": [SERVICE_HOURS.in_service(instant) for instant in at],
        "data_stop": [SERVICE_HOURS.data_stop(instant) for instant in at],
    }


KINDS = {"差分": Kind.DIFFERENTIAL, "初期登録": Kind.INITIAL, "事前": Kind.PRETEST, "削除": Kind.DELETION}


def channels(given: Given) -> Answer:
    """The hours of a registration method on a day."""
    found = channel_windows(
        date.fromisoformat(given["date"]),
        given["group"],
        given["channel"],
        KINDS[given["kind"]],
        _instant(given["scheduled_done"]),
    )
    return {"windows": _pairs(found)}


CONFIGURATION = {
    "CALENDARS-001": "bad_time",
    "CALENDARS-002": "bad_date",
    "WINDOWS-001": "reversed",
    "WINDOWS-002": "overlap",
}


def initial(given: Given) -> Answer:
    """The windows of an allotment, or what is wrong with it."""
    try:
        rows = [Allotment.parse(row["days"], row["from"], row["to"], row["bytes"]) for row in given["allotments"]]
        return {"windows": _pairs([window.interval for window in initial_windows(rows)])}
    except ConfigurationError as error:
        return {"error": CONFIGURATION[error.code]}


def _job(row: Given) -> Job:
    return Job(row["id"], Interval(datetime.fromisoformat(row["from"]), datetime.fromisoformat(row["to"])))


def conflicts(given: Given) -> Answer:
    """What becomes of immediate and scheduled jobs that meet."""
    batch = given["scheduled"]
    scheduled = batch and ScheduledBatch(
        date.fromisoformat(batch["day"]),
        datetime.fromisoformat(batch["from"]),
        [_job(row) for row in batch["files"]],
    )
    outcomes = resolve_conflicts([_job(row) for row in given["immediate"]], scheduled)
    return {
        id_: {"result": one.result}
        | ({"at": one.at.isoformat()} if one.at else {})
        | ({"to": _iso(one.to)} if one.to else {})
        for id_, one in outcomes.items()
    }


def _upload(row: Given) -> Upload:
    return Upload(datetime.fromisoformat(row["start"]), row["kind"], row["records"])


def cap(given: Given) -> Answer:
    """The daily cap."""
    decision = daily_cap(given["initial_total"], map(_upload, given["counted"]), _upload(given["upload"]))
    return {"cap": decision.cap, "allowed": decision.allowed, "remaining": decision.remaining}


def statuses(given: Given) -> Answer:
    """A row of SC_DBM_0103."""
    row = read_row(Status(given["status"]), given["processed"], given["errors"], given["sent"])
    answer: Answer = {"meaning": row.meaning, "ok": row.ok, "counts_match": row.counts_match}
    if row.meaning is Meaning.WAITING and "ask" in given:
        ends = [datetime.fromisoformat(end) for end in given["batch_ends"]]
        answer["may_ask"] = may_ask(_instant(given["looked"]), ends, datetime.fromisoformat(given["ask"]))
    return answer


def automatic_answers(given: Given) -> Answer:
    """What the server would answer another agency."""
    day = date.fromisoformat(given["day"])
    found = answers.foresee(day, given["requested"], given["registered"], restricted=given["restricted"])
    return {"answer": found.answer, "ways": list(found.ways)}


def matching_minutes(given: Given) -> Answer:
    """Whether a 突合用ファイル may be asked for."""
    ruling = rule_on(
        MatchingRequest(
            given["spi"],
            given["dataset"],
            given["key"],
            _instant(given["from"]),
            _instant(given["to"]),
            datetime.fromisoformat(given["received"]),
            _instant(given["completed"]),
            *(Actor(*given[who]) if given.get(who) else None for who in ("asked", "ordered", "released")),
            phase=Phase(given["phase"]),
        )
    )
    return {"allowed": ruling.allowed, "reason": ruling.reason}


def scopes(given: Given) -> Answer:
    """Whether a record belongs to the 副本, and who deletes it."""
    information, as_of = date.fromisoformat(given["information_date"]), date.fromisoformat(given["as_of"])
    found = scope_of(information, as_of, _day(given["publication_end"]))
    return {"in_scope": found.in_scope, "deletion": found.deletion}


def modes(given: Given) -> Answer:
    """実行モード, and what may be done in it."""
    day, applied = date.fromisoformat(given["day"]), given["applied"]
    periods = [Period(date.fromisoformat(applied["from"]), date.fromisoformat(applied["to"]))] if applied else []
    calendar = ModeCalendar(periods)
    return {
        "mode": calendar.mode(day),
        "registration": calendar.registers(day),
        "pretest": calendar.registers(day),
        "code_acquisition": calendar.acquires_codes(day, assigned=given["code_day"]),
    }


def password(given: Given) -> Answer:
    """The state of a password."""
    found = passwords.password_status(
        passwords.Role(given["role"]),
        date.fromisoformat(given["set"]),
        date.fromisoformat(given["day"]),
        valid_days=given["valid_days"],
        other_administrator=given["other_administrator"],
    )
    return {
        "expires": _iso(found.expires),
        "first_notice": _iso(found.first_notice),
        "state": found.state,
        "notice_by": found.notice_by,
        "way_back": found.way_back,
    }


def progresses(given: Given) -> Answer:
    """別紙5: terms, and what may be shown."""
    event = given["event"]
    if event == "sheet":
        found = progress.shown(_day(given["uploaded"]), _day(given["confirmed"]))
        return {
            "reports": found.reports,
            "actual_upload": _iso(found.actual_upload),
            "actual_confirmed": _iso(found.actual_confirmed),
        }
    day = date.fromisoformat(given["day"])
    terms = {
        "cutoff": lambda: progress.cutoff_due(day),
        "area_complete": lambda: progress.area_complete_due(day, BODY),
        "body_complete": lambda: None,
    }
    return {"due": _iso(terms[event]())}


def receipt_numbers(given: Given) -> Answer:
    """受付番号, bare or in the name of a 突合用ファイル."""
    value = given["value"]
    parse = ids.ReceiptNumber.of_result_file if str(value).endswith(".xml") else ids.ReceiptNumber.parse
    try:
        number = parse(value)
    except DataError:
        return {"valid": False}
    return {
        "valid": True,
        "kind": number.kind,
        "date": _iso(number.date),
        "joins_registration": number.joins_registration,
    }


TYPES = {
    "addressee_number": ids.AddresseeNumber,
    "spi_code": ids.SpiCode,
    "dataset_code": ids.DatasetCode,
    "record_key": ids.RecordKey,
    "record_version": ids.RecordVersion,
    "body_code": ids.BodyCode,
    "user_id": ids.UserId,
}


def identifiers(given: Given) -> Answer:
    """Forms of codes and keys."""
    kind, value = given["kind"], given["value"]
    if kind == "my_number":
        return {"valid": ids.is_my_number(value), "check_digit": ids.my_number_check_digit(value[:11])}
    digit = {"check_digit": ids.body_check_digit(value[:5])} if kind == "body_code" else {}
    try:
        parsed = TYPES[kind].parse(value)
    except DataError:
        return {"valid": False} | digit
    search = {"search": parsed.search} if isinstance(parsed, ids.RecordVersion) else {}
    return {"valid": True, "canonical": str(parsed), "same": parsed == given.get("compare")} | search | digit


def preflight(given: Given) -> Answer:
    """The preconditions, and the pretest's own rules."""
    pretest = None
    if given["upload"] == "pretest":
        pretest = preconditions.Pretest(given["records"], frozenset(given["in_scope"]), given["real_data"])
    found = preconditions.check(
        Kind(given["upload"]),
        map(preconditions.Fact, given["lacking"]),
        allotted=given["allotted"],
        masters_needed=given["masters_needed"],
        pretest=pretest,
    )
    return {
        "allowed": found.allowed,
        "items": list(found.items),
        "manual": list(found.manual),
        "reason": found.reason,
        "complete": found.complete,
    }


RUNNERS: Mapping[str, Callable[[Given], Answer]] = {
    "business_days": business_days,
    "service_hours": service_hours,
    "channel_windows": channels,
    "initial_windows": initial,
    "conflicts": conflicts,
    "daily_cap": cap,
    "statuses": statuses,
    "automatic_answers": automatic_answers,
    "matching_minutes": matching_minutes,
    "scope": scopes,
    "modes": modes,
    "passwords": password,
    "progress": progresses,
    "receipt_numbers": receipt_numbers,
    "identifiers": identifiers,
    "preconditions": preflight,
}

NOT_HANDLED: Mapping[str, str] = {}
