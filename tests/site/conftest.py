"""A small site of the tests' own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fukuhon.site import Site, load

SITE_YAML = """\
schema: 1
body: {code: "992011", name: 見本市, prefecture: 見本県, group: 2, closed_extra: [2017-04-28]}
clock: standin
folders: {work: "${FUKUHON_DATA:-var}/work"}
ledger: {url: "sqlite:///${FUKUHON_DATA:-var}/ledger.db"}
hash_key: {file: secrets/hash.key}
server:
  url: http://127.0.0.1:8780
  device: T-0001
  accounts:
    upload: {user: gyomu001, password: {env: UPLOAD_PASSWORD}}
sources:
  - {id: tax, name: 税務, kind: sqlite, path: data/tax.db, history: change_log}
register: {source: tax, query: register}
spis:
  - code: TM00000000000002
    datasets:
      - code: TK00000200000001
        source: tax
        query: levies
        count_query: levies_count
        control_totals: {特別徴収: 10, 普通徴収: {from: 3, to: 5, reason: 月次の締め前のため}}
        channel: 3
allotments:
  - {days: [2017-04-12], from: "09:00", to: "24:00", bytes: 1000, part: tax}
modes: {applied: [{from: 2017-04-17, to: 2017-04-21}]}
people:
  - {name: 甲, os_user: kou, role: administrator, valid_to: 2017-04-30}
  - {name: 乙, os_user: kou, ui_user: otsu, role: officer, valid_from: 2017-05-01}
"""


def make_site(folder: Path, text: str = SITE_YAML) -> Path:
    """Write a site folder with the queries and rules that it names."""
    for kind, names in {
        "queries": ("register.sql", "levies.sql", "levies_count.sql"),
        "rules": ("TK00000200000001.yaml",),
    }.items():
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for name in names:
            (folder / kind / name).write_text("SELECT 1", encoding="utf-8")
    (folder / "site.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """The small site, loaded."""
    return load(make_site(tmp_path))


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[str, str], Path]:
    """Make the small site with one piece of its text replaced."""

    def make(old: str, new: str) -> Path:
        assert old in SITE_YAML
        return make_site(tmp_path, SITE_YAML.replace(old, new))

    return make
