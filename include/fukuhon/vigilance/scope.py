"""Which information is registered, how long it stays and who deletes it (seed 1.3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

__all__ = ["FIRST_DAY", "KEPT_YEARS", "Deletion", "Scope", "kept_until", "scope_of"]

FIRST_DAY = date(2016, 1, 1)
KEPT_YEARS = 5


class Deletion(StrEnum):
    """Not yet; by the server, since 公開終了日 is set; by the body, since it is not."""

    NONE = "none"
    AUTOMATIC = "automatic"
    BY_BODY = "by_body"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whether a record belongs to the 副本 on a day, and who deletes it if its time is over."""

    in_scope: bool
    deletion: Deletion


def kept_until(information_date: date, years: int = KEPT_YEARS) -> date:
    """The first day on which information of ``information_date`` is over: five years later to the day (inferred)."""
    try:
        return information_date.replace(year=information_date.year + years)
    except ValueError:  # 2/29: the years end with 2/28
        return date(information_date.year + years, 3, 1)


def scope_of(  # noqa: PLR0913 (two facts and the settings that date the rule)
    information_date: date,
    as_of: date,
    publication_end: date | None = None,
    *,
    first_day: date = FIRST_DAY,
    years: int = KEPT_YEARS,
    ends_publication: bool = False,
) -> Scope:
    """Judge one record on ``as_of``.

    ``ends_publication``: the server deletes after 公開終了日 itself; by default after five years if one is set. The
    seed says both, so it is a setting.
    """
    if information_date < first_day:
        return Scope(in_scope=False, deletion=Deletion.NONE)
    over = as_of >= kept_until(information_date, years)
    if ends_publication and publication_end is not None:
        over = as_of > publication_end
    if not over:
        return Scope(in_scope=True, deletion=Deletion.NONE)
    return Scope(in_scope=False, deletion=Deletion.AUTOMATIC if publication_end is not None else Deletion.BY_BODY)
