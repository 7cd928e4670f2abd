"""``fukuhon columns``: has an existing system changed its columns, and a person's word that the new ones are right."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fukuhon.commands import instants
from fukuhon.commands.acting import at_desk, decider
from fukuhon.commands.group import Verb
from fukuhon.commands.options import HERE, AsJson, AsOf, Dataset, SiteFolder
from fukuhon.commands.telling import finish
from fukuhon.errors import DataError

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.registration.known_columns import Looked

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="既存システムの列が、前回の抽出から変わっていないかを調べる。")


@app.command(cls=Verb, name="check", help="今の列を前回の列と比べる（何も書かない）。")
def check(*, dataset: Dataset = None, as_of: AsOf = None, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Compare every dataset's columns; exit 1 where some changed."""
    from fukuhon.registration import known_columns

    with at_desk(site, reads=True) as desk:
        day = instants.data_day(desk, as_of)
        wanted = desk.site.datasets() if dataset is None else (desk.site.dataset(dataset),)
        found = [known_columns.look(desk, each, day) for each in wanted]
    changed = [one for one in found if one.changes]
    finish(
        {"datasets": [_body(one) for one in found]},
        lambda console: _told(console, found),
        as_json=as_json,
        failed=_error(changed[0]) if changed else None,
    )


@app.command(cls=Verb, name="accept", help="変わった列を、見直しの済んだものとして受け入れる（理由が要る）。")
def accept(
    *,
    dataset: Annotated[str, typer.Argument(metavar="TK…", help="データセットの識別項目コード。")],
    reason: Annotated[
        str, typer.Option("--reason", metavar="理由", help="改修の内容と、何を見直したか。監査証跡に残る。")
    ],
    as_of: AsOf = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Let today's columns be the known ones, as an officer or the administrator."""
    from fukuhon.registration import known_columns

    with at_desk(site) as desk:
        decider(desk, "officer", "administrator")
        found = known_columns.accept(desk, desk.site.dataset(dataset), instants.data_day(desk, as_of), reason)
        by = desk.actor

    def told(console: Console) -> None:
        _told(console, [found])
        console.print(
            "受け入れました。次の抽出から、この列が基準です。" if found.changes else "変わった列はありません。"
        )

    finish({**_body(found), "accepted": bool(found.changes), "by": by}, told, as_json=as_json)


def _error(found: Looked) -> DataError:
    changes = "".join(f"\n  {change.wording}" for change in found.changes or ())
    return DataError("ORIGINALS-011", source=found.source, changes=changes)


def _body(found: Looked) -> dict[str, Any]:
    changes = None if found.changes is None else [change.wording for change in found.changes]
    return {"dataset": found.dataset, "source": found.source, "columns": found.columns, "changes": changes}


def _told(console: Console, found: Sequence[Looked]) -> None:
    for one in found:
        state = "前回なし" if one.changes is None else f"変わった列 {len(one.changes)}"
        console.print(f"{one.dataset}（{one.source}）：{one.columns} 列、{state}")
        for change in one.changes or ():
            console.print(f"  {change.wording}")
