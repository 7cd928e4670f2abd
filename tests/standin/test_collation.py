from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standin.clock import JST
from standin.collation import Ask, Processing, Step, judge, phase_on

NIGHT = "2017-04-12T22:00+09:00"
REQUESTER = Step("a", frozenset({"9000000004"}))
MANAGER = Step("b", frozenset({"9000000005"}))


def request(kit: Any, **fields: str | None) -> bytes:
    """A request for one minute and one key, unless a test says otherwise."""
    values = {
        "spi": kit.SPI,
        "dataset": kit.NOTICE,
        "key": f"{1:010d}",
        "user": "totsu001",
        "from": NIGHT,
        "to": NIGHT,
        **{name.rstrip("_"): value for name, value in fields.items()},
    }
    shown = "".join(f' {name}="{value}"' for name, value in values.items() if value is not None)
    return f'<CollationRequest xmlns="urn:fukuhon:answers:1"{shown}/>'.encode()


def ask(server: Any, kit: Any, **fields: str | None) -> str:
    """Ask, and return the number or the fault's code."""
    answer = server.call("POST", "/collations", "totsu001", content=request(kit, **fields))
    found = re.search('number="([0-9]+)"', answer.text)
    return found[1] if found else kit.code(answer)


@pytest.fixture
def after_a_night(start: Any, kit: Any) -> Any:
    """90 records, registered from 22:00:01 to 22:01:30."""
    server = start("2017-04-12 09:00")
    server.send(kit.make_file(90), "initial")
    server.step("2017-04-13 08:00")
    return server


def test_file_of_one_minute(after_a_night: Any, kit: Any) -> None:
    """Asked for by one, ordered and released by another, downloaded by who asked (seed 1.6.3)."""
    server = after_a_night
    number = ask(server, kit)
    assert number == "080920170413000000001"
    path = f"/collations/{number}"
    assert kit.code(server.call("GET", f"{path}/file", "totsu001")) == "not_released"
    assert kit.code(server.call("POST", f"{path}/release", "seki001")) == "not_completed"
    assert 'state="ordered"' in server.call("POST", f"{path}/order", "seki001").text
    released = server.call("POST", f"{path}/release", "seki001").text
    assert 'state="released"' in released
    assert f'file="{number}_result.xml"' in released
    assert 'registered="2017-04-12T22:00:01+09:00"' in released
    server.step("2017-04-13 08:10")
    answer = server.call("GET", f"{path}/file", "totsu001")
    assert answer.headers["content-disposition"].endswith(f'"{number}_result.xml"')
    (row,) = ET.fromstring(answer.content)
    assert row[0].text == f"{1:015d}"
    assert server.kinds() == []


def test_key_that_is_unique_within_a_person_selects_everybody_of_the_minute(start: Any, kit: Any) -> None:
    """A fiscal year is everybody's key: one minute has as many records as were processed in it."""
    items = "".join(
        f"<I01{n:02d}>{value}</I01{n:02d}>"
        for n, value in [(1, "2016"), (2, "3"), (3, "9"), *((n, "0") for n in range(5, 26)), (26, "0")]
    )
    rows = [
        f"<Record><Addressee>{n:015d}</Addressee><Key>2016</Key><Items>{items}</Items></Record>" for n in range(1, 91)
    ]
    server = start("2017-04-12 09:00")
    server.send(kit.make_file(rows, dataset=kit.LEVY), "initial")
    server.step("2017-04-13 08:00")
    counts = []
    for minute in ("22:00", "22:01"):
        at = f"2017-04-12T{minute}+09:00"
        number = ask(server, kit, dataset=kit.LEVY, key="2016", from_=at, to=at)
        for what in ("order", "release"):
            server.call("POST", f"/collations/{number}/{what}", "seki001")
        found = ET.fromstring(server.call("GET", f"/collations/{number}/file", "totsu001").content)
        counts.append((int(found.attrib["records"]), len(found)))
    assert counts == [(59, 59), (31, 31)]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"key": None, "from_": None, "to": None}, "full_output"),
        ({"dataset": None, "key": None, "from_": None, "to": None}, "full_output"),
        ({"dataset": None}, "no_dataset"),
        ({"key": None}, "no_key"),
        ({"to": "2017-04-12T22:01+09:00"}, "not_one_minute"),
        ({"from_": None, "to": None}, "not_one_minute"),
        ({"from_": "2017-04-12T08:59+09:00", "to": "2017-04-12T08:59+09:00"}, "before_receipt"),
        ({"from_": "2017-04-12T22:02+09:00", "to": "2017-04-12T22:02+09:00"}, "after_completion"),
        ({"dataset": "TK00000200000001"}, "not_completed"),
        ({"user": "seki001"}, "bad_request"),
        ({"key": "full-width"}, "bad_request"),
        ({"spi": "TM1"}, "bad_request"),
    ],
)
def test_what_is_refused(after_a_night: Any, kit: Any, fields: dict[str, str | None], code: str) -> None:
    """Only the full output is a violation; the rest is a mistake at the screen."""
    assert ask(after_a_night, kit, **fields) == code
    assert after_a_night.kinds() == (["full_output"] if code == "full_output" else [])


@pytest.mark.parametrize(
    "content", [b"", b"<a/>", b'<!DOCTYPE a [<!ENTITY x "y">]><CollationRequest xmlns="urn:fukuhon:answers:1"/>']
)
def test_request_that_is_none(after_a_night: Any, kit: Any, content: bytes) -> None:
    """No DTD here either."""
    assert kit.code(after_a_night.call("POST", "/collations", "totsu001", content=content)) == "bad_request"


def test_nobody_decides_about_their_own(after_a_night: Any, kit: Any) -> None:
    """Even one account with both roles needs a second person."""
    server = after_a_night
    accounts = [*kit.set_up()["accounts"], {"user": "totsu001", "password": "pw-totsu001", "role": "9000000005"}]
    server.patch(accounts=accounts)
    number = ask(server, kit)
    for what in ("order", "release"):
        assert kit.code(server.call("POST", f"/collations/{number}/{what}", "totsu001")) == "same_person"
        assert kit.code(server.call("POST", f"/collations/{number}/{what}", "gyomu001")) == "wrong_role"
    assert kit.code(server.call("GET", f"/collations/{number}/file", "seki001")) == "wrong_role"
    assert server.kinds() == ["wrong_role"] * 3
    assert kit.code(server.call("POST", "/collations/080920170413000000009/order", "seki001")) == "not_found"


at = st.integers(0, 60).map(lambda minutes: datetime(2017, 4, 12, 21 + minutes // 60, minutes % 60, tzinfo=JST))
optional = st.none() | at


@given(st.none() | st.just("TK00000200000002"), st.none() | st.just("1"), optional, optional, optional)
def test_allowed_is_always_one_minute_between_receipt_and_completion(
    dataset: str | None, key: str | None, first: datetime | None, last: datetime | None, completed: datetime | None
) -> None:
    """During 初期登録 nothing else ever gets through."""
    received = datetime(2017, 4, 12, 21, 5, tzinfo=JST)
    wanted = Ask("TM00000000000002", dataset, key, first, last)
    reason = judge(wanted, phase_on(received.date()), Processing(received, completed), REQUESTER, MANAGER)
    good = None not in (dataset, key) and first is not None and first == last and completed is not None
    assert (reason is None) == (good and received <= first <= completed)
