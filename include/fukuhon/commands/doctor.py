"""``fukuhon doctor``: what is wrong with an installation and a site, each with how to mend it."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from typing import TYPE_CHECKING

from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, quiet, working
from fukuhon.errors import DataError

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.commands.checkup import Finding

__all__ = ["doctor"]

_MARKS = {"ok": "良", "warn": "注", "bad": "否"}


def doctor(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Look at everything that the software stands on; exit 1 where something has to be mended."""
    from fukuhon.commands.checkup import examine

    with quiet(), working("点検") as progress:
        found = []
        for finding in examine(site):
            progress(finding.what)
            found.append(finding)
    bad = sum(finding.level == "bad" for finding in found)
    finish(
        {"site": site.absolute(), "ok": not bad, "checks": found},
        lambda console: _told(console, found),
        as_json=as_json,
        failed=DataError("COMMANDS-060", count=bad) if bad else None,
    )


def _told(console: Console, found: list[Finding]) -> None:
    for finding in found:
        console.print(f"{_MARKS[finding.level]}　{finding.what}：{finding.seen}")
        if finding.mend:
            console.print(f"　　→ {finding.mend}")
