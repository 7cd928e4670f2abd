from __future__ import annotations

from pathlib import Path
from typing import Any


def test_everything_survives_a_restart(kit: Any, tmp_path: Path) -> None:
    """Clock, set-up, files that wait, a night half done, records, numbers and violations."""
    batch = {"records_per_s": 1, "gap_s": 60}
    with kit.standin(tmp_path, "2017-04-12 09:00", batch=batch) as server:
        numbers = [server.send(kit.make_file(60), "initial") for _ in range(3)]
        server.upload(kit.make_file(6))
        assert kit.code(server.call("GET", "/readiness")) == "wrong_role"
        server.step("2017-04-12 22:02:30")
        before = {what: server.seen(what) for what in ("violations", "traffic", "held", "files")}
        now = server.now()
    with kit.running(tmp_path) as address:
        server = kit.Standin(address)
        assert server.now() == now
        assert {what: server.seen(what) for what in before} == before
        assert [server.file(one)["state"] for one in numbers] == ["done", "running", "planned"]
        server.step("2017-04-13 09:00")
        assert [server.file(one)["completed"] for one in numbers] == [
            f"2017-04-12T22:0{minute}:00+09:00" for minute in (1, 3, 5)
        ]
        assert server.send(kit.make_file(1)) == "0601201704130000000001"
        server.http.close()


def test_steps_do_what_is_due_in_order_however_they_are_cut(kit: Any, tmp_path: Path) -> None:
    """One long step and many short ones end in the same state."""

    def run(folder: Path, stops: list[str]) -> Any:
        batch = {"records_per_s": 1, "gap_s": 60, "capacity_per_night": 70}
        with kit.standin(folder, "2017-04-12 09:00", batch=batch) as server:
            server.send(kit.make_file([kit.record(n, PublishedTo="2017-04-13") for n in range(1, 41)]), "initial")
            server.send(kit.make_file(60), "initial")
            server.send(kit.deletion(1, 2, 99), "initial")
            for stop in stops:
                server.step(stop)
            return [server.seen(what) for what in ("held", "files", "expired")]

    short = [f"2017-04-{day} {hour:02d}:{minute:02d}" for day in (13, 14) for hour in (0, 9, 22) for minute in (0, 1)]
    assert run(tmp_path / "a", ["2017-04-16 00:00"]) == run(tmp_path / "b", [*short, "2017-04-16 00:00"])
