"""The library as tasks and triggers use it: opened when needed, once a process and version of the settings.

Every import of the library that costs something stands in a function, so that dag files stay light.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import threading
import time
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fukuhon.clock import Clock
    from fukuhon.ledger import Ledger
    from fukuhon.ledger.orders import OrderState
    from fukuhon.site import Site

__all__ = ["open_ledger", "open_site", "order_state", "person_name", "site_clock", "site_now"]


def open_site(folder: str) -> Site:
    """The site of a folder, read again when its settings were edited. Raises ConfigurationError."""
    return _site(folder, _edited(folder))


def site_clock(folder: str) -> Clock:
    """The site's clock."""
    return open_site(folder).clock()


_looked: dict[str, tuple[float, datetime]] = {}
_looking = threading.Lock()


def site_now(folder: str, max_age_s: float) -> datetime:
    """What the site's clock shows, or showed at most ``max_age_s`` ago: many waits of one process, one look."""
    with _looking:
        seen = _looked.get(folder)
        if seen is None or time.monotonic() - seen[0] > max_age_s:
            seen = _looked[folder] = (time.monotonic(), site_clock(folder).now())
        return seen[1]


def person_name(folder: str, user: str) -> str:
    """The name of the person whom the page knows as ``user``; the user's own name where that is nobody's."""
    from fukuhon.errors import RefusedError

    try:
        return open_site(folder).person_for(site_clock(folder).now().date(), ui_user=user).name
    except RefusedError:
        return user


def open_ledger(folder: str) -> Ledger:
    """The site's ledger, its connections shared by the threads of this process."""
    return _ledger(folder, _edited(folder))


def order_state(folder: str, order_id: int) -> OrderState:
    """How an order stands."""
    from fukuhon.ledger import orders

    return orders.wait_state(open_ledger(folder), order_id)


def _edited(folder: str) -> int:
    settings = Path(folder) / "site.yaml"
    return settings.stat().st_mtime_ns if settings.exists() else 0


@lru_cache(maxsize=32)
def _site(folder: str, _version: int) -> Site:
    from fukuhon.site import load

    return load(folder)


@lru_cache(maxsize=32)
def _ledger(folder: str, version: int) -> Ledger:
    from fukuhon.ledger import Ledger

    site = _site(folder, version)
    return Ledger.open(site.ledger_url(), site.clock())
