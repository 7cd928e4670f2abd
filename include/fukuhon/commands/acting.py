"""Who acts: the user of the operating system, as the person whom ``site.yaml`` knows by that name (DESIGN §3.15).

The name comes from the process's user id, not from the environment, where anybody may write another one. Reading and
working go under the system's own name where it belongs to nobody; asking for and deciding what needs two people does
not: it needs a person in the role.
"""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fukuhon.commands import failures
from fukuhon.commands.failures import keep
from fukuhon.commands.telling import quiet
from fukuhon.errors import FatalError, FukuhonError, RefusedError

if TYPE_CHECKING:
    from fukuhon.registration.desk import Desk
    from fukuhon.site import Person, Role

__all__ = ["ROLE_NAMES", "actor_of", "at_desk", "decider", "os_user"]

ROLE_NAMES: dict[Role, str] = {
    "officer": "業務担当者",
    "addressee_clerk": "宛名・符号担当者",
    "addressee_manager": "宛名・符号管理者",
    "collation_requester": "突合用ファイル出力担当者",
    "collation_manager": "特定個人情報取扱責任者",
    "administrator": "システム管理者",
    "inquiry_manager": "照会結果取扱責任者",
    "disclosure": "情報提供等記録開示担当者",
}


def os_user() -> str:
    """The user that this process runs as."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without an entry
        return f"uid{os.getuid()}"


@contextmanager
def at_desk(folder: Path, *, reads: bool = False) -> Iterator[Desk]:
    """The desk of a site for one verb; nothing in the block writes to standard output.

    ``reads``: the verb writes nothing, so nobody asks who it is (the site's clock, which knows the day, may be away).
    What nobody foresaw becomes FatalError COMMANDS-009, its traceback kept in the site's folder of logs.
    """
    from fukuhon.registration.desk import open_desk

    with quiet(), open_desk(folder, os_user()) as desk:
        try:
            if not reads:
                desk.actor = actor_of(desk)
            yield desk
        except (FukuhonError, typer.Exit, typer.Abort, EOFError, BrokenPipeError):
            raise
        except Exception as error:
            unwritable = failures.unwritable(error)
            if unwritable is not None:
                raise unwritable from None
            raise FatalError("COMMANDS-009", log=keep(error, desk.site.folders.work / "logs")) from error


def actor_of(desk: Desk) -> str:
    """The person's name; the system's name of a user who is nobody's."""
    try:
        return _person(desk).name
    except RefusedError:
        return os_user()


def decider(desk: Desk, *roles: Role) -> Person:
    """The person who acts, in one of these roles.

    Raises RefusedError: SITE-008 (the user is nobody), COMMANDS-010 (somebody in another role).
    """
    person = _person(desk)
    if roles and person.role not in roles:
        raise RefusedError("COMMANDS-010", roles="、".join(ROLE_NAMES[role] for role in roles))
    return person


def _person(desk: Desk) -> Person:
    return desk.site.person_for(desk.now().date(), os_user=os_user())
