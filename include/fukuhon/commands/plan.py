"""``fukuhon plan``: validated files into the windows that are open or to come."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from typing import TYPE_CHECKING

from fukuhon.commands.acting import at_desk
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, table

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.registration.summary import Summary

__all__ = ["plan"]


def plan(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Place every file that may still be sent; a forecast that is made anew each time."""
    from fukuhon.registration import planning

    with at_desk(site) as desk:
        made = planning.plan(desk)
    finish(made.as_json(), lambda console: _told(console, made), as_json=as_json)


def _told(console: Console, made: Summary) -> None:
    counts, windows = made.counts, made.facts["windows"]
    assert isinstance(windows, dict)
    console.print(f"送信枠に割り当てたファイル {counts['placed']}、枠を待つファイル {counts['waiting']}")
    if windows:
        console.print(table(("送信枠", "ファイル"), windows.items()))
    if counts["unplaceable"]:
        console.print(f"どの枠にも入らないファイル {counts['unplaceable']}（「fukuhon status」を見てください）")
