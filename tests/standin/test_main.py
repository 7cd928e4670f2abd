from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Any]:
    """Start the console script's process on the folder, and tell its address."""
    processes: list[subprocess.Popen[bytes]] = []

    def start() -> tuple[subprocess.Popen[bytes], str]:
        port = tmp_path / "port"
        port.unlink(missing_ok=True)
        command = [sys.executable, "-m", "standin.main", "--data", str(tmp_path / "data"), "--port-file", str(port)]
        path = str(Path(__file__).parents[2] / "include")
        process = subprocess.Popen(
            [*command, "--start", "2017-04-12T09:00:00+09:00"], env={**os.environ, "PYTHONPATH": path}
        )
        processes.append(process)
        until = time.monotonic() + 60
        while not port.exists() and time.monotonic() < until:
            time.sleep(0.02)
        return process, f"http://127.0.0.1:{int(port.read_text())}"

    yield start
    for process in processes:
        process.kill()
        process.wait()


def test_process_ends_in_order(launch: Any, kit: Any, tmp_path: Path) -> None:
    """SIGTERM ends it with 0; the folder is its owner's alone."""
    process, address = launch()
    server = kit.Standin(address)
    server.put()
    server.http.close()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    assert (tmp_path / "data" / "server.sqlite").stat().st_mode & 0o077 == 0


@pytest.mark.deep
def test_kill_during_an_upload_leaves_a_cut(launch: Any, kit: Any, tmp_path: Path) -> None:
    """kill −9 in the middle: the attempt is a cut with the bytes that were kept, nothing half is registered."""
    process, address = launch()
    server = kit.Standin(address)
    content = kit.make_file(2000)
    server.put(line_bytes_per_s=10_000)
    server.control("POST", "/control/faults", {"kind": "slow", "bytes_per_s": len(content) / 20})
    lost: list[Exception] = []

    def send() -> None:
        pieces = (content[place : place + 1000] for place in range(0, len(content), 1000))
        try:
            server.upload(pieces, "initial")
        except httpx.TransportError as error:
            lost.append(error)

    thread = threading.Thread(target=send)
    thread.start()
    time.sleep(2)
    process.kill()
    process.wait()
    thread.join()
    server.http.close()
    assert lost
    _, address = launch()
    server = kit.Standin(address)
    (upload,) = server.seen("traffic")["uploads"]
    assert upload["outcome"] == "cut"
    assert 0 < upload["bytes"] < len(content)
    assert server.now() > "2017-04-12T09:00:00"
    assert list((tmp_path / "data" / "bodies" / kit.BODY / "incoming").iterdir()) == []
    server.send(content, "initial")
    server.step("2017-04-13 09:00")
    assert server.seen("held") == {kit.NOTICE: 2000}
    server.http.close()


@pytest.mark.deep
def test_kill_during_a_step_is_made_good(launch: Any, kit: Any) -> None:
    """kill −9 while a night is processed: the file is registered once, whole, at the instants it would have been."""
    process, address = launch()
    server = kit.Standin(address)
    server.put(batch={"records_per_s": 100, "gap_s": 0})
    for _ in range(3):
        server.send(kit.make_file(20_000), "initial")

    def step() -> None:
        try:
            server.step("2017-04-13 09:00")
        except httpx.TransportError:
            return

    thread = threading.Thread(target=step)
    thread.start()
    time.sleep(0.4)
    process.kill()
    process.wait()
    thread.join()
    server.http.close()
    _, address = launch()
    server = kit.Standin(address)
    server.step("2017-04-13 09:00")
    assert server.seen("held") == {kit.NOTICE: 20_000}
    assert [row["completed"] for row in server.seen("files")] == [
        "2017-04-12T22:03:20+09:00",
        "2017-04-12T22:06:40+09:00",
        "2017-04-12T22:10:00+09:00",
    ]
    assert [(row["added"], row["overwritten"]) for row in server.seen("files")] == [
        (20_000, 0),
        (0, 20_000),
        (0, 20_000),
    ]
    server.http.close()
