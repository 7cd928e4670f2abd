"""The two people at the 接続端末 who do 突合 by the work sheet: they type what it says, and bring the files.

One asks and downloads, the other orders and releases (seed 1.6.3), each with an account of their own.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook

from fukuhon.clock import TOKYO
from fukuhon.server import Caller, CollationRequest, Connection, HttpCollation
from fukuhon.server.worksheet import SHEET_XLSX
from fukuhon.site import Account, Site

__all__ = ["work_the_sheet"]


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
