"""An upload ends in one of four ways, and which one is decided by what may have reached the server."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from fukuhon.errors import DataError
from fukuhon.server import AnswerLost, HttpServer, LineCut, Refused, ServerAway, Upload
from fukuhon.windows import Channel

SIZE = 3_000_000  # more than the buffers of a socket pair swallow
NS = 'xmlns="urn:fukuhon:answers:1"'


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    """A file of three megabytes on channel 3."""
    path = tmp_path / "a.xml"
    path.write_bytes(b"x" * SIZE)
    return Upload(path, SIZE, Channel.XML_LINKAGE, "initial", "attempt-1")


def receipt(size: int = SIZE) -> bytes:
    """An answer that acknowledges ``size`` bytes."""
    return (
        f'<Receipt {NS} number="0601201704120000000001" received="2017-04-12T09:00:01+09:00" bytes="{size}"/>'.encode()
    )


def fault(code: str) -> bytes:
    """An answer that refuses."""
    return f'<Fault {NS} code="{code}" message="いいえ"/>'.encode()


def test_a_file_travels_as_it_is_and_brings_its_receipt(
    tiny: Any, act: Any, server: HttpServer, upload: Upload
) -> None:
    """The bytes, the exact length, the account, the device, the kind and the key are what the server sees."""
    tiny.acts.append(act(receipt()))
    seen: list[int] = []
    got = server.upload(upload, seen.append)
    asked = tiny.asked[0]
    assert asked.line == "POST /bodies/992011/xml-linkage/files HTTP/1.1"
    assert asked.body == upload.path.read_bytes()
    assert asked.headers["content-length"] == str(SIZE)
    assert "transfer-encoding" not in asked.headers
    assert asked.headers["authorization"] == "Basic " + base64.b64encode(b"officer:pass").decode()
    assert (asked.headers["x-device"], asked.headers["x-registration"]) == ("T992011-01", "initial")
    assert asked.headers["idempotency-key"] == "attempt-1"
    assert seen == sorted(seen)
    assert seen[-1] == SIZE
    assert (got.number, got.bytes, got.replayed) == ("0601201704120000000001", SIZE, False)


@pytest.mark.parametrize(
    ("channel", "path", "keyed"),
    [
        (Channel.TERMINAL_SCHEDULED, "/terminal/scheduled/files", False),
        (Channel.TERMINAL_IMMEDIATE, "/terminal/immediate/files", False),
        (Channel.XML_LINKAGE, "/xml-linkage/files", True),
        (Channel.WEB_SERVICE, "/web-service/files", True),
    ],
)
def test_each_channel_has_its_way_and_only_the_systems_have_a_key(
    tiny: Any, act: Any, server: HttpServer, upload: Upload, *, channel: Channel, path: str, keyed: bool
) -> None:
    """The terminals know no idempotency key: there a doubt is settled by the list alone."""
    tiny.acts.append(act(receipt()))
    server.upload(Upload(upload.path, SIZE, channel, "differential", "k"))
    assert tiny.asked[0].line == f"POST /bodies/992011{path} HTTP/1.1"
    assert ("idempotency-key" in tiny.asked[0].headers) is keyed


def test_nobody_listens(tiny: Any, server: HttpServer, upload: Upload) -> None:
    """Without a connection nothing went on the wire, and the error says so by its class."""
    away = HttpServer(
        type(server.connection)("http://127.0.0.1:9", "992011", "T"), server.officer, server.administrator
    )
    with pytest.raises(ServerAway) as caught:
        away.upload(upload)
    assert caught.value.code == "SERVER-001"


def test_a_line_cut_in_the_middle_counts_its_bytes(tiny: Any, act: Any, server: HttpServer, upload: Upload) -> None:
    """Cut after 100,000 bytes: the server cannot have the file; at least those bytes are spent, and not all."""
    tiny.acts.append(act(read=100_000, reset=True, small_buffer=True))
    with pytest.raises(LineCut) as caught:
        server.upload(upload)
    assert 100_000 <= caught.value.bytes_sent < SIZE


def test_an_answer_that_never_comes_is_a_doubt(tiny: Any, act: Any, server: HttpServer, upload: Upload) -> None:
    """All was taken, then the line went silent: nobody knows, so it is not called failed."""
    tiny.acts.append(act())
    with pytest.raises(AnswerLost) as caught:
        server.upload(upload)
    assert caught.value.bytes_sent == SIZE


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>proxy</html>",
        b'<!DOCTYPE Receipt [<!ENTITY a "b">]>' + receipt(),
        receipt(SIZE - 1),
        fault("busy"),
        b"",
    ],
)
def test_an_answer_that_is_no_receipt_is_a_doubt(
    tiny: Any, act: Any, server: HttpServer, upload: Upload, answer: bytes
) -> None:
    """After the last byte only a receipt for all bytes, or a refusal with its status, tells what became of the file."""
    tiny.acts.append(act(answer, status="201 Created"))
    with pytest.raises(AnswerLost):
        server.upload(upload)


def test_a_bare_500_after_the_last_byte_is_a_doubt(tiny: Any, act: Any, server: HttpServer, upload: Upload) -> None:
    """A status without a fault of the contract may be a proxy's: the server behind it may have taken the file."""
    tiny.acts.append(act(b"oops", status="500 Internal Server Error"))
    with pytest.raises(AnswerLost):
        server.upload(upload)


@pytest.mark.parametrize("code", ["busy", "outside_window", "over_volume", "something_new"])
def test_a_refusal_is_told_with_its_code(tiny: Any, act: Any, server: HttpServer, upload: Upload, code: str) -> None:
    """A fault means that nothing was taken; busy passes by itself, the others do not."""
    tiny.acts.append(act(fault(code), status="409 Conflict"))
    with pytest.raises(Refused) as caught:
        server.upload(upload)
    assert caught.value.fault == code
    assert caught.value.passing is (code == "busy")
    assert caught.value.next_step


def test_a_refusal_before_the_body_was_read_is_heard(tiny: Any, act: Any, server: HttpServer, upload: Upload) -> None:
    """A server that answers early and stops reading has refused; that is no cut line."""
    tiny.acts.append(act(fault("outside_window"), status="409 Conflict", read=1000))
    with pytest.raises((Refused, LineCut)) as caught:
        server.upload(upload)
    assert not isinstance(caught.value, AnswerLost)


def test_a_file_that_is_not_what_the_books_say_is_not_sent(tiny: Any, server: HttpServer, upload: Upload) -> None:
    """Grown, shrunk or gone: refused before a connection is made."""
    upload.path.write_bytes(b"y" * (SIZE - 1))
    with pytest.raises(DataError) as caught:
        server.upload(upload)
    assert caught.value.code == "SERVER-022"
    upload.path.unlink()
    with pytest.raises(DataError):
        server.upload(upload)
    assert tiny.asked == []


def test_a_password_is_never_shown(server: HttpServer) -> None:
    """Neither by repr nor by str."""
    assert "pass" not in repr(server)
