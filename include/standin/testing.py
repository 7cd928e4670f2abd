"""The stand-in in a thread of its own, for tests that want a server without a process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from standin.clock import parse_instant
from standin.main import LAYOUTS, http_server, listen
from standin.server import Server

__all__ = ["running"]


@contextmanager
def running(
    folder: Path, layouts: Path = LAYOUTS, start: datetime | str = "2017-04-03T08:00:00+09:00"
) -> Iterator[str]:
    """Run a stand-in on a free port, and yield its address; its state stays in ``folder``."""
    server = Server(folder, layouts, parse_instant(start) if isinstance(start, str) else start)
    listener, http = listen(), http_server(server)
    thread = threading.Thread(target=http.run, args=([listener],), daemon=True)
    thread.start()
    try:
        while not http.started:
            time.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        http.should_exit = True
        thread.join(timeout=10)
        listener.close()
        server.close()
