"""``fukuhon sender``: the one process that puts bytes on the wire, in the foreground until a signal."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from fukuhon.commands.options import HERE, AsJson, SiteFolder
from fukuhon.commands.telling import finish, quiet

__all__ = ["sender"]


def sender(*, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Send what is ordered until SIGTERM or Ctrl-C; a running file is always finished."""
    import logging

    from fukuhon.sender import serve
    from fukuhon.site import load

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    with quiet():
        serve(load(site))
    finish({"ended": True}, lambda console: console.print("送信プロセスを終わりました。"), as_json=as_json)
