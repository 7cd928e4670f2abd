"""Calls over HTTP: who asks, with which device, and what an answer or its absence means."""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from fukuhon.errors import DataError
from fukuhon.server import answers
from fukuhon.server.failures import Refused, ServerAway

__all__ = ["Caller", "Connection", "refusal_in"]

# It logs addresses at INFO, and ours carry 団体内統合宛名番号 and keys (SC_DBM_0202, 0203).
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

# Small, so that "sent" is near to what was on the wire: a large one swallows whole files before the first byte arrives.
_SEND_BUFFER = 256 * 1024
# A line that died while we wait for an answer is noticed after five minutes.
_KEEP_ALIVE = [
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 60),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 4),
]
_XML = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Caller:
    """An account on the server and its password."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Connection:
    """One body's way to the server. ``answer_s``: how long an answer may take before it counts as lost, in seconds."""

    url: str
    body: str
    device: str
    connect_s: float = 10.0
    answer_s: float = 300.0

    def client(self, caller: Caller) -> httpx.Client:
        """A client for one call: no proxy or certificate from the environment, no connection used twice."""
        return httpx.Client(
            base_url=f"{self.url.rstrip('/')}/bodies/{self.body}",
            auth=httpx.BasicAuth(caller.user, caller.password),
            headers={"X-Device": self.device, "Connection": "close", "Accept": "application/xml"},
            timeout=httpx.Timeout(self.answer_s, connect=self.connect_s),
            trust_env=False,
            transport=httpx.HTTPTransport(
                trust_env=False,
                verify=self.url.startswith("https"),  # reading the certificates takes 20 ms, for nothing here
                socket_options=[(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER), *_KEEP_ALIVE],
            ),
        )

    def get(self, caller: Caller, path: str, query: Mapping[str, str] | None = None) -> bytes:
        """The answer to a question."""
        return self._call(caller, "GET", path, params=query)

    def post(self, caller: Caller, path: str, content: bytes = b"") -> bytes:
        """The answer to a message."""
        return self._call(caller, "POST", path, content=content, headers={"Content-Type": _XML})

    def _call(self, caller: Caller, method: str, path: str, **rest: Any) -> bytes:
        try:
            with self.client(caller) as client:
                answer = client.request(method, path, **rest)
        except httpx.RequestError as error:
            raise ServerAway("SERVER-001", url=self.url, why=type(error).__name__) from None
        if answer.is_success:
            return answer.content
        raise refusal_in(answer) or ServerAway("SERVER-002", status=answer.status_code)


def refusal_in(answer: httpx.Response) -> Refused | None:
    """The refusal that an answer carries; None where it is no fault of the contract (a proxy's page, a bare status)."""
    try:
        return Refused.by(answers.fault(answer.content))
    except DataError:
        return None
