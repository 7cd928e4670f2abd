"""``fukuhon trace``: one file's life, one run, or the files in which one record travelled.

What is asked for stands on the command line as a receipt number, a file's name or a run's number. A record is named by
its keyed hash, or typed in when asked: a command line is seen by everybody on the machine and stays in its history.
"""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fukuhon.commands.acting import at_desk
from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish
from fukuhon.commands.tracing import life_of_file, life_of_run
from fukuhon.commands.tracing_text import file_text, found_text, run_text
from fukuhon.errors import ConfigurationError, DataError

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.registration.desk import Desk

__all__ = ["trace"]

_RECEIPT, _RUN, _NAME, _HASH = r"[0-9]{21,22}", r"[0-9]{1,9}", r"[0-9A-Za-z._-]+\.xml", r"[0-9a-f]{64}"


def trace(
    what: Annotated[
        str | None, typer.Argument(metavar="[番号]", help="受付番号、ファイル名、又は実行の番号。", show_default=False)
    ] = None,
    *,
    identity: Annotated[
        str | None, typer.Option("--hash", metavar="HEX", help="記録の照合用の値（64桁）で探す。")
    ] = None,
    record: Annotated[
        bool, typer.Option("--record", metavar="", help="記録で探す。キーは聞かれてから入力する（標準入力でもよい）。")
    ] = False,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Tell what is known."""
    if sum((what is not None, identity is not None, record)) != 1:
        raise ConfigurationError("COMMANDS-050")
    with at_desk(site, reads=True) as desk:
        body, text = _by_record(desk, identity) if what is None else _by_number(desk, what)
    finish(body, text, as_json=as_json)


def _by_number(desk: Desk, what: str) -> tuple[dict[str, Any], Any]:
    from fukuhon.ledger import files, runs

    with desk.ledger.reading() as reader:
        if re.fullmatch(_RUN, what):
            if not any(run.id == int(what) for run in runs.find(reader)):
                raise DataError("COMMANDS-051")
            run = life_of_run(reader, int(what))
            return run, lambda console: run_text(console, run)
        if re.fullmatch(_RECEIPT, what):
            found = list(files.find(reader, receipt=what))
        elif re.fullmatch(_NAME, what):
            found = [file for file in files.find(reader) if file.name == what]
        else:
            raise ConfigurationError("COMMANDS-050")
        if not found:
            raise DataError("COMMANDS-051")
        life = life_of_file(reader, found[0])
    return life, lambda console: file_text(console, life)


def _by_record(desk: Desk, identity: str | None) -> tuple[dict[str, Any], Any]:
    from fukuhon.commands.finding import ask_record, files_with, identity_of

    if identity is None:
        identity = identity_of(desk, ask_record())
    elif not re.fullmatch(_HASH, identity):
        raise ConfigurationError("COMMANDS-011", what="照合用の値", form="0〜9とa〜fの64桁")
    found = files_with(desk, bytes.fromhex(identity))
    body = {"identity_hash": identity, "files": found}

    def text(console: Console) -> None:
        found_text(console, identity, found)

    return body, text
