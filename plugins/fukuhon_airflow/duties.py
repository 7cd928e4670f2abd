"""What each task calls in the library: one call a duty, no rule of the domain.

What a person starts by hand is about the site's own day, whatever year Airflow lives in, and as of one instant of
that day, so that a second try is the same run. Imports of the library stand in the functions: dag files stay light.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from fukuhon_airflow.library import open_ledger, order_state

if TYPE_CHECKING:
    from fukuhon.clock import Clock
    from fukuhon.registration.desk import Desk
    from fukuhon.registration.summary import Summary

__all__ = [
    "Call",
    "Facts",
    "Nothing",
    "ask_to_exceed",
    "carry_out_reconciliation",
    "check_preconditions",
    "confirm_results",
    "has_registered",
    "order_ended",
    "order_window",
    "outcome_of",
    "plan_again",
    "plan_reconciliation",
    "prepare_differential",
    "prepare_initial",
    "prepare_pretest",
    "reconciliation_due",
    "report_progress",
]

Facts = dict[str, Any]
"""Counts, codes, file names and hashes: what may lie in XCom and in an asset's event."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a duty is told by its run: the site's folder, the interval, what a person typed in, what went before."""

    folder: str
    kind: str
    """Of the run: scheduled, manual, backfill or asset_triggered."""
    start: datetime
    end: datetime
    actor: str
    """In whose name the books are written: who started the run by hand, else ``airflow``."""
    params: Mapping[str, Any]
    earlier: Mapping[str, Any]
    """What earlier tasks returned, by their id: those that the task said it needs."""


class Nothing(AirflowSkipException):
    """There was nothing to do: the task and what depends on it are skipped, and no asset's event is written."""


def check_preconditions(call: Call) -> Facts:
    """The preconditions of seed 1.3, each with its evidence. Raises RefusedError when one does not hold."""
    from fukuhon.registration.desk import open_desk
    from fukuhon.vigilance import preflight

    with open_desk(call.folder, call.actor) as desk:
        return preflight.check(desk).as_json()


def prepare_pretest(call: Call) -> Facts:
    """A few real records of every dataset from every source, as files (seed 1.4.2), planned into windows."""
    from fukuhon.registration import pretest
    from fukuhon.registration.desk import open_desk

    with open_desk(call.folder, call.actor) as desk:
        return _planned(desk, pretest.prepare(desk, as_of=_today(desk.clock)))


def prepare_initial(call: Call) -> Facts:
    """Everything in scope of one 特定個人情報, as files, planned into windows."""
    from fukuhon.registration import initial
    from fukuhon.registration.desk import open_desk

    with open_desk(call.folder, call.actor) as desk:
        return _planned(desk, initial.prepare(desk, spi=call.params["spi"], as_of=_today(desk.clock)))


def prepare_differential(call: Call) -> Facts:
    """What changed up to the end of the interval, as files, planned into windows."""
    from fukuhon.clock import TOKYO
    from fukuhon.registration import differential
    from fukuhon.registration.desk import open_desk

    day, as_of = call.start.astimezone(TOKYO).date(), call.end.astimezone(TOKYO)
    with open_desk(call.folder, call.actor) as desk:
        return _planned(desk, differential.prepare(desk, day=day, as_of=as_of))


def ask_to_exceed(call: Call) -> Facts:
    """A plan above the daily cap, by a notice of J-LIS, asked for in the name of who started the run (seed 2.1.1)."""
    from fukuhon.calendars import parse_day
    from fukuhon.registration import exceeding
    from fukuhon.registration.desk import open_desk

    given = call.params
    days = [parse_day(day.strip()) for day in str(given["days"]).split(",")]
    with open_desk(call.folder, call.actor) as desk:
        return exceeding.ask(desk, str(given["notice"]), days, int(given["records"])).as_json()


def plan_again(call: Call) -> Facts:
    """Place what waits into the windows once more: something that it depends on has changed."""
    from fukuhon.registration import planning
    from fukuhon.registration.desk import open_desk

    with open_desk(call.folder, call.actor) as desk:
        return planning.plan(desk).as_json()


def confirm_results(call: Call) -> Facts:
    """What the server made of the files: one well-mannered look."""
    from fukuhon.registration import results
    from fukuhon.registration.desk import open_desk

    with open_desk(call.folder, call.actor) as desk:
        return results.confirm(desk).as_json()


def has_registered(facts: Facts) -> bool:
    """Whether a look at the results has shown that the server finished something."""
    return bool(facts["counts"]["finished"])


def report_progress(call: Call) -> Facts:
    """別紙5 as of today, on the days on which the body has to report (seed 1.4.3)."""
    from fukuhon.registration.desk import open_desk
    from fukuhon.reports.cut_off import progress_of_the_day

    with open_desk(call.folder, call.actor) as desk:
        return progress_of_the_day(desk).as_json()


def order_window(call: Call) -> int:
    """The number of the order for the window that is this run's interval, written down if there is none.

    The windows are read again: an existing run's interval does not shrink when the list is edited. Raises RefusedError
    while an older window is open or a file is in doubt.
    """
    from fukuhon.ledger import orders
    from fukuhon.windows.schedule import upload_windows

    window = next((each for each in upload_windows(call.folder) if each.interval.start == call.start), None)
    if window is None:
        raise Nothing("この送信枠は予定から外されました。")
    with open_ledger(call.folder).transaction(call.actor) as tx:
        return orders.request(tx, window.interval, window.id, window.kind.value, window.channel).id


def order_ended(folder: str, order_id: int) -> bool:
    """Whether an order has ended for good."""
    return order_state(folder, order_id).ended


def outcome_of(folder: str, order_id: int) -> Facts:
    """How an order ended, as facts.

    A stop is a skip; a file in doubt, or a failure, fails the task: a person has to look.
    """
    state = order_state(folder, order_id)
    outcome = state.order.outcome
    if outcome == "stopped":
        raise Nothing("停止の指示により、この送信枠の残りは送信しませんでした。")
    if outcome == "in_doubt":
        raise AirflowFailException(
            "送信の成否が不明なファイルがあります。中間サーバーの結果一覧で確認されるまで、次の送信は始まりません。"
        )
    if outcome == "failed":
        raise AirflowFailException(f"送信を続けられませんでした。{state.order.reason or ''}")
    window = state.order.window_id
    return {"window": window, "outcome": outcome, "received": state.received, "bytes": state.bytes_sent}


def reconciliation_due(call: Call) -> Facts:
    """Whether this run is the one for 突合. Raises Nothing where new 副本 alone have started it, and are no reason.

    They are none where the site has due times for it, nor when all that is registered was compared before.
    """
    from fukuhon.ledger import FileState, files
    from fukuhon.windows.schedule import duty_times

    with open_ledger(call.folder).reading() as reader:
        found = files.find(reader, state=(FileState.PROCESSED, FileState.PROCESSED_WITH_ERRORS))
    new = sum(file.kind != "pretest" for file in found)
    if call.kind == "asset_triggered":
        if duty_times(call.folder, "reconcile"):
            raise Nothing("突合は予定の期日に行います。")
        if not new:
            raise Nothing("突き合わせていない副本はありません。")
    return {"new_files": new}


def plan_reconciliation(call: Call) -> Facts:
    """Which minutes and keys to ask for, and what bound that many buy; asked in the name of who wants it."""
    from fukuhon.reconciliation import desk_work
    from fukuhon.registration.desk import open_desk

    with open_desk(call.folder, call.earlier["ask"]["asked_by"]) as desk:
        return desk_work.plan(desk).as_json()


def carry_out_reconciliation(call: Call) -> Facts:
    """Ask for, order, release and compare what the approved plan names."""
    from fukuhon.reconciliation import desk_work
    from fukuhon.registration.desk import open_desk

    with open_desk(call.folder, call.actor) as desk:
        return desk_work.carry_out(desk, call.earlier["plan"]["facts"]["plan_sha256"]).as_json()


def _planned(desk: Desk, prepared: Summary) -> Facts:
    """Place what was prepared, in the same process: on small days its start costs more than the work.

    What fits no window as it is, is split again at once.
    """
    from fukuhon.registration import planning, resplitting

    made = planning.plan(desk)
    if made.counts["unplaceable"] and resplitting.resplit(desk).counts["split"]:
        made = planning.plan(desk)
    return {**prepared.as_json(), "plan": made.as_json()}


def _today(clock: Clock) -> datetime:
    from fukuhon.clock import TOKYO

    # The first second *within* the day: what lies before 00:00 would be the books of the day before.
    return clock.now().astimezone(TOKYO).replace(hour=0, minute=0, second=1, microsecond=0)
