"""``fukuhon layout xsd``: the schema of a dataset's files."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fukuhon.commands import instants
from fukuhon.commands.group import Verb
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, quiet

if TYPE_CHECKING:
    from fukuhon.layouts import DatasetLayout

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="レイアウトを見る。")


@app.callback()
def _several() -> None:
    """Keep the verb's name although it is the only one."""


@app.command(cls=Verb, name="xsd", help="データセットのファイルのスキーマ（XSD）を出す。")
def xsd(  # noqa: PLR0913 - each is an option
    dataset: Annotated[str, typer.Argument(metavar="TK…", help="データセットの識別項目コード。")],
    *,
    version: Annotated[str | None, typer.Option("--version", metavar="版", help="レイアウトの版。")] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="日付", show_default="今日", help="この日に有効な版。")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", show_default="標準出力", help="書く先のファイル。")
    ] = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the schema of one dataset's files."""
    from fukuhon.files import write_bytes
    from fukuhon.layouts import to_xsd

    with quiet():
        layout = _layout(site, dataset, version, on)
        schema = to_xsd(layout)
        if out is not None:
            write_bytes(out, schema)
    text = schema.decode()
    body = {"dataset": layout.code, "spi": layout.spi, "version": layout.version}
    body |= {"file": str(out)} if out else {"xsd": text}
    if out:
        finish(body, lambda console: console.print(f"{out} に書きました。"), as_json=as_json)
    else:
        finish(body, lambda console: console.out(text, end=""), as_json=as_json)


def _layout(folder: Path, dataset: str, version: str | None, on: str | None) -> DatasetLayout:
    from fukuhon.layouts import packs
    from fukuhon.site import load

    site = load(folder)
    known = packs(site)
    if version is not None:
        return known.version(dataset, version)
    return known.in_force(dataset, instants.day(on) if on else site.clock().now().date())
