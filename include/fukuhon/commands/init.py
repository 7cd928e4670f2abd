"""``fukuhon init``: a site of one's own, begun by answering questions while each source is tried."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fukuhon.commands import instants
from fukuhon.commands.options import AsJson
from fukuhon.commands.telling import finish, note
from fukuhon.errors import ConfigurationError

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.commands.first_site.founding import Founded

__all__ = ["init"]

Many = list[str] | None


def init(  # noqa: PLR0913 - what is asked may be answered by options
    *,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="作る団体のフォルダー。layouts だけは先に置ける。")],
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="答えを書いたファイル（YAML）。何も聞かない。")
    ] = None,
    body: Annotated[str | None, typer.Option("--body", metavar="CODE", help="団体コード（6桁）。")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="団体名", help="団体名。")] = None,
    prefecture: Annotated[str | None, typer.Option("--prefecture", metavar="都道府県", help="都道府県名。")] = None,
    group: Annotated[int | None, typer.Option("--group", metavar="1〜3", help="送信の時間帯のグループ。")] = None,
    clock: Annotated[
        str | None, typer.Option("--clock", metavar="system|standin", help="本番の時計か、代行サーバーの時計か。")
    ] = None,
    server: Annotated[str | None, typer.Option("--server", metavar="URL", help="中間サーバーのアドレス。")] = None,
    source: Annotated[
        Many, typer.Option("--source", metavar="ID=FILE", help="既存システム。データベースは ID=env:変数名。")
    ] = None,
    dataset: Annotated[
        Many, typer.Option("--dataset", metavar="TK…=ID[:表]", help="データセットと、正本のある既存システム。")
    ] = None,
    column: Annotated[
        Many,
        typer.Option("--column", metavar="項目=列", help="名前では分からない列（TK….I0101=列、register.kana=列）。"),
    ] = None,
    start: Annotated[str | None, typer.Option("--start", metavar="日付", help="仕事を始める日。")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask, try, write; what is left to do is told by name. With ``--answers`` or ``--json`` nothing is asked."""
    from fukuhon.commands.first_site.answers import answers_of
    from fukuhon.commands.first_site.founding import found, refuse_existing

    refuse_existing(folder)
    told = {"code": body, "name": name, "prefecture": prefecture, "group": group}
    given: dict[str, Any] = {key: value for key, value in (("clock", clock), ("server", server)) if value}
    given |= {"body": {key: value for key, value in told.items() if value}} if any(told.values()) else {}
    given |= {"start": instants.day(start)} if start else {}
    given |= _listed(source, dataset, column)
    if answers is None and not as_json and not _complete(given):
        from fukuhon.commands.first_site.asking import ask

        given = ask(folder, given)
    made = found(folder, answers_of(answers, given), lambda seen: note(f"{seen.answer.id}：{seen.told}"))
    finish(
        {
            "site": made.folder.absolute(),
            "files": made.files,
            "mapped": made.mapped,
            "lacking": {code: [one.told for one in what] for code, what in made.lacking.items()},
        },
        lambda console: _told(console, made),
        as_json=as_json,
    )


def _complete(given: dict[str, Any]) -> bool:
    return {"body", "sources", "datasets"} <= set(given) and len(given["body"]) == 4


def _listed(source: Many, dataset: Many, column: Many) -> dict[str, Any]:
    """Sources, datasets and columns of options. Raises ConfigurationError COMMANDS-073."""
    from fukuhon.commands.first_site.looking import source_of

    given: dict[str, Any] = {}
    if source:
        given["sources"] = [source_of(one) for one in source]
    columns: dict[str, dict[str, str]] = {}
    for one in column or ():
        item, equals, name = one.partition("=")
        where, dot, key = item.partition(".")
        if not (equals and dot and key and name):
            raise ConfigurationError("COMMANDS-073", option="--column", form="TK00000300000001.I0301=受給者番号")
        columns.setdefault(where, {})[key] = name
    if dataset:
        given["datasets"] = [_dataset(one, columns) for one in dataset]
    if "register" in columns and dataset:
        first = given["datasets"][0]
        given["register"] = {"source": first["source"], "table": first["table"], "columns": columns["register"]}
    return given


def _dataset(text: str, columns: dict[str, dict[str, str]]) -> dict[str, Any]:
    code, equals, where = text.partition("=")
    source, _, table = where.partition(":")
    if not (equals and source):
        raise ConfigurationError("COMMANDS-073", option="--dataset", form="TK00000300000001=kodomo")
    return {"code": code, "source": source, "table": table or None, "columns": columns.get(code, {})}


def _told(console: Console, made: Founded) -> None:
    console.print(f"{made.folder} を作りました（{len(made.files)} ファイル。フォルダーは 0700、ファイルは 0600）。")
    for code, count in made.mapped.items():
        what = "宛名の台帳" if code == "register" else code
        lacking = made.lacking.get(code, ())
        rest = f"、決めるもの {len(lacking)}：{'、'.join(one.told for one in lacking)}" if lacking else ""
        console.print(f"　{what}：結び付いた列 {count}{rest}")
    console.print(f"次：「fukuhon doctor --site {made.folder}」が、残りを一つずつ示します。")
