"""``fukuhon service``: units for systemd, one for each part, for a host without containers; and the sender's health."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fukuhon.commands.group import Family, Verb
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, quiet
from fukuhon.errors import ConfigurationError, RefusedError

__all__ = ["app"]

app = typer.Typer(cls=Family, no_args_is_help=True, help="サービスとしての登録と、動作の確認。")


@app.command("install", cls=Verb, help="systemd の単位ファイルを、送信プロセスを含む全ての部分について書く。")
def install(  # noqa: PLR0913 - each is an option
    *,
    user: Annotated[str, typer.Option("--user", metavar="利用者", help="動かす利用者（root は不可）。")] = "fukuhon",
    environment: Annotated[
        Path,
        typer.Option("--environment", metavar="FILE", help="Airflow の設定（環境変数）を書いたファイル。"),
    ] = Path("/etc/fukuhon/fukuhon.env"),
    airflow_home: Annotated[
        Path, typer.Option("--airflow-home", metavar="FOLDER", help="Airflow が記録などを置くフォルダー。")
    ] = Path("/var/lib/fukuhon/airflow"),
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="書く先のフォルダー。")] = Path(
        "/etc/systemd/system"
    ),
    only_print: Annotated[bool, typer.Option("--print", metavar="", help="書かずに、内容を標準出力に出す。")] = False,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the units. Exit 2 for root as the user, and where the folder cannot be written."""
    from fukuhon.commands.units import Place, units

    if user == "root":
        raise ConfigurationError("COMMANDS-120", user=user)
    made = units(Place.here(site.absolute(), user, environment.absolute(), airflow_home.absolute()))
    if not only_print:
        _write(out, made)
    body = {"folder": None if only_print else out.absolute(), "units": made if only_print else list(made)}
    if only_print:
        text = "\n".join(f"# {name}\n{content}" for name, content in made.items())
    else:
        text = (
            f"{len(made)} 個の単位ファイルを {out.absolute()} に書きました。\n"
            "次の手順：「systemctl daemon-reload」のあと「systemctl enable --now fukuhon.target」を実行してください。"
        )
    finish(body, lambda console: console.print(text, soft_wrap=True), as_json=as_json)


@app.command("health", cls=Verb, help="送信プロセスが動いているかを確かめる（動いていなければ終了コード 1）。")
def health(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Exit 0 where a sender holds the site's work folder, 1 where none does."""
    from fukuhon.sender import alone
    from fukuhon.site import load

    try:
        with quiet(), alone(load(site).work / "sender"):
            running = False
    except RefusedError:
        running = True
    text = "送信プロセスは動いています。" if running else "送信プロセスは動いていません。"
    failed = None if running else RefusedError("COMMANDS-122")
    finish({"sender": running}, lambda console: console.print(text), as_json=as_json, failed=failed)


def _write(folder: Path, made: dict[str, str]) -> None:
    """Write units for everybody to read: they hold no secret. Raises ConfigurationError COMMANDS-121."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            beside = folder / f".{name}.new"
            beside.write_text(content, encoding="utf-8")
            beside.chmod(0o644)
            beside.replace(folder / name)
    except OSError as error:
        raise ConfigurationError("COMMANDS-121", folder=folder, why=type(error).__name__) from None
