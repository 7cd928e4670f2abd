"""The stand-in in a thread of its own, for tests that want a server without a process."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import uvicorn

from standin.clock import parse_instant
from standin.main import LAYOUTS, http_config, listen
from standin.server import Server

__all__ = ["running"]


class _Quick(uvicorn.Server):
    """An HTTP server that ends at once when it is told to, instead of looking ten times a second."""

    ready = False

    async def main_loop(self) -> None:
        """Wait to be told."""
        self._loop, self._told = asyncio.get_running_loop(), asyncio.Event()
        self.ready = True
        await self._told.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close every connection; tests leave none in use."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for one in sockets or []:
            one.close()

    def tell(self) -> None:
        """Tell it to end."""
        self._loop.call_soon_threadsafe(self._told.set)


@contextmanager
def running(
    folder: Path, layouts: Path = LAYOUTS, start: datetime | str = "2017-04-03T08:00:00+09:00"
) -> Iterator[str]:
    """Run a stand-in on a free port, and yield its address; its state stays in ``folder``."""
    server = Server(folder, layouts, parse_instant(start) if isinstance(start, str) else start)
    listener, http = listen(), _Quick(http_config(server))
    thread = threading.Thread(target=http.run, args=([listener],), daemon=True)
    thread.start()
    try:
        while not http.ready and thread.is_alive():
            time.sleep(0.002)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        if http.ready:
            http.tell()
        thread.join(timeout=10)
        listener.close()
        server.close()
