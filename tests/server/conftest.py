"""A tiny server on real sockets, whose answer to each connection is scripted."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from fukuhon.server import Caller, Connection, HttpCollation, HttpServer


@dataclass
class Act:
    """What to do with one connection: read so many bytes of the body (None: all), answer (b"": nothing), close."""

    answer: bytes = b""
    status: str = "200 OK"
    read: int | None = None
    reset: bool = False
    small_buffer: bool = False


@dataclass
class Asked:
    """What a connection asked."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Tiny:
    """The server: ``acts`` are played in order, ``asked`` is what came."""

    listener: socket.socket
    acts: list[Act] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        """Play one act a connection until the listener is closed."""
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                act = self.acts.pop(0)
                if act.small_buffer:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                with connection, suppress(OSError):
                    self._play(connection, act)

    def _play(self, connection: socket.socket, act: Act) -> None:
        with connection.makefile("rb") as reader:
            line = reader.readline().decode().strip()
            headers = {}
            while (text := reader.readline().decode().strip()) != "":
                name, _, value = text.partition(":")
                headers[name.lower()] = value.strip()
            length = int(headers.get("content-length", "0"))
            body = reader.read(length if act.read is None else min(act.read, length))
            self.asked.append(Asked(line, headers, body))
            if act.answer or act.status != "200 OK":
                head = f"HTTP/1.1 {act.status}\r\nContent-Length: {len(act.answer)}\r\nConnection: close\r\n\r\n"
                connection.sendall(head.encode() + act.answer)
            if act.reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


@pytest.fixture
def tiny() -> Iterator[Tiny]:
    """The server, listening."""
    server = Tiny(socket.create_server(("127.0.0.1", 0)))
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield server
    server.listener.shutdown(socket.SHUT_RDWR)
    server.listener.close()
    thread.join()


def _connection(url: str) -> Connection:
    return Connection(url, "992011", "T992011-01", connect_s=2, answer_s=5)


@pytest.fixture
def server(tiny: Tiny) -> HttpServer:
    """The port to it."""
    return HttpServer(_connection(tiny.url), Caller("officer", "pass"), Caller("admin", "word"))


@pytest.fixture
def collation(tiny: Tiny) -> HttpCollation:
    """The port of 突合 to it."""
    return HttpCollation(_connection(tiny.url), Caller("asks", "a"), Caller("lets", "b"))


@pytest.fixture
def act() -> type[Act]:
    """How a test scripts a connection."""
    return Act
