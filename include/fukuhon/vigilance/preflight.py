"""The daily look before opening: every precondition of seed 1.3 with its evidence, and passwords that run out soon.

One request to the server, made as the system administrator; the rest is read from settings and ledger.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from fukuhon.calendars import Mode, tokyo_day
from fukuhon.ledger import File, FileState, files
from fukuhon.registration.desk import Desk
from fukuhon.registration.summary import Summary
from fukuhon.server.port import Readiness as Seen
from fukuhon.site import ROLE_CODES, Site
from fukuhon.vigilance.passwords import PasswordState, PasswordStatus, Role, password_status
from fukuhon.vigilance.preconditions import FACTS, Preflight, require
from fukuhon.vigilance.preconditions import check as check_facts
from fukuhon.vigilance.readiness import AccountState, DepartmentState, Evidence, Readiness, evidence, lacking
from fukuhon.windows import Kind

__all__ = ["check", "look"]

_QUEUED = (FileState.PREPARED, FileState.VALIDATED, FileState.PLANNED, FileState.CUT, FileState.UNPLACEABLE)


def check(desk: Desk) -> Summary:
    """Look, and raise RefusedError VIGILANCE-001 when a precondition is not met; otherwise say what was seen.

    Raises as well what ``IntermediateServer.readiness`` raises: a server that does not answer is no evidence.
    """
    summary, outcome = look(desk)
    require(outcome)
    return summary


def look(desk: Desk) -> tuple[Summary, Preflight]:
    """The evidence of today, and what it amounts to for any kind of upload; raises nothing for what is lacking."""
    today = tokyo_day(desk.now())
    seen = desk.server.readiness()
    with desk.ledger.reading() as reader:
        queued = files.find(reader, state=_QUEUED)
    ready = all(_is_ready(file) for file in queued)
    found = evidence(_readiness(desk.site, seen, files_ready=ready), today)
    needed = any(source.masters_needed for source in desk.site.sources)
    outcome = check_facts(Kind.DIFFERENTIAL, lacking(found), allotted=False, masters_needed=needed)
    counts = {"facts": len(found), "lacking": len(outcome.lacking), "queued": len(queued)}
    facts = {"evidence": [_told(one) for one in found], "passwords": _passwords(seen, today)}
    return Summary("preflight", counts=counts, facts=facts), outcome


def _is_ready(file: File) -> bool:
    """It lies where the ledger says, in its size, and fits some window; without files nothing is lacking."""
    path = Path(file.path)
    return file.state is not FileState.UNPLACEABLE and path.is_file() and path.stat().st_size == file.bytes


def _readiness(site: Site, seen: Seen, *, files_ready: bool) -> Readiness:
    named = site.server.accounts
    users = [
        account.user
        for account in (named.upload, named.collation_requester, named.collation_manager, named.administrator)
        if account is not None
    ]
    return Readiness(
        mode=Mode(seen.mode),
        masters=[master.applied for master in seen.masters],
        departments=[DepartmentState(d.id, d.registered, d.valid_to) for d in seen.departments],
        accounts=[
            AccountState(a.user, a.department, a.password_set, a.password_days, a.valid_to) for a in seen.accounts
        ],
        devices=seen.devices,
        vpn_cuts_today=seen.vpn_cuts_today,
        accounts_needed=users,
        devices_needed=[site.server.device],
        files_ready=files_ready,
        production_switched=all(source.production for source in site.sources),
        # Nobody can see it from here. Where a source needs them it counts as lacking until its department attests it.
        masters_in_system=False,
    )


def _told(one: Evidence) -> dict[str, object]:
    item = FACTS[one.fact]
    return {"fact": one.fact.value, "item": item.number, "wording": item.wording, "met": one.met, "seen": one.seen}


def _passwords(seen: Seen, today: date) -> list[dict[str, str]]:
    """Accounts whose password wants changing: user id, state, when it runs out."""
    administrators = [account for account in seen.accounts if account.role == ROLE_CODES["administrator"]]
    found = []
    for account in seen.accounts:
        role = Role.ADMINISTRATOR if account in administrators else Role.OFFICER
        others = len(administrators) > (1 if account in administrators else 0)
        status: PasswordStatus = password_status(
            role, account.password_set, today, valid_days=account.password_days, other_administrator=others
        )
        if status.state is not PasswordState.OK:
            found.append({"user": account.user, "state": status.state.value, "expires": status.expires.isoformat()})
    return found
