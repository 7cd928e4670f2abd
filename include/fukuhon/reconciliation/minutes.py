"""Whether a 突合用ファイル may be asked for: one key, one minute, two people, never all records (seed 1.6.3, 1.9.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

__all__ = [
    "COLLATION_MANAGER",
    "COLLATION_REQUESTER",
    "Actor",
    "MatchingRequest",
    "Phase",
    "Reason",
    "Ruling",
    "rule_on",
]

COLLATION_REQUESTER = "9000000004"
COLLATION_MANAGER = "9000000005"
_MINUTE = timedelta(minutes=1)


class Phase(StrEnum):
    """During 初期登録 the seed wants dataset, key and one minute; in operation it bars full output only."""

    INITIAL = "initial"
    OPERATION = "operation"


class Reason(StrEnum):
    """Why a request is refused."""

    FULL_OUTPUT = "full_output"
    NO_DATASET = "no_dataset"
    NO_KEY = "no_key"
    NOT_ONE_MINUTE = "not_one_minute"
    WRONG_ROLE = "wrong_role"
    SAME_PERSON = "same_person"
    BEFORE_RECEIPT = "before_receipt"
    NOT_COMPLETED = "not_completed"
    AFTER_COMPLETION = "after_completion"


@dataclass(frozen=True, slots=True)
class Actor:
    """A server account that acts: user id and role id."""

    user: str
    role: str


@dataclass(frozen=True, slots=True)
class MatchingRequest:
    """The fields of SC_DBM_0701, the file's 受付日時 and 処理完了日時, and who asks, orders and releases.

    ``first`` and ``last`` are 副本登録日時, from and to. ``completed`` is None while the file is not processed,
    ``ordered`` and ``released`` while nobody did. ``key_unique``: the layout says that a record key is unique over the
    body; where it is unique within a person only (a fiscal year), a key alone selects everybody's record.
    """

    spi: str
    dataset: str | None
    key: str | None
    first: datetime | None
    last: datetime | None
    received: datetime
    completed: datetime | None
    asked: Actor
    ordered: Actor | None = None
    released: Actor | None = None
    phase: Phase = Phase.INITIAL
    key_unique: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """Allowed, or the first reason against it."""

    allowed: bool
    reason: Reason | None = None


def rule_on(request: MatchingRequest) -> Ruling:
    """Say whether ``request`` may be made: narrow enough, by the right people, within the file's processing time."""
    reason = _narrow_enough(request) or _right_people(request) or _in_processing_time(request)
    return Ruling(reason is None, reason)


def _narrow_enough(request: MatchingRequest) -> Reason | None:
    if not (request.key or request.first or request.last) and (
        request.dataset is None or request.phase is Phase.OPERATION
    ):
        return Reason.FULL_OUTPUT
    if not request.dataset:
        return Reason.NO_DATASET
    one_minute = request.first is not None and request.first == request.last
    if request.phase is Phase.INITIAL:
        return Reason.NO_KEY if not request.key else None if one_minute else Reason.NOT_ONE_MINUTE
    return None if one_minute or (request.key and request.key_unique) else Reason.NOT_ONE_MINUTE


def _right_people(request: MatchingRequest) -> Reason | None:
    managers = [actor for actor in (request.ordered, request.released) if actor]
    if request.asked.role != COLLATION_REQUESTER or any(actor.role != COLLATION_MANAGER for actor in managers):
        return Reason.WRONG_ROLE
    return Reason.SAME_PERSON if request.asked.user in {actor.user for actor in managers} else None


def _in_processing_time(request: MatchingRequest) -> Reason | None:
    if request.completed is None:
        return Reason.NOT_COMPLETED
    # The minute of the receipt and the minute of 処理完了日時 are both within (まで includes it).
    if request.last is not None and request.last + _MINUTE <= request.received:
        return Reason.BEFORE_RECEIPT
    return Reason.AFTER_COMPLETION if request.first is not None and request.first > request.completed else None
