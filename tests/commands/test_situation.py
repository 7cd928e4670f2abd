"""What ``status`` calls wrong, and how ``send`` ends where no window or no sender is: each with its code."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from fukuhon.clock import TOKYO
from fukuhon.ledger import (
    FileState,
    Holder,
    Ledger,
    NewFile,
    RunKey,
    attempts,
    files,
    lease,
    orders,
    runs,
)
from fukuhon.ledger.attempts import Ended
from fukuhon.ledger.file import Outcome

if TYPE_CHECKING:
    from conftest import Hamlet

SPI, DATASET = "TM00000000000009", "TK00000900000001"
NINE = datetime(2017, 4, 12, 9, tzinfo=TOKYO)


def codes(hamlet: Hamlet) -> set[str]:
    """What the status calls wrong; it fails by it."""
    told = hamlet.json("status", code=1)
    assert told["error"]["code"] == "COMMANDS-109"
    return {each["code"] for each in told["wrong"]}


def test_a_decision_names_the_records_it_is_about(hamlet: Hamlet) -> None:
    """Neither a reference nor a rule: wrong usage."""
    asked = ("--dataset", DATASET, "--reason", "台帳で確かめた", "--until", "2017-06-30")
    assert hamlet.json("quarantine", "exclude", *asked, code=2)["error"]["code"] == "COMMANDS-070"


def test_an_order_that_nobody_carries_out_is_told(hamlet: Hamlet) -> None:
    """Ordered in the open window, and no sender lives."""
    hamlet.step("2017-04-10T10:00")
    assert hamlet.json("send", "--no-wait")["state"] == "open"
    assert "COMMANDS-103" in codes(hamlet)


def test_an_order_that_a_stop_ended_is_told_to_whoever_asks_again(hamlet: Hamlet) -> None:
    """The order is one for its window: asked for again, it is found as it ended."""
    with books(hamlet).transaction("sender") as tx:
        (order,) = orders.open_orders(tx)
        orders.end(tx, order.id, "stopped", None)
    told = hamlet.json("send", code=1)
    assert (told["outcome"], told["error"]["code"]) == ("stopped", "COMMANDS-022")


def test_records_that_the_server_refused_and_days_that_were_left_out(hamlet: Hamlet) -> None:
    """A file processed with errors waits for corrections; a day whose changes nobody prepared is named."""
    new = {"dataset": DATASET, "kind": "initial", "operation": "register", "name": "a.xml", "path": "a.xml"}
    size = {"sidecar": "", "sha256": "0" * 64, "bytes": 10, "records": 5, "variations": {"": 5}}
    with books(hamlet).transaction("test") as tx:
        run = runs.open_run(tx, RunKey("s", "initial", date(2017, 4, 12), None, NINE))
        file = NewFile(run_id=run.id, spi=SPI, as_of=NINE, layout="2017.1", channel=3, **new, **size)  # type: ignore[arg-type]
        file_id = files.add(tx, file)
        files.move(tx, file_id, FileState.VALIDATED)
        files.place(tx, file_id, "w", NINE, 1)
        lease.claim(tx, file_id, lease.acquire(tx, Holder.this_process()), "k")
        ended = Ended(
            outcome="received", bytes_on_wire=10, ended=NINE, seconds=1.0, receipt="0601" + "1" * 18, received_at=NINE
        )
        attempts.end(tx, "k", ended)
        files.processed(tx, file_id, {"": Outcome(ok=3, errors=2, new=3, overwritten=0, deleted=0)})
    hamlet.step("2017-05-10T09:00")
    assert codes(hamlet) >= {"COMMANDS-107", "COMMANDS-108"}


def test_after_the_last_window_there_is_none_to_wait_for(hamlet: Hamlet) -> None:
    """The schedule is at its end: the settings are to be looked at."""
    hamlet.step("2017-05-31T12:00")
    assert hamlet.json("send", code=1)["error"]["code"] == "COMMANDS-021"


def books(hamlet: Hamlet) -> Ledger:
    """The site's books."""
    return Ledger.open(hamlet.site.ledger_url(), hamlet.site.clock())
