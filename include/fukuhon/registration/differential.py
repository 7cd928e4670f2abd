"""差分登録: what changed up to the end of a day, against what the server holds (seed 1.5; DESIGN §3.6)."""

from __future__ import annotations

from datetime import date, datetime

from fukuhon.calendars import tokyo_day
from fukuhon.errors import RefusedError
from fukuhon.files import Caps
from fukuhon.registration.choosing import choose_changes
from fukuhon.registration.desk import Desk
from fukuhon.registration.preparing import Plan
from fukuhon.registration.preparing import prepare as prepare_run
from fukuhon.registration.summary import Summary
from fukuhon.sender import cap_as_of

__all__ = ["prepare"]


def prepare(desk: Desk, day: date, as_of: datetime) -> Summary:
    """Prepare the 差分 of ``day`` as of ``as_of``, the day's end: new, changed and gone records.

    No file is larger than a day's 5% (seed 1.5.1). Raises as :func:`fukuhon.registration.preparing.prepare`, and
    RefusedError REGISTRATION-005 while no 初期登録 is complete.
    """
    limits = desk.site.limits
    return prepare_run(
        desk,
        Plan(
            kind="differential",
            day=day,
            as_of=as_of,
            spi=None,
            choose=lambda material, held: choose_changes(material, held, as_of),
            caps=Caps(min(limits.records_per_file, _cap(desk)), limits.bytes_per_file),
            first=False,
        ),
    )


def _cap(desk: Desk) -> int:
    """Records that a usual day may take; at least one, for the guard refuses what is too much."""
    with desk.ledger.reading() as reader:
        cap = cap_as_of(desk.site, reader, tokyo_day(desk.now())).of_a_day
    if cap is None:
        raise RefusedError("REGISTRATION-005")
    return max(cap, 1)
