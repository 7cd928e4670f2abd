from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

import fukuhon
from fukuhon.clock import FixedClock, tokyo
from fukuhon.errors import RefusedError
from fukuhon.identifiers import ReceiptNumber
from fukuhon.ledger import FileState, Ledger, NewFile, RunKey, audit, files, orders, runs
from fukuhon.server.port import Account, Department, Master, Readiness, ResultRow
from fukuhon.site import load
from fukuhon.vigilance import preflight
from fukuhon.windows import Kind
from fukuhon.windows.schedule import upload_windows

DAY = date(2017, 4, 10)
SITE = load(Path(fukuhon.__file__).parents[1] / "sites" / "sample")
ACCOUNTS = SITE.server.accounts
USERS = {
    ACCOUNTS.upload.user: "9000000001",
    ACCOUNTS.collation_requester.user: "9000000004",
    ACCOUNTS.collation_manager.user: "9000000005",
    ACCOUNTS.administrator.user: "9000000006",
}
READY = Readiness(
    mode="normal",
    vpn_cuts_today=0,
    masters=(Master("事務マスター", date(2017, 4, 2)),),
    departments=(Department("tax", date(2017, 4, 3), None),),
    accounts=tuple(Account(user, role, "tax", None, date(2017, 4, 3), 90) for user, role in USERS.items()),
    devices=(SITE.server.device,),
)


@dataclass
class Desk:
    """As much of a desk as a look needs."""

    ledger: Ledger
    clock: FixedClock
    seen: Readiness
    taken: list[ResultRow] = field(default_factory=list)
    site = SITE
    actor = "kanri"

    @property
    def server(self) -> SimpleNamespace:
        """A server that shows what was put there."""
        return SimpleNamespace(readiness=lambda: self.seen, requester="gyomu", results=lambda _first, _last: self.taken)

    def now(self) -> datetime:
        """The clock's instant."""
        return self.clock.now()


@pytest.fixture
def desk(tmp_path: Path):  # noqa: ANN201
    """A ready body and an empty ledger."""
    clock = FixedClock(tokyo(DAY, 8))
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}", clock)
    yield Desk(ledger, clock, READY)
    ledger.close()


def prepare(desk: Desk, path: Path) -> int:
    """A file of ten bytes, planned for the pretest's window of the day."""
    path.write_bytes(b"0123456789")
    (window,) = [one for one in upload_windows(SITE) if one.kind is Kind.PRETEST]
    new = NewFile(
        run_id=0,
        spi=SITE.spis[0].code,
        dataset=SITE.datasets()[0].code,
        kind="pretest",
        operation="register",
        name=path.name,
        path=str(path),
        sidecar=f"{path}.parquet",
        sha256=hashlib.sha256(b"0123456789").hexdigest(),
        bytes=10,
        records=1,
        as_of=desk.now(),
        layout="2017-07",
        channel=3,
    )
    with desk.ledger.transaction("kanri") as tx:
        run = runs.open_run(tx, RunKey(SITE.body.code, "pretest", DAY, SITE.spis[0].code, desk.now()))
        id_ = files.add(tx, replace(new, run_id=run.id))
        files.move(tx, id_, FileState.VALIDATED)
        files.place(tx, id_, window.id, window.interval.start, 1)
    return id_


def test_ready_body_passes_with_evidence_for_each_fact(desk: Desk) -> None:
    """Counts, codes and dates only: it fits an XCom."""
    told = preflight.check(desk).as_json()
    assert told["counts"] == {"items": 10, "met": 10}
    assert told["facts"]["(9) VPN切断が発生していないこと"] == "本日の切断0回"
    assert told["facts"]["passwords"] == []
    json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize(
    ("changed", "item"),
    [
        ({"mode": "integration_test"}, "(2)"),
        ({"masters": ()}, "(3)"),
        ({"accounts": ()}, "(4)"),
        ({"departments": (Department("tax", date(2017, 4, 3), date(2017, 4, 9)),)}, "(5)"),
        ({"devices": ()}, "(6)"),
        ({"vpn_cuts_today": 3}, "(9)"),
    ],
)
def test_what_is_lacking_refuses_and_is_named(desk: Desk, changed: dict[str, object], item: str) -> None:
    """An officer reads which of the nine items it is."""
    desk.seen = replace(READY, **changed)
    with pytest.raises(RefusedError) as caught:
        preflight.check(desk)
    assert caught.value.code == "VIGILANCE-001"
    assert item in caught.value.message


@pytest.mark.parametrize("spoilt", [None, b"0123", b"0123456780"])
def test_file_that_is_not_as_prepared_is_not_ready(desk: Desk, tmp_path: Path, spoilt: bytes | None) -> None:
    """Item (1): gone, cut short or changed since, seen before anybody tries to send it."""
    path = tmp_path / "a.xml"
    prepare(desk, path)
    preflight.check(desk)
    if spoilt is None:
        path.unlink()
    else:
        path.write_bytes(spoilt)
    with pytest.raises(RefusedError) as caught:
        preflight.check(desk)
    assert "(1)" in caught.value.message


def test_passwords_are_told_from_fourteen_days_before(desk: Desk) -> None:
    """Noticed, not refused: it still holds."""
    desk.clock.instant = tokyo(date(2017, 6, 18), 8)
    told = preflight.check(desk)
    assert {one["user"] for one in told.facts["passwords"]} == set(USERS)
    assert {(one["state"], one["expires"]) for one in told.facts["passwords"]} == {("notice", "2017-07-02")}


def test_a_receipt_that_the_books_do_not_know_refuses(desk: Desk) -> None:
    """A machine that was put back together with its books: what it sent since is on the server's list only."""
    preflight.check(desk)
    desk.clock.instant = tokyo(DAY, 13)
    number = ReceiptNumber.parse("0601201704100000000001")
    desk.taken.append(ResultRow(number, tokyo(DAY, 11), "gyomu", "処理待ち", 0, 0))
    found = preflight.look(desk)
    assert found.refused is not None
    assert (found.refused.code, found.summary.facts["unknown_receipts"]) == ("SENDER-021", [str(number)])
    with desk.ledger.reading() as reader:
        assert orders.stop_requested(reader)
        last = audit.latest(reader, f"preflight:{DAY}")
        assert last is not None
        assert last.event == "preflight.unmet"
