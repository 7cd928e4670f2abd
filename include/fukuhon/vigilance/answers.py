"""What the server answers to another agency by itself (seed 2.2, 4.3): from July 2017 on a missing 副本 is silent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = ["AUTOMATIC_FROM", "Answer", "Foreseen", "foresee"]

# 情報提供エラーの自動応答: the software of July 2017; the day itself is a setting.
AUTOMATIC_FROM = date(2017, 7, 1)
_BY_STAFF = ("SKI-3", "SKI-2")


class Answer(StrEnum):
    """All of it, a part of it, "no such information" by itself, or by staff."""

    FULL = "full"
    PARTIAL = "partial"
    NOT_REGISTERED = "not_registered"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The answer, and the flows of seed 2.2 by which staff can give it when nothing is registered."""

    answer: Answer
    ways: tuple[str, ...] = ()


def foresee(
    day: date,
    requested: Collection[str],
    registered: Collection[str],
    *,
    restricted: bool,
    automatic_from: date = AUTOMATIC_FROM,
) -> Foreseen:
    """The answer on ``day`` to a request for the datasets ``requested``, of which ``registered`` are there.

    ``restricted``: 自動応答制限 is set, so staff answer: by registering (SKI-3) or by 一時入力 (SKI-2) where nothing
    is there. Before July 2017 staff had to act on what was not registered (inferred from the change).
    """
    present = set(requested) & set(registered)
    if restricted:
        return Foreseen(Answer.MANUAL, () if present else _BY_STAFF)
    if present == set(requested):
        return Foreseen(Answer.FULL)
    if day < automatic_from:
        return Foreseen(Answer.MANUAL, () if present else _BY_STAFF)
    return Foreseen(Answer.PARTIAL if present else Answer.NOT_REGISTERED)
