"""``fukuhon preflight``: the preconditions of the day, each with what was seen (seed 1.3)."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from typing import TYPE_CHECKING

from fukuhon.commands.acting import at_desk
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, table, working

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.registration.summary import Summary

__all__ = ["preflight"]


def preflight(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Look at every precondition; refused where one is not met."""
    from fukuhon.vigilance import preflight as use_case

    with at_desk(site) as desk, working("前提作業の確認"):
        looked = use_case.look(desk)
    found = looked.summary
    finish(found.as_json(), lambda console: _told(console, found), as_json=as_json, failed=looked.refused)


def _told(console: Console, found: Summary) -> None:
    passwords, unmet = found.facts.get("passwords"), found.facts.get("unmet")
    lacking = set(unmet) if isinstance(unmet, list) else set()
    rows = [("×" if k in lacking else "○", k, v) for k, v in found.facts.items() if k not in {"passwords", "unmet"}]
    console.print(table(("", "項目", "確認したこと"), rows))
    console.print(f"満たされていない項目が {len(lacking)} あります。" if lacking else "前提作業は満たされています。")
    if isinstance(passwords, list) and passwords:
        listed = [(each["user"], each["state"], each["expires"]) for each in passwords]
        console.print(table(("パスワードを変える利用者", "状態", "期限"), listed))
