"""The people at the 接続端末: the officer who sends what lies in the outbox, and the two who do 突合 by the work sheet.

The officer sends a file and enters its receipt (seed 1.5.2, method 1). Of the two, one asks and downloads, the other
orders and releases (seed 1.6.3), each with an account of their own.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook

from fukuhon.clock import TOKYO
from fukuhon.ledger import Ledger
from fukuhon.sender import at_terminal, enter
from fukuhon.sender.by_hand import registration_of
from fukuhon.server import Caller, CollationRequest, Connection, HttpCollation, Outbox, Upload, uploading
from fukuhon.server.port import no_progress
from fukuhon.server.worksheet import SHEET_XLSX
from fukuhon.site import Account, Site
from fukuhon.windows import Channel

__all__ = ["send_what_lies_out", "work_the_sheet"]


def send_what_lies_out(site: Site, ledger: Ledger) -> int:
    """Send the file that lies in the outbox at the (stand-in's) terminal, and enter its receipt; 1 or 0 files."""
    outbox = Outbox.of(site)
    with ledger.reading() as reader:
        found = at_terminal(reader, site.limits)
    if found is None or not outbox.holds(found.attempt.id):
        return 0
    (lying,) = outbox.folder.glob(f"{found.attempt.id:06d}-*/{found.file.name}")
    given = registration_of(found.file)
    upload = Upload(lying, found.file.bytes, Channel(found.file.channel), given, found.attempt.key)
    connection = Connection(site.server_url(), site.body.code, site.server.device)
    receipt = uploading.send(connection, _caller(site, site.server.accounts.upload), upload, no_progress)
    shown = f"{receipt.received.astimezone(TOKYO):%Y-%m-%d %H:%M}"
    officer = next(person.name for person in site.people if person.role == "officer")
    with ledger.transaction(officer) as tx:
        enter(tx, found.file.name, str(receipt.number), shown, site.limits)
    outbox.keep_only(None)
    return 1


def work_the_sheet(site: Site) -> int:
    """Do what is on the site's work sheet for 突合 at the (stand-in's) terminal; returns how many files were brought.

    None, where there is no sheet or nothing on it. Done again, it finds nothing more to do: what was brought is not
    asked for twice, though the sheet still names it until it is picked up.
    """
    folder = site.work / "terminal" / "collation"
    terminal = _terminal(site)
    brought = 0
    for line in _lines(folder / SHEET_XLSX):
        place = folder / line[-1]
        if any(place.iterdir()):
            continue
        number = terminal.ask(_request(line)).number
        terminal.order(number)
        terminal.release(number)
        terminal.fetch(number, place)
        brought += 1
    return brought


def _lines(path: Path) -> list[list[str]]:
    """The sheet's lines as a reader sees them: those that begin with a number of ours."""
    if not path.exists():
        return []
    sheet = load_workbook(path).active
    assert sheet is not None, "the work sheet has one page"
    rows = ([str(cell) if cell is not None else "" for cell in row] for row in sheet.iter_rows(values_only=True))
    return [row for row in rows if row and row[0].startswith("W0")]


def _request(line: list[str]) -> CollationRequest:
    _, spi, dataset, key, version, _variant, user, minute, _to = line[:9]
    at = datetime.strptime(minute, "%Y-%m-%d %H:%M").replace(tzinfo=TOKYO)
    return CollationRequest(spi, dataset, key, user, at, version or None)


def _terminal(site: Site) -> HttpCollation:
    accounts = site.server.accounts
    connection = Connection(site.server_url(), site.body.code, site.server.device)
    return HttpCollation(
        connection, _caller(site, accounts.collation_requester), _caller(site, accounts.collation_manager)
    )


def _caller(site: Site, account: Account | None) -> Caller:
    assert account is not None, "the sample site names both people"
    return Caller(account.user, site.secret(account.password))
