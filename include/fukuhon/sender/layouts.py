"""A queued file is checked again for the layout of the day on which it will be processed (DESIGN §3.8)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from fukuhon.calendars import tokyo_day
from fukuhon.errors import RefusedError
from fukuhon.layouts import Packs, packs
from fukuhon.layouts.packs import pack_folders
from fukuhon.ledger import File
from fukuhon.site import Site, load
from fukuhon.windows import Channel

__all__ = ["processing_day", "require_layout"]


def processing_day(channel: int, now: datetime) -> date:
    """When a file that starts at ``now`` is processed: 定時 in the batch that ends on the next day, else now."""
    return tokyo_day(now) + timedelta(days=1 if Channel(channel).scheduled else 0)


def require_layout(site: Site, file: File, now: datetime) -> None:
    """Raise RefusedError SENDER-019 where the file is of another version than the one in force on that day."""
    day = processing_day(file.channel, now)
    valid = _packs(site.folder, _stamp(site)).in_force(file.dataset, day).version
    if valid != file.layout:
        raise RefusedError("SENDER-019", file=file.name, layout=file.layout, day=day, valid=valid)


def _stamp(site: Site) -> tuple[int, ...]:
    """Changes whenever a layout is written anew."""
    files = [path for folder in pack_folders(site) for path in sorted(folder.glob("*.yaml"))]
    return tuple(path.stat().st_mtime_ns for path in files)


@lru_cache(maxsize=4)
def _packs(folder: Path, _stamp: tuple[int, ...]) -> Packs:
    return packs(load(folder))
