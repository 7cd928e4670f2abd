"""``fukuhon results``: what the server made of the files it took; one well-mannered look."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from typing import TYPE_CHECKING

from fukuhon.commands.acting import at_desk
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, working

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.registration.summary import Summary

__all__ = ["results"]


def results(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Look at the results, write them down and close the books."""
    from fukuhon.registration import results as use_case

    with at_desk(site) as desk, working("登録結果の確認"):
        found = use_case.confirm(desk)
    finish(found.as_json(), lambda console: _told(console, found), as_json=as_json)


def _told(console: Console, found: Summary) -> None:
    counts = found.counts
    if not counts["asked"]:
        console.print("照会する時期のファイルはありません。")
        return
    console.print(f"照会したファイル {counts['asked']}、処理済み {counts['finished']}、処理待ち {counts['waiting']}")
    console.print(
        f"処理件数 {counts['processed']:,}、エラー {counts['errors']:,}、全体エラー {counts['rejected_whole']}"
    )
