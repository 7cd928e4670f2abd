from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

BELOW = "/bodies/992011"


def fault(server: Any, **row: Any) -> None:
    """Ask for a fault."""
    server.control("POST", "/control/faults", row)


def in_pieces(content: bytes, *, wait: float = 0.0, size: int = 1 << 16) -> Iterator[bytes]:
    """Send slowly."""
    for place in range(0, len(content), size):
        yield content[place : place + size]
        time.sleep(wait)


def test_bytes_move_the_clock(start: Any, kit: Any) -> None:
    """Bytes received divided by the line's rate, to the byte, and nothing else (DESIGN 3.11)."""
    content = kit.make_file(1000)
    server = start("2017-04-12 09:00", line_bytes_per_s=len(content) / 60)
    server.send(content, "initial")
    assert server.now() == "2017-04-12T09:01:00+09:00"
    (upload,) = server.seen("traffic")["uploads"]
    assert upload["started"] == "2017-04-12T09:00:00+09:00"
    assert upload["ended"] == "2017-04-12T09:01:00+09:00"
    assert upload["sha256"] == hashlib.sha256(content).hexdigest()
    assert upload["bytes"] == upload["expected"] == len(content)


def test_cut_line_leaves_an_attempt_and_its_bytes(start: Any, kit: Any) -> None:
    """The connection is reset after exactly so many bytes; they are spent, and the file goes again."""
    content = kit.make_file(1000)
    server = start()
    fault(server, kind="cut", after_bytes=10_000, path="/xml-linkage")
    with pytest.raises(httpx.TransportError):
        server.upload(content, "initial")
    server.send(content, "initial")
    cut, whole = server.seen("traffic")["uploads"]
    assert (cut["bytes"], cut["outcome"], cut["receipt"]) == (10_000, "cut", None)
    assert whole["outcome"] == "received"
    assert 'vpn_cuts_today="1"' in server.call("GET", "/readiness", "kanri001").text


def test_lost_answer_leaves_a_receipt(start: Any, kit: Any) -> None:
    """The file is taken, the client does not know: it finds it in the list."""
    server = start()
    fault(server, kind="lose_answer")
    with pytest.raises(httpx.TransportError):
        server.upload(kit.make_file(1))
    (row,) = server.results("2017-04-12")
    assert (row["status"], row["requester"]) == ("処理待ち", "gyomu001")


def test_status_out_of_the_blue(start: Any, kit: Any) -> None:
    """As many times as asked for, on the path asked for; nothing is taken."""
    server = start()
    fault(server, kind="status", status=500, times=2, path=f"{BELOW}/xml-linkage")
    assert server.results("2017-04-12") == []
    assert [server.upload(kit.make_file(1)).status_code for _ in range(3)] == [500, 500, 200]
    fault(server, kind="status", status=502)
    assert server.call("GET", "/readiness", "kanri001").status_code == 502


def test_second_upload_at_once_is_refused_and_seen(start: Any, kit: Any) -> None:
    """One file at a time over the whole body, whatever the channel; and the clock cannot be stepped meanwhile."""
    content = kit.make_file(5000)
    server = start()
    fault(server, kind="slow", bytes_per_s=len(content), path="/xml-linkage")
    first: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: first.append(server.upload(in_pieces(content), "initial")))
    thread.start()
    while not server.seen("traffic")["uploads"]:
        time.sleep(0.01)
    assert kit.code(server.upload(kit.make_file(1), "initial", 1)) == "busy"
    assert server.http.post("/control/step", json={"to": kit.instant("2017-04-12 10:00")}).status_code == 409
    assert server.seen("traffic")["uploads"][0]["outcome"] == "under_way"
    thread.join()
    assert first[0].status_code == 200
    assert server.kinds() == ["two_at_once"]
    traffic = server.seen("traffic")
    assert (traffic["connections"], traffic["max_at_once"]) == (2, 2)
    server.step("2017-04-12 10:00")


def test_client_that_goes_away_is_a_cut(start: Any, kit: Any) -> None:
    """A client that dies in the middle leaves a cut, and room for the next."""

    def half() -> Iterator[bytes]:
        yield kit.make_file(1000)[:50_000]
        raise OSError

    server = start()
    with pytest.raises(OSError):
        server.upload(half(), "initial")
    while server.seen("traffic")["uploads"][0]["outcome"] == "under_way":
        time.sleep(0.01)
    (upload,) = server.seen("traffic")["uploads"]
    assert upload["outcome"] == "cut"
    server.send(kit.make_file(1), "initial")


def test_large_upload_is_taken_fast_and_without_memory(start: Any, kit: Any) -> None:
    """The body goes to disk as it comes."""
    server = start("2017-04-12 09:00")
    head = kit.make_file(1)[:-7]
    began = time.monotonic()
    server.send(iter([head, *[b" " * (1 << 20)] * 64, b"</File>"]), "initial")
    assert time.monotonic() - began < 20
    assert server.seen("traffic")["uploads"][0]["bytes"] > 64 << 20
