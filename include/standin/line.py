"""Between the wire and the server: authentication, uploads as their bytes come, faults on demand, the one lock."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from standin import accounts, admission, manners, uploads, wire
from standin.body import Body
from standin.faults import Fault
from standin.refusals import Refusal
from standin.server import Server
from standin.settings import Account
from standin.uploads import Upload, UploadOrder

__all__ = ["TRANSPORT", "XML", "Call", "Line"]

T = TypeVar("T")
XML = "application/xml; charset=utf-8"
# A call of the contract: the XML it is answered with, or a response of its own.
Call = Callable[[Body, Account, Request, bytes], bytes | Response]
# Where the protocol leaves the connection's transport, so that a fault can cut it.
TRANSPORT = "standin.transport"
# How long the rest of a refused upload is read: a client that is still sending would not see its answer otherwise.
_SPILL_S = 30.0


class _LineCut(Exception):  # noqa: N818 - it happens, on purpose
    """A fault cut the line."""


class Line:
    """Runs calls one at a time, and takes uploads; uploads of different bodies run beside each other."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lock = asyncio.Lock()

    async def locked(self, function: Callable[..., T], *values: Any) -> T:
        """Run something that reads or changes state, alone, off the event loop."""
        async with self._lock:
            return await asyncio.to_thread(function, *values)

    async def call(self, request: Request, function: Call) -> Response:
        """Answer a call that is no upload."""
        faults = self._server.faults.take(request.url.path)
        try:
            content = await request.body()
            _raise_status(faults)
            if "cut" in faults:
                return await _cut(request)
            answer = await self.locked(self._answer, request, function, content)
        except ClientDisconnect:
            return Response()
        except Refusal as refusal:
            return _refused(refusal)
        if "lose_answer" in faults:
            return await _cut(request)
        response = _xml(answer) if isinstance(answer, bytes) else answer
        if "slow" in faults:
            await asyncio.sleep(len(response.body) / faults["slow"].bytes_per_s)
        return response

    def _answer(self, request: Request, function: Call, content: bytes) -> bytes | Response:
        self._server.settle()
        body = self._server.body(request.path_params["body"])
        try:
            account = self._enter(body, request)
            manners.look_outside_service(body, self._server.clock.now, account.user)
            return function(body, account, request, content)
        except Refusal as refusal:
            self._count(body, refusal, request)
            raise

    def _enter(self, body: Body, request: Request) -> Account:
        admission.check_service(body, self._server.clock.now)
        user, password = accounts.basic_credentials(request.headers.get("authorization"))
        device = request.headers.get("x-device")
        return accounts.authenticate(body.settings, user, password, device, self._server.clock.today)

    def _count(self, body: Body, refusal: Refusal, request: Request) -> None:
        if refusal.violation is not None:
            path = request.url.path.split("/", 3)[3]
            body.violate(self._server.clock.now, refusal.violation, f"{request.method} /{path}")

    async def upload(self, request: Request, channel: int) -> Response:
        """Take an upload: its bytes are counted as they come, its answer is given when it is kept."""
        faults = self._server.faults.take(request.url.path)
        order = _order(request, channel)
        try:
            _raise_status(faults)
            upload = await self.locked(self._begin, request, order)
        except Refusal as refusal:
            spilt = await _spill(request.stream())
            await self.locked(self._refuse, request, order, refusal, spilt)
            return _refused(refusal, close=True)
        stream = _paced(request.stream(), faults.get("slow"))
        try:
            await self._receive(request, stream, upload, faults)
            receipt = await self.locked(self._finish, upload)
        except Refusal as refusal:
            upload.sent += await _spill(stream)
            uploads.pass_line_time(upload, self._server.clock)
            await self.locked(self._end, upload, "refused", refusal)
            return _refused(refusal, close=True)
        except (_LineCut, ClientDisconnect):
            await self.locked(self._end, upload, "cut", None)
            return await _cut(request)
        except BaseException:
            await self.locked(self._end, upload, "cut", None)
            raise
        return await _cut(request) if "lose_answer" in faults else _xml(wire.receipt(receipt))

    def _begin(self, request: Request, order: UploadOrder) -> Upload:
        self._server.settle()
        body = self._server.body(request.path_params["body"])
        account = self._enter(body, request)
        accounts.require_role(account, {accounts.OFFICER})
        accounts.require_departments(body.settings, account, self._server.clock.today)
        upload = uploads.begin(body, order, self._server.clock.now)
        self._server.keep_clock()
        return upload

    async def _receive(
        self, request: Request, stream: AsyncIterator[bytes], upload: Upload, faults: dict[str, Fault]
    ) -> None:
        """Read the body to its end, or to where a fault cuts it."""
        cut = faults.get("cut")
        if "slow" in faults:
            _narrow(request)
        async for chunk in stream:
            left = len(chunk) if cut is None else cut.after_bytes - upload.sent
            if upload.take(chunk[:left], self._server.clock):
                await self.locked(upload.look_at_head)
            if cut is not None and upload.sent >= cut.after_bytes:
                raise _LineCut
            if self._server.time_to_keep():
                await self.locked(self._server.keep_upload, upload)
        if cut is not None:
            raise _LineCut

    def _finish(self, upload: Upload) -> uploads.Receipt:
        self._server.settle()
        receipt = uploads.finish(upload, self._server.clock)
        self._server.keep_clock()
        return receipt

    def _end(self, upload: Upload, outcome: str, refusal: Refusal | None) -> None:
        clock = self._server.clock
        if refusal is not None and refusal.violation is not None:
            upload.body.violate(clock.now, refusal.violation, f"upload by channel {upload.order.channel}")
        uploads.end(upload, clock, outcome, None if refusal is None else refusal.code)
        self._server.keep_clock()
        self._server.settle()

    def _refuse(self, request: Request, order: UploadOrder, refusal: Refusal, spilt: int) -> None:
        body = self._server.bodies.get(request.path_params["body"])
        if body is not None:
            self._count(body, refusal, request)
            uploads.refuse(body, order, self._server.clock, refusal, spilt)
            self._server.keep_clock()


def _order(request: Request, channel: int) -> UploadOrder:
    length = request.headers.get("content-length", "")
    try:
        user = accounts.basic_credentials(request.headers.get("authorization"))[0]
    except Refusal:
        user = ""
    key = request.headers.get("idempotency-key") if channel in {3, 4} else None
    kind = request.headers.get("x-registration", "")
    return UploadOrder(channel, kind, user, int(length) if length.isdigit() else None, key)


def _raise_status(faults: dict[str, Fault]) -> None:
    if "status" in faults:
        raise Refusal("unavailable", status_override=faults["status"].status)


async def _paced(stream: AsyncIterator[bytes], slow: Fault | None) -> AsyncIterator[bytes]:
    """Pass a body on as it comes or, on a slow line, in tenths of a second."""
    began, sent = time.monotonic(), 0
    async for chunk in stream:
        if slow is None:
            yield chunk
            continue
        size = max(1, int(slow.bytes_per_s / 10))
        for place in range(0, len(chunk), size):
            yield chunk[place : place + size]
            sent += size
            await asyncio.sleep(max(0.0, began + sent / slow.bytes_per_s - time.monotonic()))


async def _spill(stream: AsyncIterator[bytes]) -> int:
    """Read the rest of a refused body and throw it away; its bytes came over the wire all the same."""
    spilt = 0
    try:
        async with asyncio.timeout(_SPILL_S):
            async for chunk in stream:
                spilt += len(chunk)
    except (TimeoutError, ClientDisconnect):
        pass
    return spilt


def _xml(content: bytes, status: int = 200) -> Response:
    return Response(content, status, media_type=XML)


def _refused(refusal: Refusal, *, close: bool = False) -> Response:
    response = _xml(wire.fault(refusal), refusal.status)
    if refusal.status == 401:
        response.headers["www-authenticate"] = 'Basic realm="standin"'
    if close:
        response.headers["connection"] = "close"
    return response


async def _cut(request: Request) -> Response:
    """Reset the connection; the answer that is returned goes nowhere."""
    transport = request.scope.get("extensions", {}).get(TRANSPORT)
    if transport is not None:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await asyncio.sleep(0.01)
    return Response()


def _narrow(request: Request) -> None:
    """Keep a slow line from being hidden by large buffers."""
    transport = request.scope.get("extensions", {}).get(TRANSPORT)
    connection = None if transport is None else transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
