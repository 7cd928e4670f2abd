"""The upload itself: a stream with an exact length, and the four ways in which it can end.

The question that decides is whether the last byte was handed to the line. Before that the server cannot have the file;
after that it may have it, and only its answer tells.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import httpx

from fukuhon.errors import DataError, FukuhonError
from fukuhon.server import answers
from fukuhon.server.connection import Caller, Connection, refusal_in
from fukuhon.server.failures import AnswerLost, LineCut, ServerAway
from fukuhon.server.port import Progress, Receipt, Upload
from fukuhon.windows import Channel

__all__ = ["PATHS", "send"]

PATHS = {
    Channel.TERMINAL_SCHEDULED: "/terminal/scheduled/files",
    Channel.TERMINAL_IMMEDIATE: "/terminal/immediate/files",
    Channel.XML_LINKAGE: "/xml-linkage/files",  # IF_DBM_20113_R01
    Channel.WEB_SERVICE: "/web-service/files",  # IF_DBM_10111_R01
}
_KEYED = frozenset({Channel.XML_LINKAGE, Channel.WEB_SERVICE})
_CHUNK = 64 * 1024
_NEVER_REACHED = (httpx.ConnectError, httpx.ConnectTimeout)


@dataclass(slots=True)
class _Stream:
    """The file as chunks.

    ``sent`` counts a chunk when it is handed over, ``whole`` turns true when the last one was taken.
    """

    file: BinaryIO
    size: int
    progress: Progress
    sent: int = 0
    whole: bool = False

    def __iter__(self) -> Iterator[bytes]:
        while self.sent < self.size:
            chunk = self.file.read(min(_CHUNK, self.size - self.sent))
            if not chunk:  # shorter than it was: the line ends without its last byte, and the server takes nothing
                return
            self.sent += len(chunk)
            yield chunk
            self.progress(self.sent)
        self.whole = True


def send(connection: Connection, caller: Caller, upload: Upload, progress: Progress) -> Receipt:
    """Send a file and wait for its receipt.

    Raises ServerAway (SERVER-001) when nothing went on the wire, Refused (SERVER-1xx), LineCut (SERVER-020), AnswerLost
    (SERVER-021), and DataError (SERVER-022) when the file is not what the books say.
    """
    with _opened(upload) as file:
        stream = _Stream(file, upload.bytes, progress)
        try:
            with connection.client(caller) as client:
                answer = client.post(PATHS[upload.channel], content=stream, headers=_headers(upload))
        except _NEVER_REACHED as error:
            raise ServerAway("SERVER-001", url=connection.url, why=type(error).__name__) from None
        except (httpx.RequestError, OSError) as error:
            raise _broken(stream, type(error).__name__) from None
    return _receipt_in(answer, upload, stream)


def _opened(upload: Upload) -> BinaryIO:
    try:
        file = upload.path.open("rb")
    except OSError as error:
        raise DataError("SERVER-022", file=upload.path.name, why=type(error).__name__) from None
    if os.fstat(file.fileno()).st_size != upload.bytes:
        file.close()
        raise DataError("SERVER-022", file=upload.path.name, why="size")
    return file


def _headers(upload: Upload) -> dict[str, str]:
    headers = {
        "Content-Type": "application/xml; charset=utf-8",
        "Content-Length": str(upload.bytes),
        "X-Registration": upload.registration,
    }
    return headers | ({"Idempotency-Key": upload.key} if upload.channel in _KEYED else {})


def _broken(stream: _Stream, why: str) -> LineCut | AnswerLost:
    if stream.whole:
        return AnswerLost("SERVER-021", bytes_sent=stream.sent, why=why)
    return LineCut("SERVER-020", bytes_sent=stream.sent, bytes=stream.size, why=why)


def _receipt_in(answer: httpx.Response, upload: Upload, stream: _Stream) -> Receipt:
    if not answer.is_success:
        raise refusal_in(answer) or _broken(stream, f"HTTP {answer.status_code}")
    try:
        receipt = answers.receipt(answer.content)
    except FukuhonError as error:
        raise _broken(stream, error.code) from None
    if receipt.bytes != upload.bytes:
        raise _broken(stream, "bytes")
    return receipt
