"""The desk: one body's settings, books, clock and lines, opened together for a use case and closed after it."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from fukuhon.clock import Clock
from fukuhon.layouts import Packs, packs
from fukuhon.ledger import Ledger
from fukuhon.server import Collation, IntermediateServer, connect, connect_collation
from fukuhon.site import Site, load

__all__ = ["Desk", "open_desk"]


@dataclass
class Desk:
    """What every use case is handed. ``actor`` is the person or the machine in whose name the books are written."""

    site: Site
    ledger: Ledger
    clock: Clock
    actor: str
    _packs: dict[str, Packs] = field(default_factory=dict)

    @cached_property
    def packs(self) -> Packs:
        """The layout packs that the site sees."""
        return packs(self.site)

    @cached_property
    def server(self) -> IntermediateServer:
        """The intermediate server, as the body's upload account sees it."""
        return connect(self.site)

    @cached_property
    def collation(self) -> Collation:
        """突合, as the two people who may do it see it."""
        return connect_collation(self.site)

    def now(self) -> datetime:
        """The present instant on the site's clock."""
        return self.clock.now()

    def folder(self, *parts: str) -> Path:
        """A folder of work files, made 0700 when missing."""
        path = self.site.work
        for part in parts:
            path = path / part
            path.mkdir(mode=0o700, exist_ok=True)
        return path


@contextmanager
def open_desk(folder: Path | str, actor: str | None = None) -> Iterator[Desk]:
    """Open the desk of the site in ``folder``; ``actor`` defaults to the user of the operating system.

    Raises what :func:`fukuhon.site.load` and :meth:`fukuhon.ledger.Ledger.open` raise.
    """
    site = load(folder)
    clock = site.clock()
    ledger = Ledger.open(site.ledger_url(), clock)
    try:
        yield Desk(site, ledger, clock, actor or getpass.getuser())
    finally:
        ledger.close()
