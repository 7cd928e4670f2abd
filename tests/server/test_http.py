"""Each call of the ports asks what the contract says, as whom it says."""

from __future__ import annotations

import base64
import logging
import stat
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from fukuhon.clock import TOKYO
from fukuhon.errors import DataError, FatalError
from fukuhon.identifiers import ReceiptNumber
from fukuhon.server import CollationRequest, HttpCollation, HttpServer, Refused, ServerAway

NS = 'xmlns="urn:fukuhon:answers:1"'
NUMBER = "080920170413000000001"


def who(asked: Any) -> str:
    """The account of a connection."""
    return base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode().partition(":")[0]


def test_the_list_is_asked_by_days_and_the_officer(tiny: Any, act: Any, server: HttpServer) -> None:
    """Both days are included, and dates are plain."""
    tiny.acts.append(act(f"<Results {NS}/>".encode()))
    assert server.results(date(2017, 4, 12), date(2017, 4, 13)) == []
    assert tiny.asked[0].line == "GET /bodies/992011/results?from=2017-04-12&to=2017-04-13 HTTP/1.1"
    assert who(tiny.asked[0]) == "officer"


def test_details_are_asked_by_number(tiny: Any, act: Any, server: HttpServer) -> None:
    """The receipt's number is the address."""
    number = ReceiptNumber.parse("0601201704120000000001")
    tiny.acts.append(
        act(f'<ResultDetail {NS} number="{number}" status="処理エラー" processed="0" errors="0"/>'.encode())
    )
    assert server.detail(number).status == "処理エラー"
    assert tiny.asked[0].line.split()[1] == f"/bodies/992011/results/{number}"


def test_a_search_leaves_no_trace_in_the_log(
    tiny: Any, act: Any, server: HttpServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The address carries a 団体内統合宛名番号, and the client's library would log it."""
    tiny.acts += [act(f"<Records {NS}/>".encode()), act(f"<Records {NS}/>".encode())]
    with caplog.at_level(logging.INFO):
        server.search("000000000000123", "TM00000000000002")
        server.record("000000000000123", "TM00000000000002", "TK00000200000001", "2016")
    assert "addressee=000000000000123&spi=TM00000000000002&dataset=TK00000200000001&key=2016" in tiny.asked[1].line
    assert "000000000000123" not in caplog.text


def test_readiness_is_the_administrators(tiny: Any, act: Any, server: HttpServer) -> None:
    """Masters, departments, accounts, devices and the mode, in one answer."""
    tiny.acts.append(
        act(
            f'<Readiness {NS} mode="normal" vpn_cuts_today="2"><Master name="地方公共団体マスタ" applied="2017-04-01"/>'
            '<Department id="D1" registered="2017-04-01"/><Account user="officer" role="9000000001" department="D1" '
            'password_set="2017-04-01" password_days="90"/><Device id="T992011-01"/></Readiness>'.encode()
        )
    )
    ready = server.readiness()
    assert who(tiny.asked[0]) == "admin"
    assert (ready.mode, ready.vpn_cuts_today, ready.devices) == ("normal", 2, ("T992011-01",))
    assert ready.masters[0].applied == date(2017, 4, 1)
    assert ready.accounts[0].valid_to is None


@pytest.mark.parametrize(("status", "code"), [("500 Internal Server Error", "SERVER-002"), ("302 Found", "SERVER-002")])
def test_a_bare_status_means_later(tiny: Any, act: Any, server: HttpServer, status: str, code: str) -> None:
    """A question may be asked again; redirections are not followed."""
    tiny.acts.append(act(b"oops", status=status))
    with pytest.raises(ServerAway) as caught:
        server.readiness()
    assert caught.value.code == code


def test_a_silent_server_means_later(tiny: Any, act: Any, server: HttpServer) -> None:
    """Nothing was asked of it that could have changed something."""
    tiny.acts.append(act())
    with pytest.raises(ServerAway):
        server.readiness()


def collation_xml(state: str) -> bytes:
    """The server's view of a request."""
    return (
        f'<Collation {NS} number="{NUMBER}" state="{state}" spi="TM00000000000002" dataset="TK00000200000001"'
        ' key="2016" requester="asks" registered="2017-04-13T10:00:00+09:00"/>'
    ).encode()


def test_one_person_asks_and_another_lets_out(tiny: Any, act: Any, collation: HttpCollation, tmp_path: Path) -> None:
    """Asked, ordered, released, fetched; from and to are the same minute; the file is for its owner alone."""
    tiny.acts += [act(collation_xml(state)) for state in ("asked", "ordered", "released", "released")]
    file = f'<CollationFile {NS} number="{NUMBER}" records="0"/>'.encode()
    tiny.acts.append(act(file))
    minute = datetime(2017, 4, 12, 23, 10, tzinfo=TOKYO)
    case = collation.ask(CollationRequest("TM00000000000002", "TK00000200000001", "2016", "officer", minute))
    assert collation.order(case.number).state == "ordered"
    assert collation.release(case.number).state == "released"
    assert collation.state(case.number).requester == "asks"
    path = collation.fetch(case.number, tmp_path / "new")
    assert path.name == f"{NUMBER}_result.xml"
    assert path.read_bytes() == file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [who(asked) for asked in tiny.asked] == ["asks", "lets", "lets", "asks", "asks"]
    assert b'key="2016" user="officer" from="2017-04-12T23:10+09:00" to="2017-04-12T23:10+09:00"' in tiny.asked[0].body


def test_a_file_that_is_none_is_not_kept(tiny: Any, act: Any, collation: HttpCollation, tmp_path: Path) -> None:
    """An answer that is not of the contract does not reach the disk."""
    tiny.acts.append(act(b"<html/>"))
    with pytest.raises(DataError):
        collation.fetch(NUMBER, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_nothing(tiny: Any, act: Any, collation: HttpCollation, tmp_path: Path) -> None:
    """The error has a code, and no half file stays."""
    (tmp_path / f"{NUMBER}_result.xml").mkdir()
    tiny.acts.append(act(f'<CollationFile {NS} number="{NUMBER}" records="0"/>'.encode()))
    with pytest.raises(FatalError) as caught:
        collation.fetch(NUMBER, tmp_path)
    assert caught.value.code == "SERVER-023"
    assert [path.name for path in tmp_path.iterdir()] == [f"{NUMBER}_result.xml"]


def test_a_refused_request_names_its_reason(tiny: Any, act: Any, collation: HttpCollation) -> None:
    """The same person may not let out what they asked for (seed 1.6.3)."""
    tiny.acts.append(act(f'<Fault {NS} code="same_person" message="x"/>'.encode(), status="403 Forbidden"))
    with pytest.raises(Refused) as caught:
        collation.release(NUMBER)
    assert caught.value.entry.manual == "1.6.3"
