from __future__ import annotations

from typing import Any


def test_same_question_within_ten_minutes_is_polling(start: Any) -> None:
    """Ten minutes later it is none; another user's question is another question (seed 2.3)."""
    server = start("2017-04-12 09:00")
    server.results("2017-04-12")
    server.results("2017-04-11", "2017-04-12")
    server.step("2017-04-12 09:10")
    server.results("2017-04-12")
    assert server.kinds() == []
    server.step("2017-04-12 09:19:59")
    server.results("2017-04-12")
    assert server.kinds() == ["polling"]


def test_one_receipt_is_looked_at_twice_a_day(start: Any, kit: Any) -> None:
    """The third look of a day is one too many, the next day's first is not."""
    server = start("2017-04-12 09:00")
    number = server.send(kit.make_file(1))
    for hour in (10, 11):
        server.step(f"2017-04-12 {hour}:00")
        server.detail(number)
    assert server.kinds() == []
    server.step("2017-04-12 12:00")
    server.detail(number)
    assert server.kinds() == ["polling"]
    server.step("2017-04-13 12:00")
    server.detail(number)
    assert server.kinds() == ["polling"]


def test_sixty_questions_a_day_are_enough(start: Any) -> None:
    """Readiness and search are counted apart, and the clock not at all."""
    server = start("2017-04-12 09:00")
    for day in range(60):
        server.results("2017-01-01", f"2017-03-{day % 30 + 1:02d}" if day < 30 else f"2017-05-{day - 29:02d}")
    for _ in range(5):
        server.call("GET", "/readiness", "kanri001")
        server.call("GET", "/records?addressee=000000000000001&spi=TM00000000000002")
        server.now()
    assert server.kinds() == []
    server.results("2017-04-12")
    assert server.kinds() == ["polling"]
    assert server.seen("traffic")["looks"] == {"query": 61, "readiness": 5, "search": 5}


def test_calls_outside_the_hours_are_counted_apart(start: Any, kit: Any) -> None:
    """The seed names the hours, not what happens outside: counted, and refused only where the set-up says so."""
    server = start("2017-04-12 03:30")
    server.results("2017-04-11")
    assert server.seen("traffic")["looks"] == {"query": 1, "outside_service": 1}
    server.patch(closed_outside_service=True)
    assert kit.code(server.call("GET", "/results?from=2017-04-10&to=2017-04-10")) == "unavailable"
    assert server.kinds() == []
