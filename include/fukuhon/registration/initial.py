"""初期登録: everything in scope of one 特定個人情報, as files for the allotted windows (seed 1.4)."""

from __future__ import annotations

from datetime import datetime

from fukuhon.files import Caps
from fukuhon.registration.choosing import choose_everything
from fukuhon.registration.desk import Desk
from fukuhon.registration.material import data_day
from fukuhon.registration.preparing import Plan
from fukuhon.registration.preparing import prepare as prepare_run
from fukuhon.registration.summary import Summary

__all__ = ["prepare"]


def prepare(desk: Desk, spi: str, as_of: datetime) -> Summary:
    """Prepare the 初期登録 of ``spi`` as of ``as_of``. Raises as :func:`fukuhon.registration.preparing.prepare`."""
    limits = desk.site.limits
    desk.site.spi(spi)
    return prepare_run(
        desk,
        Plan(
            kind="initial",
            day=data_day(as_of),
            as_of=as_of,
            spi=spi,
            choose=lambda material, held: choose_everything(material, held, as_of),
            caps=Caps(limits.records_per_file, limits.bytes_per_file),
            first=True,
        ),
    )
