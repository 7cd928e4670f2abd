"""Days and instants from the command line, in Asia/Tokyo."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from fukuhon.errors import ConfigurationError

if TYPE_CHECKING:
    from fukuhon.registration.desk import Desk

__all__ = ["as_of", "data_day", "day", "today"]


def day(text: str) -> date:
    """A day (``2017-05-08``). Raises ConfigurationError COMMANDS-011."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigurationError("COMMANDS-011", what="日付", form="2017-05-08") from None


def as_of(desk: Desk, text: str | None) -> datetime:
    """The instant as of which the 正本 is taken; the first second of the site's own day where nothing is given.

    Raises ConfigurationError: COMMANDS-011 (no instant), COMMANDS-012 (one that has not come: what is read now would
    count as newer than what is true then).
    """
    from fukuhon.clock import TOKYO  # noqa: PLC0415 - --help stays quick

    if text is None:
        return today(desk)
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError("COMMANDS-011", what="日時", form="2017-04-12T00:00") from None
    instant = given.astimezone(TOKYO) if given.tzinfo else given.replace(tzinfo=TOKYO)
    if instant > desk.now():
        raise ConfigurationError("COMMANDS-012", at=f"{instant:%Y-%m-%d %H:%M}")
    return instant


def data_day(desk: Desk, text: str | None) -> date:
    """The day as of whose end the sources are asked at the instant :func:`as_of`. Raises as it."""
    from fukuhon.registration.material import data_day as day_of  # noqa: PLC0415 - --help stays quick

    return day_of(as_of(desk, text))


def today(desk: Desk) -> datetime:
    """The first second within the site's own day: 00:00 itself would be the books of the day before."""
    return desk.now().replace(hour=0, minute=0, second=1, microsecond=0)
