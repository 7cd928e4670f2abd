"""Who acts: told by the process, never by the environment."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

import pytest

from fukuhon.commands import acting
from fukuhon.errors import FatalError, RefusedError
from fukuhon.site.people import ROLE_CODES

if TYPE_CHECKING:
    from conftest import Hamlet


def test_user_is_the_process_s_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """`USER=mitsuko fukuhon approve 1` approves as nobody else."""
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "mitsuko")
    assert acting.os_user() == pwd.getpwuid(os.getuid()).pw_name


def test_user_without_an_entry_is_told_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may run under a number that no file knows."""

    def unknown(_: int) -> None:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert acting.os_user() == f"uid{os.getuid()}"


def test_every_role_has_a_name_for_people() -> None:
    """A refusal names the role that is needed."""
    assert set(acting.ROLE_NAMES) == set(ROLE_CODES)


def test_books_are_written_in_the_person_s_name(hamlet: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is somebody of the settings acts under that name; who is nobody's, under the system's."""
    for user, name in (("hanako", "業務 花子"), ("backup", "backup")):
        monkeypatch.setattr(acting, "os_user", lambda user=user: user)
        with acting.at_desk(hamlet.folder) as desk:
            assert desk.actor == name


def test_only_a_person_in_the_role_decides(hamlet: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's user is SITE-008, another role COMMANDS-010."""
    for user, code in (("backup", "SITE-008"), ("hanako", "COMMANDS-010")):
        monkeypatch.setattr(acting, "os_user", lambda user=user: user)
        with acting.at_desk(hamlet.folder) as desk, pytest.raises(RefusedError) as refused:
            acting.decider(desk, "collation_manager")
        assert refused.value.code == code
    monkeypatch.setattr(acting, "os_user", lambda: "mitsuko")
    with acting.at_desk(hamlet.folder) as desk:
        assert acting.decider(desk, "collation_manager").name == "責任 三子"


def test_reading_asks_neither_who_nor_what_time_it_is(hamlet: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the site's clock is away, what needs no instant can still be read."""
    monkeypatch.setenv("FUKUHON_SERVER_URL", "http://127.0.0.1:9")
    assert hamlet.json("approvals") == {"approvals": []}
    assert hamlet.json("audit", "verify")["lines"] >= 0
    assert hamlet.json("status", code=1)["error"]["code"] == "BASE-001"


def test_crash_at_the_desk_is_logged_in_the_site_s_work_folder(hamlet: Hamlet) -> None:
    """Beside the site's other work files, private; what is raised names the file and no value."""
    with pytest.raises(FatalError) as crashed, acting.at_desk(hamlet.folder, reads=True):
        raise ZeroDivisionError
    assert crashed.value.code == "COMMANDS-009"
    log = crashed.value.facts["log"]
    assert log.parent == hamlet.site.work / "logs"
    assert log.stat().st_mode & 0o777 == 0o600
    assert log.parent.stat().st_mode & 0o777 == 0o700


def test_nothing_else_reaches_standard_output(hamlet: Hamlet, capsys: pytest.CaptureFixture[str]) -> None:
    """A library that prints does not spoil the one JSON object."""
    with acting.at_desk(hamlet.folder, reads=True):
        print("progress of some library")  # noqa: T201 - that is the point
    out, err = capsys.readouterr()
    assert out == ""
    assert "progress" in err
