"""The preflight: the nine items of seed 1.3 looked at before the day's uploads, each with what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from fukuhon.calendars import Mode, tokyo_day
from fukuhon.errors import RefusedError
from fukuhon.files import sha256_of
from fukuhon.ledger import Event, File, FileState, audit, files
from fukuhon.registration.desk import Desk
from fukuhon.registration.summary import Summary
from fukuhon.sender import Compared, compare
from fukuhon.server import Readiness as Screens
from fukuhon.site import ROLE_CODES
from fukuhon.vigilance.attestations import attested_masters, masters_in_systems
from fukuhon.vigilance.passwords import PasswordState, Role, password_status
from fukuhon.vigilance.preconditions import FACTS, refusal
from fukuhon.vigilance.preconditions import check as check_facts
from fukuhon.vigilance.readiness import AccountState, DepartmentState, Readiness, evidence, lacking
from fukuhon.windows import Kind, Window
from fukuhon.windows.schedule import upload_windows

__all__ = ["ACCOUNTS", "Looked", "check", "look"]

ACCOUNTS = "accounts"
"""The subject of the trail under which stands when the accounts in use end."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen, whether it suffices or not, and the refusal where it does not."""

    summary: Summary
    refused: RefusedError | None


def check(desk: Desk) -> Summary:
    """Look at every precondition for today's windows; tell each with its evidence.

    Raises RefusedError VIGILANCE-001 … -004 where one is not met, SENDER-021 where the books are older than what was
    sent: then nothing may be uploaded today.
    """
    found = look(desk)
    if found.refused is not None:
        raise found.refused
    return found.summary


def look(desk: Desk) -> Looked:
    """The same without raising: the evidence is wanted most where something is not met.

    That it was done, and how it ended, goes into the trail: not having run is a failure, and so is what it found.
    """
    day = tokyo_day(desk.now())
    windows = [window for window in upload_windows(desk.site) if tokyo_day(window.interval.start) == day]
    screens = desk.server.readiness()
    receipts = compare(desk.ledger, desk.server, desk.actor)
    found = evidence(_seen(desk, screens, windows, day), day)
    kind = windows[0].kind if windows else Kind.DIFFERENTIAL
    needs_masters = any(source.masters_needed for source in desk.site.sources)
    judged = check_facts(
        kind, lacking(found), allotted=kind is not Kind.INITIAL or bool(windows), masters_needed=needs_masters
    )
    event = "preflight.met" if judged.allowed and not receipts.unknown else "preflight.unmet"
    unmet = list(judged.wordings)
    with desk.ledger.transaction(desk.actor) as tx:
        audit.note(tx, Event("accounts.seen", ACCOUNTS, {"expires": _ends(desk, screens)}))
        audit.note(tx, Event(event, f"preflight:{day}", {"items": len(found), "unmet": unmet}))
    items: dict[str, object] = {f"({FACTS[one.fact].number}) {FACTS[one.fact].wording}": one.seen for one in found}
    counts = {"items": len(found), "met": sum(one.met for one in found)}
    facts = items | {"passwords": _passwords(screens, day), "unmet": unmet}
    facts |= {"unknown_receipts": list(receipts.unknown)}
    return Looked(Summary("preflight", counts=counts, facts=facts), _older(receipts) or refusal(judged))


def _older(receipts: Compared) -> RefusedError | None:
    """The refusal where the server has receipts that the books do not know."""
    try:
        receipts.require()
    except RefusedError as error:
        return error
    return None


def _ends(desk: Desk, screens: Screens) -> list[list[str]]:
    """The first day on which each account that the settings use lets nobody in.

    By its own last day, its department's, or its password's.
    """
    departments = {department.id: department.valid_to for department in screens.departments}
    found = []
    for account in screens.accounts:
        if account.user in _needed(desk):
            last_days = [day for day in (account.valid_to, departments.get(account.department)) if day]
            ends = [account.password_set + timedelta(days=account.password_days)]
            ends += [day + timedelta(days=1) for day in last_days]
            found.append([account.user, min(ends).isoformat()])
    return found


def _needed(desk: Desk) -> list[str]:
    accounts = desk.site.server.accounts
    named = (accounts.upload, accounts.collation_requester, accounts.collation_manager, accounts.administrator)
    return [account.user for account in named if account]


def _seen(desk: Desk, screens: Screens, windows: Sequence[Window], day: date) -> Readiness:
    """What the server's screens, the settings and the disk show."""
    with desk.ledger.reading() as reader:
        said = attested_masters(reader, desk.site)
    taken, evidence_of = masters_in_systems(said, [m.applied for m in screens.masters if m.applied <= day])
    return Readiness(
        mode=Mode(screens.mode),
        masters=[master.applied for master in screens.masters],
        departments=[DepartmentState(d.id, d.registered, d.valid_to) for d in screens.departments],
        accounts=[
            AccountState(a.user, a.department, a.password_set, a.password_days, a.valid_to) for a in screens.accounts
        ],
        devices=screens.devices,
        vpn_cuts_today=screens.vpn_cuts_today,
        accounts_needed=_needed(desk),
        devices_needed=[desk.site.server.device],
        files_ready=not _spoiled(desk, windows),
        production_switched=all(source.production for source in desk.site.sources),
        masters_in_system=taken,
        masters_evidence=evidence_of,
    )


def _spoiled(desk: Desk, windows: Sequence[Window]) -> list[File]:
    """Files planned for today that are missing or not what was prepared."""
    ids = {window.id for window in windows}
    with desk.ledger.reading() as reader:
        planned = [file for file in files.find(reader, state=FileState.PLANNED) if file.window_id in ids]
    return [file for file in planned if not Path(file.path).exists() or sha256_of(Path(file.path)) != file.sha256]


def _passwords(screens: Screens, day: date) -> list[dict[str, str]]:
    """Accounts whose password wants changing, from 14 days before it runs out (seed 4.2): user id, state, last day."""
    administrators = [account for account in screens.accounts if account.role == ROLE_CODES["administrator"]]
    found = []
    for account in screens.accounts:
        status = password_status(
            Role.ADMINISTRATOR if account in administrators else Role.OFFICER,
            account.password_set,
            day,
            valid_days=account.password_days,
            other_administrator=any(other is not account for other in administrators),
        )
        if status.state is not PasswordState.OK:
            found.append({"user": account.user, "state": status.state.value, "expires": status.expires.isoformat()})
    return found
