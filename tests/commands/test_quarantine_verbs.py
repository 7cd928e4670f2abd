"""``quarantine list|show|history``: what is held back, why, since when; never a value of a record."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from fukuhon.clock import FixedClock, tokyo
from fukuhon.commands.app import app
from fukuhon.files.entry import entry_rules
from fukuhon.ledger import Ledger, quarantines, runs
from fukuhon.registration.desk import Desk
from fukuhon.registration.evidence import run_folder
from fukuhon.registration.waiting import LIFE, Life
from fukuhon.site import load

SPI, DATASET = "TM00000000000008", "TK00000800000001"
DAY = date(2017, 4, 10)
RULES = ("layout:I0807:characters", "layout:I0802:pattern")
MANY = 100_000
SITE = f"""
schema: 1
body: {{code: "992011", name: 小村, prefecture: 見本県, group: 2}}
clock: system
folders: {{work: work}}
ledger: {{file: secrets/ledger}}
hash_key: {{file: secrets/hash.key}}
server: {{url: "http://127.0.0.1:9", device: T-1}}
sources:
  - {{id: shots, name: 予防接種の入力, kind: csv, path: "data/shots-{{day}}.csv", history: snapshots, production: true}}
register: {{source: shots, query: register}}
spis:
  - code: {SPI}
    datasets:
      - {{code: {DATASET}, source: shots, query: shots, count_query: shots, channel: 3, expectations: own}}
"""


def held(count: int, day: date, came_from: str, since: date) -> pa.Table:
    """Records that wait: every tenth fails two rules."""
    places = np.arange(count)
    identities = [b"%032d" % place for place in places]
    reasons = [[*RULES] if place % 10 == 0 else [RULES[0]] for place in range(count)]
    return pa.table(
        {
            "row_no": places,
            "identity_hash": identities,
            "content_hash": identities,
            "variation": ["全件"] * count,
            "reasons": reasons,
            "ordinal": np.ones(count, np.int32),
            "since": [since] * count,
            "came_from": [came_from] * count,
            "state": ["waiting"] * count,
            "approval": pa.nulls(count, pa.int64()),
        },
    ).cast(LIFE)


def write_down(desk: Desk, day: date, table: pa.Table) -> None:
    """A run that went through and left these."""
    with desk.ledger.transaction("tester") as tx:
        run = runs.open_run(tx, runs.RunKey("992011", "initial", day, SPI, tokyo(day + timedelta(days=1)))).id
    life = Life(table, advances=True)
    life.write(run_folder(desk, run), DATASET)
    with desk.ledger.transaction("tester") as tx:
        quarantines.put(tx, run, DATASET, life.changes())
        runs.close_run(tx, run, "done")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A body's desk without a run."""
    folder = tmp_path / "site"
    for name in ("secrets", "queries", "rules", "expectations"):
        (folder / name).mkdir(parents=True, mode=0o700)
    texts = {
        "site.yaml": SITE,
        "secrets/ledger": f"sqlite:///{folder}/ledger.db",
        "queries/shots.sql": "SELECT * FROM source",
        "queries/register.sql": "SELECT addressee FROM source",
        f"rules/{DATASET}.yaml": "{}",
        "expectations/own.yaml": f"spi: {SPI}\ndatasets: {{}}\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o600)
    site, clock = load(folder), FixedClock(tokyo(DAY, 9))
    ledger = Ledger.open(site.ledger_url(), clock)
    desk = Desk(site, ledger, clock, "業務 花子")
    layout = desk.packs.in_force(DATASET, date(2026, 4, 1))
    (folder / "rules" / f"{DATASET}.yaml").write_text(entry_rules(layout), encoding="utf-8")
    yield desk
    ledger.close()


def told(desk: Desk, *arguments: str, code: int = 0) -> dict[str, Any]:
    """A verb's one object."""
    result = CliRunner().invoke(app, ["quarantine", *arguments, "--site", str(desk.site.folder), "--json"])
    assert result.exit_code == code, result.output
    body: dict[str, Any] = json.loads(result.stdout)
    return body


def text(desk: Desk, *arguments: str) -> str:
    """What a verb says to people."""
    result = CliRunner().invoke(app, ["quarantine", *arguments, "--site", str(desk.site.folder)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_nothing_is_held_back(desk: Desk) -> None:
    """Before the first run: said so, and no error."""
    assert told(desk, "list")["groups"] == []
    assert "留め置いた記録はありません" in text(desk, "list")
    assert told(desk, "history")["runs"] == []


def test_the_list_tells_rules_and_with_a_rule_the_records(desk: Desk) -> None:
    """A record that fails two rules is in both; a rule that nothing fails has none."""
    write_down(desk, DAY, held(20, DAY, "arrived", DAY))
    groups = {group["rule"]: (group["records"], group["oldest"]) for group in told(desk, "list")["groups"]}
    assert groups == {RULES[0]: (20, "2017-04-10"), RULES[1]: (2, "2017-04-10")}
    records = told(desk, "list", "--rule", RULES[1])["records"]
    assert [record["row"] for record in records] == [0, 10]
    assert {len(record["ref"]) for record in records} == {12}
    assert told(desk, "list", "--rule", "no-such-rule")["records"] == []


def test_show_says_why_how_to_correct_and_how_each_run_saw_it(desk: Desk) -> None:
    """By the reference; one that begins no record, or many, is refused."""
    table = held(3, DAY, "arrived", DAY)
    write_down(desk, DAY, table)
    write_down(desk, DAY + timedelta(days=1), held(3, DAY, "waiting", DAY))
    ref = table["identity_hash"][2].as_py().hex()
    body = told(desk, "show", ref, "--dataset", DATASET)
    assert [rule["id"] for rule in body["rules"]] == [RULES[0]]
    assert all(rule["wording"] and rule["correct"] for rule in body["rules"])
    assert [(sight["day"], sight["since"]) for sight in body["history"]] == [
        ("2017-04-10", "2017-04-10"),
        ("2017-04-11", "2017-04-10"),
    ]
    assert "待ち" in text(desk, "show", ref, "--dataset", DATASET)
    assert told(desk, "show", "30", "--dataset", DATASET, code=1)["error"]["code"] == "REGISTRATION-045"


def test_history_has_a_line_a_run_whose_sums_close(desk: Desk) -> None:
    """before + arrived = where they went."""
    write_down(desk, DAY, held(3, DAY, "arrived", DAY))
    write_down(desk, DAY + timedelta(days=1), held(3, DAY, "waiting", DAY))
    lines = told(desk, "history")["runs"]
    assert [(line["before"], line["arrived"], line["waiting"]) for line in lines] == [(0, 3, 3), (3, 0, 3)]
    went = ("corrected", "withheld", "gone", "released", "excluded", "waiting")
    assert all(line["before"] + line["arrived"] == sum(line[name] for name in went) for line in lines)


def test_a_hundred_thousand_of_one_day_are_listed(desk: Desk) -> None:
    """Seconds and memory that a small machine has; the text lists fifty and says how many more there are."""
    table = held(MANY, DAY, "arrived", DAY)
    write_down(desk, DAY, table)
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    assert [group["records"] for group in told(desk, "list")["groups"]] == [MANY // 10, MANY]
    assert time.process_time() - begun < 5
    assert f"ほかに {MANY - 50:,} 件" in text(desk, "list", "--rule", RULES[0])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{time.process_time() - begun:.1f} s of processor, {grown:.0f} MiB more")  # noqa: T201  # seen with -s
    assert grown < 600
