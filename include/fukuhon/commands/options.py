"""The options that every verb has, and those that several share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["HERE", "AsJson", "AsOf", "Dataset", "SiteFolder"]

HERE = Path()

SiteFolder = Annotated[
    Path,
    typer.Option(
        "--site",
        envvar="FUKUHON_SITE",
        metavar="FOLDER",
        show_default="今のフォルダー",
        help="団体の設定（site.yaml）があるフォルダー。",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", metavar="", help="結果を一つの JSON として標準出力に出す。")]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="日時", show_default="今日の最初", help="どの時点の正本か（2017-04-12T00:00 の形）。"
    ),
]
Dataset = Annotated[
    str | None,
    typer.Option("--dataset", metavar="TK…", show_default="全て", help="データセットの識別項目コード。"),
]
