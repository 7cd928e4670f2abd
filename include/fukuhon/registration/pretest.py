"""事前の副本アップロード: a few real records of every dataset from every source (seed 1.4.2)."""

from __future__ import annotations

from datetime import datetime

from fukuhon.files import Caps
from fukuhon.registration.choosing import choose_samples
from fukuhon.registration.desk import Desk
from fukuhon.registration.material import data_day
from fukuhon.registration.preparing import Plan
from fukuhon.registration.preparing import prepare as prepare_run
from fukuhon.registration.summary import Summary

__all__ = ["prepare"]


def prepare(desk: Desk, as_of: datetime) -> Summary:
    """Prepare the pretest's files: at most ``limits.pretest_records`` records of each dataset, over all variations.

    Raises as :func:`fukuhon.registration.preparing.prepare`.
    """
    limits = desk.site.limits
    return prepare_run(
        desk,
        Plan(
            kind="pretest",
            day=data_day(as_of),
            as_of=as_of,
            spi=None,
            choose=lambda material, _held: choose_samples(material, limits.pretest_records),
            caps=Caps(limits.records_per_file, limits.bytes_per_file),
            first=True,
        ),
    )
