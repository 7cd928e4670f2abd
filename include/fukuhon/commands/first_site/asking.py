"""The questions of ``fukuhon init``, one after the other; each source is tried as soon as it is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from fukuhon.commands.failures import show
from fukuhon.commands.first_site.answers import SERVER, SourceAnswer
from fukuhon.commands.first_site.looking import Seen, look, source_of
from fukuhon.commands.first_site.matching import match, match_register, wanted_of
from fukuhon.errors import DataError, FukuhonError
from fukuhon.identifiers import BodyCode
from fukuhon.layouts import DatasetLayout, packs_in
from fukuhon.site.resources import resource_folders

__all__ = ["ask"]


def ask(folder: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for what ``given`` does not say. Raises what ``typer`` raises where the input ends."""
    answers = dict(given)
    body = dict(answers.get("body", {}))
    body.setdefault("code", "") or body.update(code=_body_code())
    body.setdefault("name", "") or body.update(name=_text("団体名"))
    body.setdefault("prefecture", "") or body.update(prefecture=_text("都道府県名"))
    body.setdefault("group", 0) or body.update(group=int(_choice("送信の時間帯のグループ", ("1", "2", "3"))))
    answers["body"] = body
    if "clock" not in answers:
        answers["clock"] = _choice("時計（system：本番、standin：代行サーバーで練習）", ("system", "standin"))
    if "server" not in answers:
        answers["server"] = typer.prompt("中間サーバーのアドレス", default=SERVER)
    seen = {one.answer.id: one for one in _sources(answers)}
    answers["sources"] = [one.answer.model_dump() for one in seen.values()]
    if "datasets" not in answers:
        answers["datasets"] = list(_datasets(folder, seen))
    if "register" not in answers:
        answers["register"] = _register(seen)
    return answers


def _sources(answers: Mapping[str, Any]) -> Iterator[Seen]:
    for one in answers.get("sources", ()):
        yield look(SourceAnswer.model_validate(one))
    more = not answers.get("sources")
    while more:
        where = _text("既存システム（id=ファイル、又は id=env:変数名。例 kodomo=/data/受給者.csv）")
        try:
            answer = source_of(where)
            answer["name"] = typer.prompt("　その名前", default=answer["id"])
            seen = look(SourceAnswer.model_validate(answer))
        except FukuhonError as error:
            show(error)
            continue
        typer.echo(f"　つながりました：{seen.told}", err=True)
        yield seen
        more = typer.confirm("ほかの既存システムもありますか", default=False)


def _datasets(folder: Path, seen: Mapping[str, Seen]) -> Iterator[dict[str, Any]]:
    layouts = {
        layout.code: layout
        for pack in packs_in(resource_folders(folder.absolute(), "layouts")).packs
        for layout in pack.datasets
    }
    typer.echo("レイアウトのあるデータセット：", err=True)
    for layout in layouts.values():
        typer.echo(f"　{layout.code} {layout.spi_name} {layout.name}", err=True)
    more = True
    while more:
        code = _choice("データセットの識別項目コード", tuple(layouts))
        source, table = _table(seen, "　正本のある既存システム", "　その表")
        yield {"code": code, "source": source, "table": table, "columns": _columns(layouts[code], seen[source], table)}
        more = typer.confirm("ほかのデータセットもありますか", default=False)


def _columns(layout: DatasetLayout, seen: Seen, table: str) -> dict[str, str]:
    """What a person says of items whose column cannot be told by its name."""
    columns = seen.tables[table]
    found = match(wanted_of(layout), columns, {}, layout.code)
    typer.echo(f"　名前の同じ列：{len(found.columns)}、見つからないもの：{len(found.lacking)}", err=True)
    said: dict[str, str] = {}
    for one in found.lacking:
        column = typer.prompt(f"　{one.told} の列（後で決めるなら空のまま）", default="", show_default=False)
        if column and column in columns:
            said[one.key] = column
        elif column:
            typer.echo(f"　{column} という列はありません。後で登録ルールに書いてください。", err=True)
    return said


def _register(seen: Mapping[str, Seen]) -> dict[str, Any]:
    source, table = _table(seen, "宛名の台帳のある既存システム", "　その表")
    columns = seen[source].tables[table]
    said = {}
    for one in match_register(columns, {}, "register").lacking:
        column = typer.prompt(f"　宛名の {one.told} の列（後で決めるなら空のまま）", default="", show_default=False)
        if column in columns:
            said[one.key] = column
    return {"source": source, "table": table, "columns": said}


def _table(seen: Mapping[str, Seen], what: str, which: str) -> tuple[str, str]:
    source = next(iter(seen)) if len(seen) == 1 else _choice(what, tuple(seen))
    tables = tuple(seen[source].tables)
    return source, tables[0] if len(tables) == 1 else _choice(which, tables)


def _body_code() -> str:
    while True:
        try:
            return str(BodyCode.parse(_text("団体コード（6桁）")))
        except DataError as error:
            show(error)


def _text(what: str) -> str:
    while not (text := typer.prompt(what).strip()):
        pass
    return str(text)


def _choice(what: str, able: tuple[str, ...]) -> str:
    while (text := typer.prompt(f"{what}（{'、'.join(able)}）").strip()) not in able:
        typer.echo(f"　{'、'.join(able)} のどれかです。", err=True)
    return str(text)
