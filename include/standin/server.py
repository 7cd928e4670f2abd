"""The server as a whole: its clock, its bodies, what is due. Synchronous; whoever calls holds the one lock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from standin import batch
from standin.body import Body, open_body
from standin.clock import ClockError, SimulatedClock
from standin.faults import Faults
from standin.layouts import load_layouts
from standin.refusals import Refusal
from standin.settings import BodySettings, read_settings
from standin.state import ServerStore
from standin.uploads import Upload

__all__ = ["Server", "UploadUnderWayError"]

_KEEP_EVERY_S = 0.5


class UploadUnderWayError(RuntimeError):
    """The clock cannot be stepped while bytes are arriving: they move it themselves."""


class Server:
    """All state of the stand-in, kept in a folder."""

    def __init__(self, folder: Path, layouts: Path, start: datetime) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._store = ServerStore(folder / "server.sqlite")
        self.layouts = load_layouts(layouts)
        self.clock = SimulatedClock(self._store.now() or start)
        self.faults = Faults()
        self.bodies: dict[str, Body] = {}
        self._kept = time.monotonic()
        for code, setup in self._store.setups().items():
            self._open(read_settings(code, setup))
        self.keep_clock()
        self.settle()

    def close(self) -> None:
        """Close all databases."""
        for body in self.bodies.values():
            body.store.close()
        self._store.close()

    def _open(self, settings: BodySettings) -> Body:
        body = open_body(self._folder, settings, self.layouts, self.clock.now)
        self.bodies[settings.code] = body
        return body

    def body(self, code: str) -> Body:
        """Return a body. Raises Refusal (not_found)."""
        try:
            return self.bodies[code]
        except KeyError as error:
            raise Refusal("not_found", "団体コード") from error

    def setup(self, code: str) -> dict[str, Any]:
        """Return a body's set-up as it was put."""
        return self._store.setups().get(code, {})

    def put_body(self, code: str, setup: dict[str, Any]) -> Body:
        """Set a body up, or anew. Raises SettingsError."""
        settings = read_settings(code, setup)
        self.settle()
        body = self.bodies.get(code)
        if body is None:
            body = self._open(settings)
        body.settings = settings
        batch.skip_past_nights(body, self.clock.now)
        self._store.keep_setup(code, setup)
        return body

    def keep_clock(self) -> None:
        """Keep the clock, before whatever happens at that instant."""
        self._store.keep_now(self.clock.now)
        self._kept = time.monotonic()

    def time_to_keep(self) -> bool:
        """Whether so much real time has gone that an upload's bytes should be kept again."""
        return time.monotonic() - self._kept > _KEEP_EVERY_S

    def keep_upload(self, upload: Upload) -> None:
        """Keep what has arrived so far, for the case that the server is killed."""
        self.keep_clock()
        upload.body.store.run("UPDATE uploads SET bytes = ? WHERE id = ?", upload.sent, upload.id)

    def step(self, to: datetime) -> None:
        """Move the clock to an instant, doing on the way what is due, in order.

        Raises ClockError for the past, UploadUnderWayError while bytes arrive.
        """
        if any(body.receiving for body in self.bodies.values()):
            raise UploadUnderWayError
        if to < self.clock.now:
            raise ClockError("backwards")
        for due in self._due(to):
            self.clock.reach(due.at)
            self.keep_clock()
            due.run()
        self.clock.reach(to)
        self.keep_clock()

    def settle(self) -> None:
        """Do what is due by now: bytes that arrived may have moved the clock past it."""
        for due in self._due(self.clock.now):
            due.run()

    def _due(self, until: datetime) -> Iterator[batch.Due]:
        """Yield what is due, the next one each time, until an instant, included."""
        while self.bodies:
            due = min(batch.next_due(body) for body in self.bodies.values())
            if due.at > until:
                return
            yield due
