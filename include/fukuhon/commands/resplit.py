"""``fukuhon resplit``: files that fit no window, split again below what would."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from fukuhon.commands.acting import at_desk
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, working
from fukuhon.errors import RefusedError

__all__ = ["resplit"]


def resplit(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Split what fits no window, supersede the old files, and plan anew."""
    from fukuhon.registration import planning, resplitting

    with at_desk(site) as desk, working("ファイルの分け直し"):
        made = resplitting.resplit(desk)
        plan = planning.plan(desk)
    counts = made.counts
    finish(
        made.as_json() | {"plan": plan.as_json()},
        lambda console: console.print(
            f"分け直したファイル {counts['split']}（新しいファイル {counts['made']}）、"
            f"送信枠に割り当てたファイル {plan.counts['placed']}"
        ),
        as_json=as_json,
        failed=RefusedError("COMMANDS-062", count=counts["left"]) if counts["left"] else None,
    )
