from __future__ import annotations

from typing import Any


def waiting(server: Any, *numbers: str) -> list[str | None]:
    """To which day files are put off, None for those that are done."""
    return [server.file(number)["slipped_to"] for number in numbers]


def test_file_waits_for_the_night(start: Any, kit: Any) -> None:
    """定時: nothing happens before the batch, and each record is registered at its own second of it."""
    server = start("2017-04-12 09:00")
    number = server.send(kit.make_file(90), "initial")
    server.step("2017-04-12 22:01")
    assert server.detail(number)[0]["status"] == "処理待ち"
    assert server.seen("held") == {}
    server.step("2017-04-12 22:02")
    facts, errors = server.detail(number)
    assert facts["completed"] == "2017-04-12T22:01:30+09:00"
    assert (facts["status"], facts["processed"], facts["errors"], errors) == ("処理完了", "90", "0", [])
    rows = [server.call("GET", f"/records?addressee={n:015d}&spi={kit.SPI}").text for n in (1, 59, 60, 90)]
    assert [text.split("<Registered>")[1][11:19] for text in rows] == ["22:00:01", "22:00:59", "22:01:00", "22:01:30"]


def test_files_go_over_several_nights(start: Any, kit: Any) -> None:
    """A night takes so many records, first come first served; the rest stays 処理待ち, and a giant goes alone."""
    server = start("2017-04-12 09:00", batch={"records_per_s": 1, "gap_s": 60, "capacity_per_night": 100})
    numbers = [server.send(kit.make_file(n), "initial") for n in (60, 60, 10, 300)]
    server.step("2017-04-13 08:00")
    assert waiting(server, *numbers) == [None, "2017-04-13", "2017-04-13", "2017-04-13"]
    assert server.detail(numbers[1])[0] == {
        "number": numbers[1],
        "status": "処理待ち",
        "processed": "0",
        "errors": "0",
        "slipped_to": "2017-04-13",
    }
    server.step("2017-04-14 08:00")
    assert waiting(server, *numbers) == [None, None, None, "2017-04-14"]
    assert server.file(numbers[2])["completed"] == "2017-04-13T22:02:10+09:00"
    server.step("2017-04-15 08:00")
    assert server.file(numbers[3])["completed"] == "2017-04-14T22:05:00+09:00"


def test_no_file_begins_that_would_pass_the_nights_end(start: Any, kit: Any) -> None:
    """Three minutes of night hold one file of two minutes, not two."""
    server = start("2017-04-12 09:00", batch={"records_per_s": 1, "gap_s": 0, "start": "22:00", "end": "22:03"})
    numbers = [server.send(kit.make_file(120), "initial") for _ in range(2)]
    server.step("2017-04-13 08:00")
    assert waiting(server, *numbers) == [None, "2017-04-13"]


def test_batch_slips_over_the_test_mode(start: Any, kit: Any) -> None:
    """What the night of 5/14 does not take waits for the next night of 通常実行モード, after the 26th."""
    server = start("2017-05-14 10:00", batch={"records_per_s": 1, "capacity_per_night": 5})
    numbers = [server.send(kit.make_file(5)) for _ in range(2)]
    server.step("2017-05-26 23:59")
    assert waiting(server, *numbers) == [None, "2017-05-27"]
    server.step("2017-05-28 08:00")
    assert server.file(numbers[1])["completed"] == "2017-05-27T22:00:05+09:00"


def test_night_ends_where_the_mode_does(start: Any, kit: Any) -> None:
    """A file that has begun ends; none begins in 総合運用テスト."""
    server = start("2017-05-14 10:00", batch={"records_per_s": 0.04, "gap_s": 0, "start": "23:58"})
    numbers = [server.send(kit.make_file(5)) for _ in range(2)]
    server.step("2017-05-16 08:00")
    assert server.file(numbers[0])["completed"] == "2017-05-15T00:00:05+09:00"
    assert waiting(server, *numbers) == [None, "2017-05-27"]


def test_registration_overwrites_and_deletion_deletes(start: Any, kit: Any) -> None:
    """上書き keeps one record; a deletion of what is not held is an error of its record (seed 1.4.2, 1.3.1)."""
    server = start("2017-04-12 09:00")
    number = [
        server.send(kit.make_file(3)),
        server.send(kit.make_file([kit.record(3, {"I0205": "999"}), kit.record(4)])),
        server.send(kit.deletion(1, 9, 2)),
    ]
    server.step("2017-04-13 08:00")
    added, overwritten, deleted = (
        [server.file(one)[name] for one in number] for name in ("added", "overwritten", "deleted")
    )
    assert (added, overwritten, deleted) == ([3, 1, 0], [0, 1, 0], [0, 0, 2])
    assert server.seen("held") == {kit.NOTICE: 2}
    facts, errors = server.detail(number[2])
    assert (facts["status"], facts["processed"], facts["errors"], errors) == ("処理完了", "3", "1", [(2, "E110")])
    detail = f"/records/detail?addressee={3:015d}&spi={kit.SPI}&dataset={kit.NOTICE}&key={3:010d}"
    assert "<I0205>999</I0205>" in server.call("GET", detail).text


def test_record_expires_after_its_last_day(start: Any, kit: Any) -> None:
    """公開終了日 is the last day on which it is held (seed 1.3.1)."""
    server = start("2017-04-12 09:00")
    server.send(
        kit.make_file([kit.record(1, PublishedTo="2017-04-20"), kit.record(2, PublishedTo="2017-04-21"), kit.record(3)])
    )
    server.step("2017-04-20 23:59")
    assert server.seen("held") == {kit.NOTICE: 3}
    server.step("2017-04-21 00:00")
    assert server.seen("held") == {kit.NOTICE: 2}
    server.step("2017-12-31 00:00")
    assert server.seen("held") == {kit.NOTICE: 1}
    assert [(one["day"], one["records"]) for one in server.seen("expired")] == [("2017-04-21", 1), ("2017-04-22", 1)]


def test_immediate_runs_by_its_own_rate(start: Any, kit: Any) -> None:
    """即時: processed from its receipt on; another one meanwhile errs and can be sent again (seed 1.5.4 D)."""
    server = start("2017-04-12 09:00", immediate_records_per_s=1)
    number = server.send(kit.make_file(60), "initial", 4)
    assert kit.code(server.upload(kit.make_file(1), "initial", 2)) == "conflict"
    server.step("2017-04-12 09:01")
    server.send(kit.make_file(1), "initial", 2)
    assert server.detail(number)[0]["completed"] == "2017-04-12T09:01:00+09:00"
    assert server.kinds() == []


def test_immediate_during_the_nights_batch_breaks_a_rule(start: Any, kit: Any) -> None:
    """No immediate before the day's scheduled processing has ended (seed 1.5.2): counted, and the batch suffers."""
    server = start("2017-04-12 09:00", batch={"records_per_s": 1, "gap_s": 300, "start": "10:00", "end": "12:00"})
    first, second = (server.send(kit.make_file(60), "initial") for _ in range(2))
    server.step("2017-04-12 10:00")
    assert kit.code(server.upload(kit.make_file(1), "initial", 4)) == "conflict"
    server.step("2017-04-12 10:03")
    server.send(kit.make_file(1), "initial", 4)
    assert server.kinds() == ["outside_window", "outside_window"]
    assert waiting(server, first, second) == [None, "2017-04-13"]


def test_whole_file_errors(start: Any, kit: Any) -> None:
    """処理エラー with 0 and 0: nothing of the file is registered, its detail says why."""
    good = kit.make_file(3)
    server = start("2017-04-12 09:00")
    number = [
        server.send(one)
        for one in (
            kit.make_file(3, layout="2099.1"),
            kit.make_file(3, spi="TM00000000000003"),
            kit.make_file(3, records="4"),
            good.replace(b"</Record></File>", b"</Record>"),
            good.replace(b"<Key>0000000002</Key>", b""),
            good.replace(b"<Key>0000000002</Key>", b"<Key>0000000002</Key><Name/>"),
        )
    ]
    server.step("2017-04-13 08:00")
    details = [server.detail(one) for one in number]
    assert {(facts["status"], facts["processed"], facts["errors"]) for facts, _ in details} == {
        ("処理エラー", "0", "0")
    }
    assert [errors for _, errors in details] == [
        [(1, "W101")],
        [(1, "W103")],
        [(3, "W202")],
        [(4, "W201")],
        [(2, "W201")],
        [(2, "W201")],
    ]
    assert server.seen("held") == {}


def test_person_without_a_code_is_an_error_record(start: Any, kit: Any) -> None:
    """符号が未取得: the record waits for the person's 符号."""
    server = start("2017-04-12 09:00", without_code=[f"{2:015d}"])
    number = server.send(kit.make_file(3))
    server.step("2017-04-13 08:00")
    assert server.detail(number)[1] == [(2, "E111")]
    assert server.seen("held") == {kit.NOTICE: 2}
