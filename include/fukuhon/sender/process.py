"""The sender as a process of its own.

Started by a supervisor, a service manager or a person, and ended by a signal between two files.
"""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from fukuhon.errors import RetriableError
from fukuhon.ledger import Ledger
from fukuhon.sender.alone import alone, own_session
from fukuhon.sender.by_hand import ByHand
from fukuhon.sender.journal import Journal
from fukuhon.sender.loop import Sender
from fukuhon.sender.rules import SiteRules
from fukuhon.sender.sending import Sending
from fukuhon.sender.waiting import Pace, wait
from fukuhon.server import Outbox, connect
from fukuhon.site import Site

__all__ = ["run", "serve", "start"]

_log = logging.getLogger("fukuhon.sender")


def run(site: Site, stop: Callable[[], bool]) -> None:
    """Send what is ordered until ``stop`` says so; a running file is always finished.

    Raises RefusedError (SENDER-001, LEDGER-030) beside a live sender, ConfigurationError for what ``site.yaml`` lacks,
    and FatalError where the books or the journal contradict themselves.
    """
    folder = site.work / "sender"
    with alone(folder):
        ledger = _books(site, stop)
        if ledger is None:
            return
        try:
            server = connect(site)
            by_hand = ByHand(ledger, Outbox.of(site), site.limits, site.body.name, server.requester, site.work)
            sending = Sending(ledger, server, SiteRules(site), Journal(folder / "journal"), site.work, by_hand)
            Sender(sending, site.limits.settle_minutes, stop).run()
        finally:
            ledger.close()


def _books(site: Site, stop: Callable[[], bool]) -> Ledger | None:
    """The ledger; while it is away, wait for it. None when told to stop before it came."""
    failures, pace = 0, Pace()
    while not stop():
        try:
            return Ledger.open(site.ledger_url(), site.clock())
        except RetriableError as error:
            failures += 1
            _log.warning("%s; trying again", error.code)
            wait(pace.pause(failures), stop)
    return None


def serve(site: Site) -> None:
    """``run`` until SIGTERM or SIGINT, in a session of its own. Raises as ``run`` does."""
    own_session()
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    run(site, asked.is_set)


def start(site_folder: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start a sender for a site as a child in a session of its own, with a log file. End it by SIGTERM, and wait."""
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "fukuhon.sender", str(site_folder)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
