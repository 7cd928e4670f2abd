"""Units that systemd takes, and whether a sender is there."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fukuhon.commands.app import app
from fukuhon.sender import alone

SITE = """\
schema: 1
body: {code: "992011", name: 見本市, prefecture: 見本県, group: 2}
clock: system
folders: {work: var/work}
ledger: {url: "sqlite:///var/ledger.db"}
hash_key: {file: var/secrets/hash.key}
server: {url: "http://127.0.0.1:1", device: T992011-01}
sources: [{id: tax, name: 税務, kind: sqlite, path: tax.db, history: change_log}]
register: {source: tax, query: q}
spis: [{code: TM00000000000002, datasets: [{code: TK00000200000001, source: tax, query: q, rules: r, channel: 3}]}]
"""
PARTS = {
    "fukuhon.target",
    "fukuhon-sender.service",
    "fukuhon-api-server.service",
    "fukuhon-scheduler.service",
    "fukuhon-dag-processor.service",
    "fukuhon-triggerer.service",
    "fukuhon-worker@.service",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site's folder."""
    for name, text in {"site.yaml": SITE, "queries/q.sql": "SELECT 1", "rules/r.yaml": "{}"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def invoke(*arguments: object) -> Any:
    """Run a command line."""
    return CliRunner().invoke(app, list(map(str, arguments)))


@pytest.fixture
def units(site: Path) -> dict[str, str]:
    """Each unit's text by its name."""
    done = invoke("service", "install", "--print", "--site", site, "--json")
    found: dict[str, str] = json.loads(done.stdout)["units"]
    return found


def test_every_part_has_a_unit_and_comes_back(units: dict[str, str]) -> None:
    """Also the sender; none as root, none with a secret in it."""
    assert set(units) == PARTS
    for name, text in units.items():
        if name.endswith(".service"):
            assert {"Restart=always", "User=fukuhon", "NoNewPrivileges=yes", "ProtectSystem=strict"} <= set(
                text.splitlines()
            )


def test_the_sender_is_ended_alone_and_may_finish(units: dict[str, str]) -> None:
    """SIGTERM to the process, and a day for its upload; it reads none of Airflow's secrets where there are none."""
    sender = units["fukuhon-sender.service"].splitlines()
    assert {"KillMode=mixed", "TimeoutStopSec=24h"} <= set(sender)
    assert "EnvironmentFile=-/etc/fukuhon/fukuhon.env" in sender


def test_only_what_has_to_be_written_can_be(units: dict[str, str], site: Path) -> None:
    """The site's work, key and ledger; Airflow's home only for Airflow."""
    (line,) = (row for row in units["fukuhon-sender.service"].splitlines() if row.startswith("ReadWritePaths"))
    assert line == f"ReadWritePaths=-{site}/var/work -{site}/var/secrets -{site}/var"


def test_they_are_written_and_written_again(site: Path, tmp_path: Path) -> None:
    """Into a folder; readable for all, since they hold no secret."""
    for _ in range(2):
        done = invoke("service", "install", "--out", tmp_path / "units", "--site", site, "--json")
        assert done.exit_code == 0
    assert {path.name for path in (tmp_path / "units").iterdir()} == PARTS
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "units").iterdir()} == {0o644}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_takes_them(site: Path, tmp_path: Path) -> None:
    """By its own check; that user and files of settings are not here yet is no fault of a unit."""
    invoke("service", "install", "--out", tmp_path / "units", "--site", site, "--user", "daemon")
    folder = tmp_path / "units"
    for number in (1, 2):
        shutil.copy(folder / "fukuhon-worker@.service", folder / f"fukuhon-worker@{number}.service")
    (folder / "fukuhon-worker@.service").unlink()
    paths = sorted(map(str, folder.iterdir()))
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "fukuhon" in line] == []


@pytest.mark.parametrize(
    ("options", "code"), [(("--user", "root"), "COMMANDS-120"), (("--out", "/dev/null/x"), "COMMANDS-121")]
)
def test_what_cannot_be(site: Path, options: tuple[str, ...], code: str) -> None:
    """Root, and a folder that is none."""
    done = invoke("service", "install", "--site", site, "--json", *options)
    assert (done.exit_code, json.loads(done.stdout)["error"]["code"]) == (2, code)


def test_health(site: Path) -> None:
    """1 without a sender, 0 beside one."""
    done = invoke("service", "health", "--site", site, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["sender"], told["error"]["code"]) == (1, False, "COMMANDS-122")
    with alone(site / "var" / "work" / "sender"):
        assert invoke("service", "health", "--site", site).exit_code == 0
