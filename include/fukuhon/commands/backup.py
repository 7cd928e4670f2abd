"""``fukuhon backup`` and ``fukuhon restore``."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fukuhon.commands.acting import at_desk, os_user
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, quiet, working

__all__ = ["backup", "restore"]

_File = Annotated[Path, typer.Argument(metavar="FILE", help="バックアップのファイル。", show_default=False)]
_Key = Annotated[
    Path | None,
    typer.Option(
        "--key",
        metavar="FILE",
        show_default="FILE.key",
        help="ハッシュ鍵のファイル。バックアップとは別の場所に保管する。",
    ),
]


def backup(*, file: _File, key: _Key = None, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Write ledger, sidecars and settings into one sealed file, and the hash key into another."""
    from fukuhon.backup import write

    path, apart = file.absolute(), (key or _beside(file)).absolute()
    with at_desk(site) as desk, working("バックアップ"):
        made = write(desk, path, apart)
    body = {
        "file": path,
        "key": apart,
        "lines": made.seq,
        "members": made.members,
        "bytes": made.bytes,
        "missing": made.missing,
    }
    text = (
        f"バックアップを作りました：{path}（{made.bytes:,} バイト、監査証跡 {made.seq:,} 行）\n"
        f"ハッシュ鍵：{apart}（バックアップとは別の場所に保管してください。鍵がないと戻せません）"
    )
    if made.missing:
        text += f"\n台帳にあってディスクにないファイル：{made.missing:,} 件"
    finish(body, lambda console: console.print(text), as_json=as_json)


def restore(
    *,
    file: _File,
    key: _Key = None,
    reason: Annotated[
        str | None,
        typer.Option(
            "--reason", metavar="理由", help="戻す先に内容の違うファイルがあるとき、今あるものを残してよい理由。"
        ),
    ] = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Restore a backup into a place where nothing is lost by it; sending stays stopped until somebody has looked."""
    from fukuhon.backup import restore as restore_from

    with quiet(), working("復元"):
        made = restore_from(file.absolute(), (key or _beside(file)).absolute(), site.absolute(), os_user(), reason)
    body = {"site": site.absolute(), "lines": made.seq, "files": made.files, "made": made.made, "kept": made.kept}
    text = (
        f"{made.made:%Y-%m-%d %H:%M} のバックアップを戻しました"
        f"（監査証跡 {made.seq:,} 行、ファイル {made.files:,} 件）。\n"
        "送信は止めてあります。「fukuhon resume」で中間サーバーの登録結果一覧と照合してから再開してください。"
    )
    finish(body, lambda console: console.print(text), as_json=as_json)


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.key")
