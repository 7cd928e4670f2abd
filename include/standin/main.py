"""``fukuhon-standin``: the stand-in as a process of its own, on loopback."""

from __future__ import annotations

import argparse
import os
import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from standin.app import make_app
from standin.clock import ClockError, parse_instant
from standin.line import TRANSPORT
from standin.server import Server

__all__ = ["LAYOUTS", "http_config", "listen", "main"]

_GRACE_S = 10
LAYOUTS = Path(__file__).parents[1] / "layouts"


class _Protocol(HttpToolsProtocol):
    """HTTP that leaves its transport in the scope: a fault must be able to cut the line."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: self.transport}  # type: ignore[dict-item]


def listen(port: int = 0, host: str = "127.0.0.1") -> socket.socket:
    """Listen on loopback (in a container of its own: on ``host``), on a free port if none is named."""
    return socket.create_server((host, port))


def http_config(server: Server) -> uvicorn.Config:
    """Return how a stand-in is served."""
    options: dict[str, Any] = {"log_level": "warning", "access_log": False, "lifespan": "off", "ws": "none"}
    # An upload under way may end before the server does, but not keep it for ever.
    return uvicorn.Config(make_app(server), http=_Protocol, timeout_graceful_shutdown=_GRACE_S, **options)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the stand-in until it is told to end."""
    options = _parser().parse_args(arguments)
    os.umask(0o077)
    server = Server(options.data, options.layouts, options.start)
    try:
        listener = listen(options.port, options.host)
    except OSError as error:
        server.close()
        raise SystemExit(f"fukuhon-standin: {options.host}:{options.port}: {error.strerror}") from None
    if options.port_file is not None:
        _write_port(options.port_file, listener.getsockname()[1])
    # uvicorn ends in order and then hands the signal on to whoever had it before.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    try:
        uvicorn.Server(http_config(server)).run([listener])
    finally:
        server.close()


def _leave(*_: object) -> None:
    raise SystemExit(0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fukuhon-standin", description="A stand-in for the 自治体中間サーバー.")
    parser.add_argument("--data", type=Path, required=True, help="folder of its state; kept from run to run")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on; others only in a container")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--port-file", type=Path, help="where to write the port, once it listens")
    parser.add_argument("--layouts", type=Path, default=LAYOUTS, help="folder of layout packs")
    parser.add_argument("--start", type=_instant, default="2017-04-03T08:00:00+09:00", help="the clock in a new folder")
    return parser


def _instant(text: str) -> object:
    try:
        return parse_instant(text)
    except ClockError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _write_port(path: Path, port: int) -> None:
    """Write beside and rename: who waits for the file never reads half of it."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(f"{port}\n", "utf-8")
    beside.rename(path)


if __name__ == "__main__":
    main()
