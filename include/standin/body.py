"""One body on the server: its settings, its state, what is under way, and what it has done wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from standin.clock import micros
from standin.layouts import Layout
from standin.settings import BodySettings
from standin.state import BodyStore

__all__ = ["Body", "Receiving", "open_body"]


class Receiving(Protocol):
    """An upload whose bytes are arriving, as far as its body knows of it."""

    sent: int


@dataclass
class Body:
    """A body of the server. ``receiving`` holds the uploads whose bytes are arriving, by their id."""

    settings: BodySettings
    store: BodyStore
    folder: Path
    layouts: Mapping[str, Layout]
    receiving: dict[int, Receiving] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The body's code."""
        return self.settings.code

    def violate(self, at: datetime, kind: str, detail: str) -> None:
        """Count a violation."""
        self.store.run("INSERT INTO violations (at, kind, detail) VALUES (?, ?, ?)", micros(at), kind, detail)

    def note_at_once(self, number: int) -> None:
        """Remember the greatest number of uploads that were tried at once."""
        if number > int(self.store.fact("max_at_once") or 0):
            self.store.keep_fact("max_at_once", str(number))

    def day_fact(self, name: str) -> date:
        """Return a fact that is a day and always there."""
        text = self.store.fact(name)
        assert text is not None
        return date.fromisoformat(text)


def open_body(folder: Path, settings: BodySettings, layouts: Mapping[str, Layout], now: datetime) -> Body:
    """Open a body's state, or begin it; whatever was being received when the server ended counts as cut."""
    home = folder / "bodies" / settings.code
    for sub in ("incoming", "files"):
        (home / sub).mkdir(mode=0o700, parents=True, exist_ok=True)
    store = BodyStore(home / "body.sqlite")
    body = Body(settings, store, home, layouts)
    with store.transaction():
        if store.fact("expired_until") is None:
            store.keep_fact("expired_until", now.date().isoformat())
            store.keep_fact("last_batch", (now.date() - timedelta(days=1)).isoformat())
        store.run("UPDATE uploads SET ended = ?, outcome = 'cut' WHERE ended IS NULL", micros(now))
    for left in (home / "incoming").iterdir():
        left.unlink()
    return body
