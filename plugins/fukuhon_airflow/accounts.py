"""The people of ``site.yaml`` as users of Airflow's FAB login, with the roles of seed 1.9.1.

``python -m fukuhon_airflow.accounts`` makes who is missing, gives everybody the role of today, and shuts out who has
none any more; it is run at each deployment and whenever ``people`` changes. Who is new gets a first password, kept in
``$AIRFLOW_HOME/first-passwords.json`` (0600) until somebody has handed it over. Users of other origin are left alone.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fukuhon.commands.acting import ROLE_NAMES
from fukuhon.site import Person, Role, load
from fukuhon_airflow.sites import sites

__all__ = ["ACTING", "Told", "main", "permissions", "synchronize"]

ACTING: frozenset[Role] = frozenset({"officer", "collation_requester", "collation_manager", "inquiry_manager"})
"""Roles that start runs and answer what is asked of them; what each may decide, the library says again."""
_ADMINISTRATOR = "Admin"
_ORIGIN = "fukuhon.invalid"
_DOES = (
    ("can_edit", "DAGs"),
    ("can_create", "DAG Runs"),
    ("can_edit", "DAG Runs"),
    ("can_edit", "Task Instances"),
    ("can_edit", "HITL Detail"),
    ("menu_access", "HITL Detail"),
)
"""Beside looking: start, clear, mark, answer. Nothing is deleted, no connection or variable is seen."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was changed: user names."""

    made: tuple[str, ...]
    shut_out: tuple[str, ...]


def permissions(role: Role, viewing: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """What a role may do in Airflow, beside what every viewer may (``viewing``)."""
    return frozenset(viewing) | (frozenset(_DOES) if role in ACTING else frozenset())


def synchronize(manager: Any, people: Mapping[str, Person], passwords: dict[str, str]) -> Told:
    """Bring FAB's security manager to ``people`` (by ``ui_user``). First passwords of the new go into ``passwords``."""
    for role in ROLE_NAMES:
        if role != "administrator":
            _give(manager, ROLE_NAMES[role], permissions(role, manager.VIEWER_PERMISSIONS))
    made = tuple(user for user, person in people.items() if _admit(manager, user, person, passwords))
    gone = [user for user in manager.get_all_users() if _is_ours(user) and user.active and user.username not in people]
    for user in gone:
        user.active, user.roles = False, []
        manager.update_user(user)
    return Told(made, tuple(user.username for user in gone))


def _give(manager: Any, name: str, wanted: frozenset[tuple[str, str]]) -> None:
    """Let a role have these permissions and no others, whatever somebody clicked together."""
    manager.bulk_sync_roles([{"role": name, "perms": sorted(wanted)}])
    role = manager.find_role(name)
    for permission in list(role.permissions):
        if (permission.action.name, permission.resource.name) not in wanted:
            manager.remove_permission_from_role(role, permission)


def _admit(manager: Any, name: str, person: Person, passwords: dict[str, str]) -> bool:
    """Make or bring up to date one user; tell whether it was made."""
    role = manager.find_role(_ADMINISTRATOR if person.role == "administrator" else ROLE_NAMES[person.role])
    family, _, given = person.name.partition(" ")
    user = manager.find_user(username=name)
    if user is None:
        passwords[name] = secrets.token_urlsafe(12)
        manager.add_user(name, given or family, family, f"{name}@{_ORIGIN}", [role], passwords[name])
        return True
    user.first_name, user.last_name, user.roles, user.active = given or family, family, [role], True
    manager.update_user(user)
    return False


def _is_ours(user: Any) -> bool:
    return str(user.email).endswith(f"@{_ORIGIN}")


def main() -> int:
    """Synchronize the users of this Airflow with all sites of ``FUKUHON_SITES``; returns the exit code."""
    from airflow.providers.fab.auth_manager.cli_commands.utils import (  # noqa: PLC0415 - only where FAB is installed
        get_application_builder,
    )

    people: dict[str, Person] = {}
    for folder in sites():
        site = load(folder.path)
        today = site.clock().now().date()
        people |= {each.ui_user: each for each in site.people if each.ui_user and each.valid_on(today)}
    kept = Path(os.environ["AIRFLOW_HOME"]) / "first-passwords.json"
    passwords: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    with get_application_builder() as builder:
        # Airflow's own roles first: Admin has to exist.
        builder.sm.sync_roles()
        told = synchronize(builder.sm, people, passwords)
    if told.made:
        beside = kept.with_name(f".{kept.name}")
        beside.touch(mode=0o600)
        beside.write_text(json.dumps(passwords))
        beside.rename(kept)
        _tell(f"利用者を作りました：{'、'.join(told.made)}")
        _tell(f"最初のパスワード：{kept}（本人に渡したら消してください。本人は画面で変更します）")
    if told.shut_out:
        _tell(f"役割のなくなった利用者を止めました：{'、'.join(told.shut_out)}")
    return 0


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
