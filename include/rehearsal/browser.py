"""Pictures of pages by a headless Chromium, where there is one: several at a time, each with a profile of its own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self

import httpx

__all__ = ["Pictures", "Shot", "browser", "logged_in", "take"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
)
_AT_ONCE = 2
_LONGEST_S = 30


@dataclass(frozen=True, slots=True)
class Shot:
    """A page (address) and its picture: ``.png`` or ``.webp`` in points, or ``.pdf`` as it is printed on A4."""

    page: str
    picture: Path
    height: int = 1800
    width: int = 1280


def browser() -> str | None:
    """The browser of this machine; None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


class Pictures:
    """Pictures taken beside other work, two at a time. Leaving the block waits for them."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._pool = ThreadPoolExecutor(_AT_ONCE)
        self._asked: list[Future[bool]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def ask(self, shots: Sequence[Shot]) -> None:
        """Have pictures taken, after those asked for before."""
        self._asked += [self._pool.submit(_take, self._program, shot) for shot in shots]

    def taken(self) -> int:
        """Wait for all that were asked for; how many there are now. One that takes too long is left out."""
        return sum(each.result() for each in self._asked)


def take(program: str, shots: Sequence[Shot]) -> int:
    """Take the pictures; returns how many there are now. One that takes too long is left out."""
    with Pictures(program) as pictures:
        pictures.ask(shots)
        return pictures.taken()


def _take(program: str, shot: Shot) -> bool:
    how = "--print-to-pdf" if shot.picture.suffix == ".pdf" else "--screenshot"
    wanted = [f"{how}={shot.picture}", f"--window-size={shot.width},{shot.height}", "--no-pdf-header-footer", shot.page]
    with tempfile.TemporaryDirectory(prefix="fukuhon-browser-", ignore_cleanup_errors=True) as profile:
        command = [program, *_OPTIONS, f"--user-data-dir={profile}", *wanted]
        try:
            subprocess.run(command, capture_output=True, check=False, timeout=_LONGEST_S)
        except subprocess.TimeoutExpired:
            return False
    return shot.picture.exists()


@contextmanager
def logged_in(client: httpx.Client) -> Iterator[str]:
    """An address of loopback at which a page is seen as its user sees it: the token goes along with each request.

    A browser on the command line cannot log in. Only reading goes through.
    """

    class Passing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = client.get(self.path, follow_redirects=True)
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers.get("content-type", "text/html"))
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base has it so
            """Nothing: an address may name a record."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
