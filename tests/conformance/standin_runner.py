"""Runners of the literal cases for the stand-in: its own rules, and its HTTP face where a case can be played there.

Each runner takes ``given`` and ``expect`` and returns what the stand-in says, ANY for what it cannot know. NOT_HANDLED
names groups that it does not know, ``left_out`` single cases of a group, each with the reason.
"""

from __future__ import annotations

import re
import runpy
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import ANY

from standin import answers, caps, collation, conflicts, hours, modes, numbers
from standin.accounts import password_state
from standin.hours import Allotment, AllotmentError

HELPERS = runpy.run_path(str(Path(__file__).parents[1] / "standin" / "helpers.py"))
standin, make_file, record = HELPERS["standin"], HELPERS["make_file"], HELPERS["record"]
code, instant, set_up = HELPERS["code"], HELPERS["instant"], HELPERS["set_up"]
Given = dict[str, Any]

NOT_HANDLED = {
    "business_days": "the deadline is the body's own; the server knows holidays only for its hours (service_hours)",
    "progress": "別紙5 goes from municipality to prefecture to J-LIS: the server has no part in it",
}
# Facts of seed 1.3 that no server sees.
UNSEEN = {"files_ready", "production_switched", "masters_in_system", "vpn_steady"}


def left_out(group: str, case: Given) -> str | None:
    """Why a single case is not run, or None."""
    given = case["given"]
    if group == "identifiers" and given["kind"] == "my_number":
        return "the server never handles a 個人番号"
    if group == "statuses" and given["status"] == "処理完了" and given["processed"] != given["sent"]:
        return "this server processes every record of a file or none: it cannot produce the row"
    if group == "scope" and given["publication_end"] is None:
        return "without 公開終了日 the server knows no end: what is in scope and when to delete is the body's"
    if group == "preconditions" and set(given["lacking"]) and set(given["lacking"]) <= UNSEEN:
        return "a fact that no server sees"
    if group == "preconditions" and given.get("real_data") is False:
        return "no server tells real data from made-up"
    return None


def service_hours(given: Given, _: Given) -> Given:
    """Ask for each instant."""
    at = [datetime.fromisoformat(one) for one in given["at"]]
    return {"in_service": [hours.in_service(one) for one in at], "data_stop": [hours.data_stop(one) for one in at]}


def _windows(spans: list[hours.Span]) -> list[list[str]]:
    return [[span.start.isoformat(), span.end.isoformat()] for span in spans]


def channel_windows(given: Given, _: Given) -> Given:
    """Ask for the day's windows of one channel."""
    done = given["scheduled_done"] and datetime.fromisoformat(given["scheduled_done"])
    found = hours.channel_windows(date.fromisoformat(given["date"]), given["group"], given["channel"], done)
    return {"windows": _windows(found)}


def initial_windows(given: Given, _: Given) -> Given:
    """Ask for the windows of the allotments, or what is wrong with them."""
    allotments = [
        Allotment(tuple(one["days"]), one["from"], one["to"], one.get("bytes")) for one in given["allotments"]
    ]
    try:
        return {"windows": _windows([span for span, _ in hours.initial_windows(allotments)])}
    except AllotmentError as error:
        return {"error": str(error)}


def _planned(row: Given) -> conflicts.Planned:
    return conflicts.Planned(row["id"], datetime.fromisoformat(row["from"]), datetime.fromisoformat(row["to"]))


def _outcome(one: conflicts.Outcome) -> Given:
    facts = {"result": one.result, "at": one.at and one.at.isoformat(), "to": one.to and one.to.isoformat()}
    return {name: value for name, value in facts.items() if value is not None}


def conflicts_by_rule(given: Given, _: Given) -> Given:
    """Resolve the day's plan by the two decisions."""
    row = given["scheduled"]
    schedule = row and conflicts.Schedule(
        date.fromisoformat(row["day"]), datetime.fromisoformat(row["from"]), tuple(map(_planned, row["files"]))
    )
    outcomes = conflicts.resolve(list(map(_planned, given["immediate"])), schedule)
    return {name: _outcome(one) for name, one in outcomes.items()}


def conflicts_by_http(given: Given, expect: Given) -> Given:
    """Play a day: files of as many records as seconds, at one record a second, with the case's own gap between them."""
    row, immediates = given["scheduled"], sorted(map(_planned, given["immediate"]), key=lambda one: one.start)
    files = [_planned(one) for one in row["files"]] if row else []
    day = immediates[0].start.date() if immediates else files[0].start.date()
    gaps = {(after.start - before.end).total_seconds() for before, after in pairwise(files)}
    if len(gaps) > 1 or (files and files[0].start.isoformat() != row["from"]):
        return dict.fromkeys(expect, ANY)  # one batch has one gap: the rule alone says it (conflicts_by_rule)
    start = files[0].start if files else datetime.fromisoformat(f"{day}T22:00+09:00")
    batch = {"start": f"{start:%H:%M}", "end": f"{start - timedelta(minutes=1):%H:%M}", "records_per_s": 1}
    changes = {
        "batch": {**batch, "gap_s": min(gaps, default=60)},
        "immediate_records_per_s": 1,
        "allotments": [{"days": [day.isoformat()], "from": "00:00", "to": "24:00", "bytes": 1 << 40}],
    }
    with tempfile.TemporaryDirectory() as folder, standin(Path(folder), f"{day} 08:00", **changes) as server:
        numbers_by_id = {one.id: server.send(_file(one), "initial", 3) for one in files}
        outcomes = {}
        for one in immediates:
            server.step(one.start.isoformat())
            answer = server.upload(_file(one), "initial", 4)
            if answer.status_code == 200:
                numbers_by_id[one.id] = re.search('number="([0-9]+)"', answer.text)[1]
            elif code(answer) == "conflict":
                outcomes[one.id] = {"result": "error"}
        server.step(f"{day + timedelta(days=1)} 08:00")
        for name, number in numbers_by_id.items():
            file = server.file(number)
            slipped = {"result": "slipped", "to": file["slipped_to"]}
            outcomes[name] = {"result": "registered", "at": file["completed"]} if file["completed"] else slipped
        return outcomes


def _file(one: conflicts.Planned) -> bytes:
    return make_file(int((one.end - one.start).total_seconds()))


def daily_cap(given: Given, _: Given) -> Given:
    """Decide about the upload."""
    upload = given["upload"]
    counted = [_counted(one) for one in given["counted"]]
    decision = caps.decide(given["initial_total"], counted, _counted(upload))
    return {"cap": decision.cap, "allowed": decision.allowed, "remaining": decision.remaining}


def _counted(row: Given) -> caps.Counted:
    return caps.Counted(datetime.fromisoformat(row["start"]).date(), row["kind"], row["records"])


def statuses(given: Given, expect: Given) -> Given:
    """Make the server show the case's row; what the row means is said by who reads it."""
    bad = range(1, given["errors"] + 1)
    head = {"layout": "none"} if given["status"] == "処理エラー" else {}
    with tempfile.TemporaryDirectory() as folder, standin(Path(folder), "2017-05-10 19:00") as server:
        server.send(make_file(given["sent"], bad=bad, **head))
        if given["status"] != "処理待ち":
            server.step("2017-05-11 08:00")
        (row,) = server.results("2017-05-10")
    shown = (row["status"], int(row["processed"]), int(row["errors"]))
    assert shown == (given["status"], given["processed"], given["errors"])
    return dict.fromkeys(expect, ANY)


def automatic_answers(given: Given, _: Given) -> Given:
    """Answer an inquiry."""
    day = date.fromisoformat(given["day"])
    found = answers.answer(day, given["requested"], given["registered"], restricted=given["restricted"])
    return {"answer": found.answer, "ways": list(found.ways)}


def matching_minutes(given: Given, _: Given) -> Given:
    """Judge the request, the order and the release at once."""
    first, last, received, completed = (
        given[name] and datetime.fromisoformat(given[name]) for name in ("from", "to", "received", "completed")
    )
    wanted = collation.Ask(given["spi"], given["dataset"], given["key"], first, last)
    steps = [collation.Step(given[name][0], frozenset(given[name][1:])) for name in ("asked", "ordered", "released")]
    processing = collation.Processing(received, completed)
    reason = collation.judge(wanted, given["phase"], processing, *steps)
    return {"allowed": reason is None, "reason": reason}


def scope(given: Given, _: Given) -> Given:
    """Register with the case's 公開終了日, let time pass, and look whether the record is still held."""
    as_of, end = given["as_of"], given["publication_end"]
    start = min(date.fromisoformat(end), date.fromisoformat(as_of)) - timedelta(days=7)
    while modes.mode_on(start) != modes.NORMAL:
        start -= timedelta(days=1)
    accounts = [{**one, "password_set": start.isoformat()} for one in set_up()["accounts"]]
    with tempfile.TemporaryDirectory() as folder, standin(Path(folder), f"{start} 10:00", accounts=accounts) as server:
        server.send(make_file([record(1, PublishedTo=end)]))
        server.step(f"{as_of} 12:00")
        held = server.seen("held")
    return {"in_scope": ANY, "deletion": "none" if held else "automatic"}


def modes_of_a_day(given: Given, _: Given) -> Given:
    """Ask for the day's mode and what it permits."""
    day, row = date.fromisoformat(given["day"]), given["applied"]
    applied = [modes.DayRange(date.fromisoformat(row["from"]), date.fromisoformat(row["to"]))] if row else []
    found = modes.permissions(day, applied, code_day=given["code_day"])
    permitted = {name: getattr(found, name) for name in ("registration", "pretest", "code_acquisition")}
    return {"mode": modes.mode_on(day, applied), **permitted}


def passwords(given: Given, _: Given) -> Given:
    """Ask how the password stands."""
    found = password_state(
        date.fromisoformat(given["set"]),
        given["valid_days"],
        date.fromisoformat(given["day"]),
        administrator=given["role"] == "administrator",
        other_administrator=given["other_administrator"],
    )
    days = {"expires": found.expires.isoformat(), "first_notice": found.first_notice.isoformat()}
    return {**days, "state": found.state, "notice_by": found.notice_by, "way_back": found.way_back}


def receipt_numbers(given: Given, _: Given) -> Given:
    """Take the number apart."""
    found = numbers.parse_receipt(given["value"])
    if found is None:
        return {"valid": False}
    kind = found.kind.name
    joins = kind == "registration"
    return {"valid": True, "kind": kind, "date": found.day.isoformat(), "joins_registration": joins}


def identifiers(given: Given, _: Given) -> Given:
    """Check a code as the server checks it."""
    checks: dict[str, Callable[[object], bool]] = {
        "addressee_number": numbers.is_addressee,
        "spi_code": numbers.is_spi,
        "dataset_code": numbers.is_dataset,
        "record_key": numbers.is_record_key,
        "record_version": numbers.is_record_version,
        "body_code": numbers.is_body,
    }
    value = given["value"]
    answer = {"valid": checks[given["kind"]](value), "canonical": value, "same": value == given.get("compare")}
    if given["kind"] == "record_version":
        answer["search"] = numbers.version_search(value)
    if given["kind"] == "body_code" and value[:5].isdecimal():
        answer["check_digit"] = numbers.body_check_digit(value[:5])
    return answer


def preconditions(given: Given, expect: Given) -> Given:
    """Take away what the server can see, and try the upload: on an allotted day, or on another."""
    lacking, kind = set(given["lacking"]), given["upload"]
    changes = {"allotments": [{"days": ["2017-04-12"], "from": "09:00", "to": "12:00", "bytes": 1 << 30}]}
    changes |= _without(lacking)
    day = "2017-04-12" if given["allotted"] else "2017-04-14"
    if "normal_mode" in lacking:
        changes["modes"] = {"applied": [{"from": day, "to": day}]}
    counts = given.get("records", {"": 1}).values()
    with tempfile.TemporaryDirectory() as folder, standin(Path(folder), "2017-04-12 09:30") as server:
        if kind == "differential":
            server.send(make_file(100), "initial")
            server.step("2017-04-13 08:00")
            server.control("POST", "/control/bodies/992011/initial_complete")
        if not server.now().startswith(day):
            server.step(f"{day} 10:00")
        server.patch(**changes)
        # The head alone tells how many there are: whoever refuses it needs no more.
        files = [make_file(n) if n < 1000 else make_file(1, records=str(n)) for n in counts]
        faults = [code(answer) for answer in (server.upload(one, kind) for one in files) if answer.is_error]
    reasons = {"outside_window": "not_allotted", "too_many_records": "too_many"}
    # Numbers of the seed's items and the sections of the manual are what the body's own list names.
    unsaid = dict.fromkeys(expect, ANY)
    return {**unsaid, "allowed": not faults, "reason": reasons.get(faults[0]) if faults else None}


def _without(lacking: set[str]) -> Given:
    accounts = set_up()["accounts"]
    changes: Given = {}
    if "masters_applied" in lacking:
        changes["masters"] = []
    if "departments_registered" in lacking:
        changes["departments"] = []
    if "accounts_valid" in lacking:
        changes["accounts"] = [{**one, "valid_to": "2017-04-03"} for one in accounts]
    if "accounts_made" in lacking:
        changes["accounts"] = []
    if "devices_registered" in lacking:
        changes["devices"] = []
    return changes


RUNNERS: dict[str, list[Callable[[Given, Given], Given]]] = {
    "service_hours": [service_hours],
    "channel_windows": [channel_windows],
    "initial_windows": [initial_windows],
    "conflicts": [conflicts_by_rule, conflicts_by_http],
    "daily_cap": [daily_cap],
    "statuses": [statuses],
    "automatic_answers": [automatic_answers],
    "matching_minutes": [matching_minutes],
    "scope": [scope],
    "modes": [modes_of_a_day],
    "passwords": [passwords],
    "receipt_numbers": [receipt_numbers],
    "identifiers": [identifiers],
    "preconditions": [preconditions],
}
