"""The ports are made from the settings, and a missing account is said before anything is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from fukuhon.errors import ConfigurationError
from fukuhon.server import (
    CollationByDataset,
    HttpCollation,
    HttpServer,
    WorksheetCollation,
    connect,
    connect_collation,
)
from fukuhon.site import Site, load

SITE_YAML = """\
schema: 1
body: {code: "992011", name: 見本市, prefecture: 見本県, group: 2}
clock: standin
folders: {work: work}
ledger: {url: "sqlite:///ledger.db"}
hash_key: {file: hash.key}
server:
  url: http://127.0.0.1:9/
  device: T1
  accounts:
    upload: {user: officer, password: {file: password}}
    administrator: {user: admin, password: {file: password}}
    collation_requester: {user: asks, password: {file: password}}
    collation_manager: {user: lets, password: {file: password}}
sources: [{id: tax, name: 税務, kind: sqlite, path: tax.db, history: change_log}]
register: {source: tax, query: q}
spis: [{code: TM00000000000002, datasets: [{code: TK00000200000001, source: tax, query: q, rules: r, channel: 3}]}]
"""


def site_in(folder: Path, without: str = "nothing") -> Site:
    """A small site, less the lines that name something."""
    lines = [line for line in SITE_YAML.splitlines() if without not in line]
    for name, text in {
        "site.yaml": "\n".join(lines),
        "password": "secret",
        "queries/q.sql": "SELECT 1",
        "rules/r.yaml": "{}",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "password").chmod(0o600)
    return load(folder)


def test_each_duty_has_its_account(tmp_path: Path) -> None:
    """Files go as the officer; 突合 between two others; the address has one slash where it needs one."""
    site = site_in(tmp_path)
    server, collation = connect(site), connect_collation(site)
    assert isinstance(server, HttpServer)
    assert isinstance(collation, HttpCollation)
    assert (server.requester, server.administrator.user) == ("officer", "admin")
    assert (collation.requester.user, collation.manager.user) == ("asks", "lets")
    with server.connection.client(server.officer) as client:
        assert str(client.base_url) == "http://127.0.0.1:9/bodies/992011/"


@pytest.mark.parametrize("duty", ["upload", "administrator", "collation_requester", "collation_manager"])
def test_a_missing_account_is_named(tmp_path: Path, duty: str) -> None:
    """By its key in the settings."""
    site = site_in(tmp_path, f"    {duty}:")
    with pytest.raises(ConfigurationError) as caught:
        (connect if duty in {"upload", "administrator"} else connect_collation)(site)
    assert (caught.value.code, caught.value.facts["duty"]) == ("SERVER-030", duty)


def test_the_settings_say_how_collation_goes(tmp_path: Path) -> None:
    """By the server's setting, or a dataset's own; where all go by the terminal, no password is read."""
    site = site_in(tmp_path)
    (dataset,) = site.datasets()
    mixed = site.model_copy(
        update={"spis": (site.spis[0].model_copy(update={"datasets": (dataset, dataset.model_copy(
            update={"code": "TK00000200000002", "collation": "terminal"}))}),)}
    )  # fmt: skip
    both = connect_collation(mixed)
    assert isinstance(both, CollationByDataset)
    assert both.at_terminal == {"TK00000200000002"}
    (tmp_path / "password").unlink()
    settings = tmp_path / "site.yaml"
    settings.write_text(settings.read_text().replace("  device: T1", "  device: T1\n  collation: terminal"))
    terminal = connect_collation(load(tmp_path))
    assert isinstance(terminal, WorksheetCollation)
    assert terminal.manager == "lets"
