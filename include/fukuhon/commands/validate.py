"""``fukuhon validate``: reads, maps and judges as a run would; writes no file and registers nothing.

The evidence lies in a folder of the work files, which is told.
"""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fukuhon.commands import instants
from fukuhon.commands.acting import at_desk
from fukuhon.commands.failures import as_dict
from fukuhon.commands.options import HERE, AsJson, AsOf, Dataset, SiteFolder
from fukuhon.commands.telling import finish, table, working

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from fukuhon.registration.trial import Judged

__all__ = ["validate"]

_SEVERITIES = {"stop": "登録を止める", "quarantine": "留め置き", "warn": "注意"}
_TOLD = ("id", "severity", "wording", "failed", "by_variation", "stops")


def validate(*, dataset: Dataset = None, as_of: AsOf = None, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Judge without registering; exit 1 where a run would not go through."""
    from fukuhon.registration import trial

    with at_desk(site) as desk, working("検査") as progress:
        instant = instants.as_of(desk, as_of)
        found = []
        for one in trial.validate(desk, instant, dataset):
            progress(f"{one.dataset} を検査しました")
            found.append(one)
        folder = trial.trial_folder(desk, instant)
    problems = [one.problem for one in found if one.problem]
    finish(
        {"as_of": instant, "folder": folder, "datasets": [_body(one) for one in found]},
        lambda console: _told(console, found, folder),
        as_json=as_json,
        failed=problems[0] if problems else None,
    )


def _body(one: Judged) -> dict[str, Any]:
    seen = one.evidence or {}
    census = seen.get("census", {})
    return {
        "dataset": one.dataset,
        **{name: census.get(name, {}) for name in ("read", "out_of_scope", "withheld")},
        "judged": seen.get("judged", {}),
        "quarantined": seen.get("quarantined", {}),
        "rules": seen.get("evidence"),
        "failed_rules": [{name: rule[name] for name in _TOLD} for rule in _failed(one)],
        "stops": seen.get("stops", []),
        "error": as_dict(one.problem) if one.problem else None,
    }


def _failed(one: Judged) -> list[dict[str, Any]]:
    return [rule for rule in (one.evidence or {}).get("rules", []) if rule["failed"]]


def _told(console: Console, found: Sequence[Judged], folder: Path) -> None:
    sums = ("judged", "quarantined")
    rows = [
        (
            one.dataset,
            sum((one.evidence or {}).get("census", {}).get("read", {}).values()),
            *(sum((one.evidence or {}).get(name, {}).values()) for name in sums),
            "止まる" if one.problem else "進める",
        )
        for one in found
    ]
    console.print(table(("データセット", "読込", "検査", "留め置き", "登録は"), rows))
    failed = [
        (rule["id"], _SEVERITIES[rule["severity"]], rule["failed"], rule["wording"])
        for o in found
        for rule in _failed(o)
    ]
    if failed:
        console.print(table(("検査", "扱い", "件数", "内容"), failed))
    console.print(f"検査の記録：{folder}")
