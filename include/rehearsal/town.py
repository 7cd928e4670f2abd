"""A small town at a desk, for tests: its site, its books, a stand-in in a thread, hands that send what is planned."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import httpx

from fukuhon.clock import tokyo
from fukuhon.ledger import orders
from fukuhon.ledger.orders import Order
from fukuhon.registration.desk import Desk, open_desk
from fukuhon.sender import run as run_sender
from fukuhon.windows import Window
from fukuhon.windows.schedule import upload_windows
from standin.testing import running

__all__ = ["BODY", "SPI", "Town", "standin_for", "town_at"]

BODY = "992011"
SPI = "TM00000000000002"


@dataclass
class Town:
    """The desk of the town and the control plane of its stand-in."""

    desk: Desk
    folder: Path
    url: str

    def at(self, day: date, hour: int = 9) -> datetime:
        """Move the clock to an hour of a day."""
        instant = tokyo(day, hour)
        self._post("/control/step", {"to": instant.isoformat()})
        return instant

    def send(self, kind: str) -> None:
        """Go through the next window of a kind: order, wait until nothing is left, let it end."""
        window, order = self.order(kind)
        self.until(lambda: self._idle(order.id))
        self._post("/control/step", {"to": window.interval.end.isoformat()})
        self.until(lambda: orders.wait_state(self.desk.ledger, order.id).ended)

    def order(self, kind: str) -> tuple[Window, Order]:
        """Move the clock into the next window of a kind, and order that what is planned be sent in it."""
        window = next(w for w in upload_windows(self.desk.site) if w.kind == kind and w.interval.end > self.desk.now())
        if self.desk.now() < window.interval.start:
            self._post("/control/step", {"to": window.interval.start.isoformat()})
        with self.desk.ledger.transaction("airflow") as tx:
            return window, orders.request(tx, window.interval, window.id, window.kind.value)

    def _idle(self, order: int) -> bool:
        state = orders.wait_state(self.desk.ledger, order)
        return state.order.idle and state.sending is None

    def uploads(self) -> int:
        """How many uploads the server has seen."""
        seen = httpx.get(f"{self.url}/control/bodies/{self._body}/traffic", trust_env=False).json()
        return len(seen["uploads"])

    def held(self) -> dict[str, int]:
        """What the server holds, by dataset."""
        found: dict[str, int] = httpx.get(f"{self.url}/control/bodies/{self._body}/held", trust_env=False).json()
        return found

    @property
    def _body(self) -> str:
        return self.desk.site.body.code

    def fault(self, **facts: object) -> None:
        """Let the stand-in misbehave once."""
        self._post("/control/faults", facts)

    def _post(self, path: str, body: dict[str, object]) -> None:
        answer = httpx.post(self.url + path, json=body, trust_env=False, timeout=60)
        assert answer.is_success, f"{path} {body}: {answer.text}"

    def until(self, done: Callable[[], bool]) -> None:
        """Wait until something is so; a minute at most."""
        end = time.monotonic() + 60
        while not done():
            assert time.monotonic() < end, "nothing happens"
            time.sleep(0.05)


@contextmanager
def standin_for(
    site_folder: Path, folder: Path, start: str = "2017-04-10T09:00:00+09:00", code: str = BODY
) -> Iterator[str]:
    """A stand-in that knows the site's body, by its ``code``; yields its address."""
    with running(folder, start=start) as url:
        body = json.loads((site_folder / "standin-body.json").read_text(encoding="utf-8"))
        httpx.put(f"{url}/control/bodies/{code}", json=body, trust_env=False).raise_for_status()
        yield url


@contextmanager
def town_at(folder: Path, url: str) -> Iterator[Town]:
    """The desk of the site in ``folder``, its sender at work in a thread."""
    stop = threading.Event()
    with open_desk(folder, "tester") as desk:
        sender = threading.Thread(target=run_sender, args=(desk.site, stop.is_set), daemon=True)
        sender.start()
        try:
            yield Town(desk, folder, url)
        finally:
            stop.set()
            sender.join(timeout=20)
