from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET


def test_search_finds_a_persons_records_and_their_details(start: Any, kit: Any) -> None:
    """SC_DBM_0202 shows no items, SC_DBM_0203 shows them as they were sent."""
    server = start("2017-04-12 09:00")
    one = kit.record(1, {"I0210": "2016-08-01"}, PublishedFrom="2016-07-01", PublishedTo="2021-03-31")
    server.send(kit.make_file([one, kit.record(2)]))
    server.step("2017-04-13 08:00")
    person = f"addressee={1:015d}&spi={kit.SPI}"
    (found,) = ET.fromstring(server.call("GET", f"/records?{person}").content)
    assert [child.tag.split("}")[1] for child in found] == [
        "Addressee",
        "Key",
        "PublishedFrom",
        "PublishedTo",
        "Registered",
    ]
    assert len(ET.fromstring(server.call("GET", f"/records?{person}&dataset={kit.LEVY}").content)) == 0
    detail = server.call("GET", f"/records/detail?{person}&dataset={kit.NOTICE}&key={1:010d}")
    items = ET.fromstring(detail.content)[0][-1]
    assert {child.tag.split("}")[1]: child.text for child in items} == {**kit.ITEMS, "I0210": "2016-08-01"}


def test_search_matches_exactly(start: Any, kit: Any) -> None:
    """完全一致: a key that differs in one character is another key."""
    server = start("2017-04-12 09:00")
    server.send(kit.make_file([kit.record(1, Key="ABCDEFGHI1")]))
    server.step("2017-04-13 08:00")
    path = f"/records/detail?addressee={1:015d}&spi={kit.SPI}&dataset={kit.NOTICE}&key="
    assert server.call("GET", f"{path}ABCDEFGHI1").status_code == 200
    assert kit.code(server.call("GET", f"{path}abcdefghi1")) == "not_found"
    assert kit.code(server.call("GET", f"/records?addressee=1&spi={kit.SPI}")) == "bad_request"


def test_results_are_newest_first_and_by_days_of_receipt(start: Any, kit: Any) -> None:
    """Both days are included; numbers run on within a day and begin anew on the next."""
    server = start("2017-04-10 23:59")
    first = server.send(kit.make_file(1))
    server.step("2017-04-11 08:00")
    second, third = server.send(kit.make_file(1)), server.send(kit.make_file(1))
    assert (first, second, third) == tuple(
        f"060120170{day}000000000{n}" for day, n in (("410", 1), ("411", 1), ("411", 2))
    )
    assert [row["number"] for row in server.results("2017-04-10", "2017-04-11")] == [third, second, first]
    assert [row["number"] for row in server.results("2017-04-10")] == [first]
    assert server.results("2017-04-10", "2017-04-10", "kanri001")[0]["received"] == "2017-04-10T23:59+09:00"
    assert kit.code(server.call("GET", "/results?from=2017-04-31&to=2017-05-01")) == "bad_request"
    assert kit.code(server.call("GET", "/results/0601201704110000000009")) == "not_found"
