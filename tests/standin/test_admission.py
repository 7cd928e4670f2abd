from __future__ import annotations

from typing import Any

import pytest


def test_initial_registration_keeps_to_its_window(start: Any, kit: Any) -> None:
    """Half-open: the first instant is in, the last is not (seed 1.4.1)."""
    server = start("2017-04-12 08:59")
    assert kit.code(server.upload(kit.make_file(1), "initial")) == "outside_window"
    server.step("2017-04-12 09:00")
    server.send(kit.make_file(1), "initial")
    server.step("2017-04-12 12:00")
    assert kit.code(server.upload(kit.make_file(1), "initial")) == "outside_window"
    assert server.kinds() == ["outside_window", "outside_window"]


def test_upload_that_runs_past_its_window_is_counted(start: Any, kit: Any) -> None:
    """It cannot be interrupted, so it is taken; but the line was used outside the window."""
    content = kit.make_file(100)
    server = start("2017-04-12 11:59", line_bytes_per_s=len(content) / 120)
    server.send(content, "initial")
    assert server.now() == "2017-04-12T12:01:00+09:00"
    assert server.kinds() == ["outside_window"]


def test_volume_stays_strictly_below_the_allotment(start: Any, kit: Any) -> None:
    """割り当てたデータ量以上 is barred: a file that would reach the volume is refused before it is taken."""
    content = kit.make_file(10)
    allotment = {"days": ["2017-04-12", "2017-04-13"], "from": "09:00", "to": "12:00", "bytes": 2 * len(content)}
    server = start("2017-04-12 09:00", allotments=[allotment])
    server.send(content, "initial")
    assert kit.code(server.upload(content, "initial")) == "over_volume"
    server.patch(allotments=[{**allotment, "bytes": 3 * len(content) + 1}])
    server.send(content, "initial")
    server.step("2017-04-13 09:00")
    assert kit.code(server.upload(content, "initial")) == "over_volume"
    assert server.kinds() == ["over_volume", "over_volume"]


def test_volume_without_a_length_is_counted_as_it_comes(start: Any, kit: Any) -> None:
    """A body in pieces is refused at the byte that reaches the volume; what came counts, to the last byte."""
    content = kit.make_file(100)
    allotment = {"days": ["2017-04-12"], "from": "09:00", "to": "12:00", "bytes": len(content)}
    server = start("2017-04-12 09:00", allotments=[allotment])
    assert kit.code(server.upload(iter([content[:5000], content[5000:]]), "initial")) == "over_volume"
    (upload,) = server.seen("traffic")["uploads"]
    assert (upload["bytes"], upload["outcome"], upload["fault"]) == (len(content), "refused", "over_volume")
    assert kit.code(server.upload(kit.make_file(1), "initial")) == "over_volume"


def test_pretest_is_small_and_needs_no_allotment(start: Any, kit: Any) -> None:
    """数件程度, on any day in 通常実行モード while the server serves (seed 1.4.2)."""
    server = start("2017-04-04 10:00")
    server.send(kit.make_file(5))
    assert kit.code(server.upload(kit.make_file(6))) == "too_many_records"
    server.step("2017-04-08 08:30")
    assert kit.code(server.upload(kit.make_file(1))) == "outside_window"


@pytest.mark.parametrize("kind", ["pretest", "initial", "differential"])
def test_nothing_is_registered_in_the_test_mode(start: Any, kit: Any, kind: str) -> None:
    """5/15 to 5/26 for all bodies (seed 1.3.2)."""
    server = start(
        "2017-05-15 10:00", allotments=[{"days": ["2017-05-15"], "from": "09:00", "to": "12:00", "bytes": 9999}]
    )
    assert kit.code(server.upload(kit.make_file(1), kind)) == "wrong_mode"
    assert server.kinds() == ["wrong_mode"]


def test_mode_by_application(start: Any, kit: Any) -> None:
    """In April only the bodies that applied are in the test mode."""
    server = start("2017-04-11 10:00", modes={"applied": [{"from": "2017-04-10", "to": "2017-04-11"}]})
    assert kit.code(server.upload(kit.make_file(1))) == "wrong_mode"
    server.step("2017-04-12 10:00")
    server.send(kit.make_file(1))


def complete(server: Any, kit: Any, records: int) -> None:
    """Register so many records on 4/12 and declare 初期登録 complete on the 14th."""
    server.send(kit.make_file(records), "initial")
    server.step("2017-04-14 10:00")
    server.control("POST", f"/control/bodies/{kit.BODY}/initial_complete")


def test_differential_needs_a_complete_initial_registration(start: Any, kit: Any) -> None:
    """Seed 1.5.1, first item; and files that still wait are not complete."""
    server = start("2017-04-12 09:00")
    assert kit.code(server.upload(kit.make_file(1), "differential")) == "over_cap"
    server.send(kit.make_file(20), "initial")
    answer = server.http.post(f"/control/bodies/{kit.BODY}/initial_complete")
    assert answer.status_code == 409


def test_daily_cap_is_five_percent_and_equality_is_allowed(start: Any, kit: Any) -> None:
    """Registrations and deletions count alike; the next day begins anew (seed 1.5.1)."""
    server = start("2017-04-12 09:00")
    complete(server, kit, 100)
    server.send(kit.make_file(3), "differential")
    assert kit.code(server.upload(kit.make_file(3), "differential")) == "over_cap"
    server.send(kit.deletion(1, 2), "differential")
    assert kit.code(server.upload(kit.deletion(3), "differential")) == "over_cap"
    server.send(kit.make_file(5), "pretest")
    server.step("2017-04-15 09:00")
    server.send(kit.make_file(5), "differential")
    assert server.kinds() == ["over_cap", "over_cap"]


def test_more_goes_on_a_day_that_was_coordinated(start: Any, kit: Any) -> None:
    """Seed 2.1.1: up to what was agreed for that day, and not on the next."""
    server = start("2017-04-12 09:00")
    complete(server, kit, 100)
    agreed = {"coordinated": [{"days": ["2017-04-14"], "records": 8}]}
    server.control("PATCH", f"/control/bodies/{kit.BODY}", agreed)
    server.send(kit.make_file(8), "differential")
    assert kit.code(server.upload(kit.make_file(1), "differential")) == "over_cap"
    server.step("2017-04-15 09:00")
    assert kit.code(server.upload(kit.make_file(6), "differential")) == "over_cap"
    server.send(kit.make_file(5), "differential")


def test_differential_keeps_to_its_channels_hours(start: Any, kit: Any) -> None:
    """定時 8 to 24, 即時 13 to 21 (seed 1.5.2)."""
    server = start("2017-04-12 09:00")
    complete(server, kit, 100)
    assert kit.code(server.upload(kit.make_file(1), "differential", 4)) == "outside_window"
    server.step("2017-04-14 13:00")
    server.send(kit.make_file(1), "differential", 4)
    server.step("2017-04-14 21:00")
    assert kit.code(server.upload(kit.make_file(1), "differential", 4)) == "outside_window"
    server.send(kit.make_file(1), "differential", 3)
    server.step("2017-04-15 00:00")
    assert kit.code(server.upload(kit.make_file(1), "differential", 3)) == "outside_window"


def test_same_key_is_answered_by_the_first_receipt(start: Any, kit: Any) -> None:
    """Same bytes: replayed, even where the day's cap is spent. Other bytes: refused. The terminal has no keys."""
    server = start("2017-04-12 09:00")
    complete(server, kit, 20)
    key = {"Idempotency-Key": "a"}
    first = server.send(kit.make_file(1), "differential", headers=key)
    again = server.upload(kit.make_file(1), "differential", headers=key)
    assert 'replayed="true"' in again.text
    assert first in again.text
    other = kit.make_file([kit.record(7)])
    assert kit.code(server.upload(other, "differential", headers=key)) == "key_reused"
    assert kit.code(server.upload(kit.make_file(2), "differential", headers=key)) == "key_reused"
    assert [one["outcome"] for one in server.seen("traffic")["uploads"]][1:] == [
        "received",
        "replayed",
        "refused",
        "refused",
    ]
    assert len(server.seen("files")) == 2
    assert server.send(kit.make_file(1), headers=key, channel=1) != first


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"", {}),
        (b"no xml", {}),
        (b'<?xml version="1.0"?><!DOCTYPE File [<!ENTITY a "b">]><File xmlns="urn:fukuhon:file:1"/>', {}),
        (b'<File xmlns="urn:fukuhon:file:1" body="992011"/>', {}),
        (b"<" + b"a" * 100_000, {}),
    ],
)
def test_file_without_a_readable_head_is_refused(start: Any, kit: Any, content: bytes, headers: Any) -> None:
    """No DTD, no entities, nothing that is not our envelope."""
    server = start()
    assert kit.code(server.upload(content, headers=headers)) == "bad_file"
    assert server.seen("files") == []
    server.send(kit.make_file(1))


def test_other_bodies_files_and_kinds_are_refused(start: Any, kit: Any) -> None:
    """The head's body is the path's, and the kind is one of three."""
    server = start()
    assert kit.code(server.upload(kit.make_file(1, body="011002"))) == "bad_file"
    assert kit.code(server.upload(kit.make_file(1), "everything")) == "bad_request"
    server.patch(records_per_file=3)
    assert kit.code(server.upload(kit.make_file(4), "initial")) == "too_many_records"


def test_stopped_service_takes_nothing(start: Any, kit: Any) -> None:
    """Stops are announced (seed 5.1.5)."""
    server = start(
        "2017-04-12 09:00", closures=[{"from": kit.instant("2017-04-12 09:00"), "to": kit.instant("2017-04-12 10:00")}]
    )
    assert kit.code(server.upload(kit.make_file(1))) == "unavailable"
    server.step("2017-04-12 10:00")
    server.send(kit.make_file(1))
