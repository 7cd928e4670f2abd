"""A stand-in for a site of one's own: its side is set up from ``site.yaml``, so that a first registration can be tried.

Only for sites on the stand-in's clock. Missing passwords are made up and put into the site's own private files.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fukuhon.clock import TOKYO
from fukuhon.ledger import Ledger, orders
from fukuhon.site import ROLE_CODES, Account, Role, Site, load
from fukuhon.site.resources import resource_folders
from fukuhon.site.secrets import private_folder
from rehearsal.driver_standin import StandIn

__all__ = ["StandInError", "down", "move", "up"]

_ROLES: dict[str, Role] = {
    "upload": "officer",
    "collation_requester": "collation_requester",
    "collation_manager": "collation_manager",
    "administrator": "administrator",
}
_PATIENCE_S = 60.0
_LOOK_S = 0.05


class StandInError(Exception):
    """What keeps the stand-in from running, for a person."""


def up(folder: Path, start: datetime | None = None) -> str:
    """Start the stand-in of a site in the background, on the address that the site names. Returns the address.

    Raises StandInError: the site lives in real time, the port is taken, the stand-in does not come up.
    """
    site = load(folder)
    if site.production:
        raise StandInError("clock: system の団体には、代行サーバーを使えません")
    url, state = site.server_url(), _state(site)
    if _pid(state) is not None:
        raise StandInError(f"この団体の代行サーバーは、もう動いています（{url}）")
    begin = start or datetime.fromisoformat("2017-04-10T08:00:00+09:00")
    layouts = resource_folders(site.folder, "layouts")[0]
    command = [sys.executable, "-m", "standin.main", "--data", str(state / "data"), "--layouts", str(layouts)]
    command += ["--port", str(urlsplit(url).port or 80), "--start", begin.astimezone(TOKYO).isoformat()]
    command += ["--port-file", str(state / "port")]
    (state / "port").unlink(missing_ok=True)
    log = os.open(state / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(log, "wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    _wait_for(state / "port", process, url)
    _private(state / "pid", f"{process.pid}\n")
    standin = StandIn(url, site.body.code)
    try:
        standin.set_up(_body(site))
    finally:
        standin.close()
    return url


def down(folder: Path) -> bool:
    """End the stand-in that :func:`up` has started; its state stays. Returns whether there was one."""
    state = _state(load(folder))
    pid = _pid(state)
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + _PATIENCE_S
        while _pid(state) is not None and time.monotonic() < until:
            time.sleep(_LOOK_S)
    (state / "pid").unlink(missing_ok=True)
    return pid is not None


def move(folder: Path, to: datetime) -> datetime:
    """Move the stand-in's clock on to an instant, once what was ordered until then is sent. Returns the clock.

    Raises StandInError where the sender does not send what is ordered.
    """
    site = load(folder)
    wanted = to.astimezone(TOKYO) if to.tzinfo else to.replace(tzinfo=TOKYO)
    _until_sent(site)
    standin = StandIn(site.server_url(), site.body.code)
    try:
        standin.step(wanted)
        return standin.now()
    finally:
        standin.close()


def _until_sent(site: Site) -> None:
    """Wait until every open order has nothing left: the clock would go past its window."""
    ledger, until = Ledger.open(site.ledger_url(), site.clock()), time.monotonic() + _PATIENCE_S
    try:
        while _under_way(ledger):
            if time.monotonic() > until:
                raise StandInError("送信の指示が済みません。「fukuhon sender」が動いているかを確認してください")
            time.sleep(_LOOK_S)
    finally:
        ledger.close()


def _under_way(ledger: Ledger) -> bool:
    with ledger.reading() as reader:
        found = orders.open_orders(reader)
    states = [orders.wait_state(ledger, order.id) for order in found]
    return any(not state.ended and (not state.order.idle or state.sending is not None) for state in states)


def _body(site: Site) -> dict[str, Any]:
    """The body as the stand-in is told of it: what a municipality and J-LIS would have set up by then."""
    registered = "2017-04-03"
    return {
        "name": site.body.name,
        "group": site.body.group,
        "accounts": [
            {
                "user": account.user,
                "password": _password(site, account),
                "role": ROLE_CODES[_ROLES[name]],
                "department": "D01",
                "valid_to": None,
                "password_set": registered,
                "password_days": 730,
            }
            for name in _ROLES
            if (account := getattr(site.server.accounts, name)) is not None
        ],
        "departments": [{"id": "D01", "registered": registered, "valid_to": None}],
        "masters": [{"name": name, "applied": "2017-04-02"} for name in ("情報提供NWS配信マスター", "独自マスター")],
        "devices": [{"id": site.server.device}],
        "allotments": [
            {"days": [str(day)], "from": row.start, "to": row.end, "bytes": row.bytes}
            for row in site.allotments
            for day in row.days
        ],
        "line_bytes_per_s": site.limits.line_bytes_per_s,
    }


def _password(site: Site, account: Account) -> str:
    """The account's password; an empty or missing file gets one."""
    file = account.password.file
    if file is not None and (not file.exists() or not file.read_text(encoding="utf-8").strip()):
        private_folder(file.parent)
        _private(file, secrets.token_urlsafe(18) + "\n")
    return site.secret(account.password)


def _state(site: Site) -> Path:
    return private_folder(site.work.parent / "standin")


def _pid(state: Path) -> int | None:
    """The process that listens; None where it has gone."""
    try:
        pid = int((state / "pid").read_text(encoding="ascii"))
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if b"standin.main" in command else None


def _wait_for(port: Path, process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not port.exists():
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            raise StandInError(f"{url} で待ち受けられません。ポートが使われていれば、FUKUHON_SERVER_URL で変えられます")
        time.sleep(_LOOK_S)


def _private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
