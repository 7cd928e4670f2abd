"""The bench on tiny sizes: that it measures the road it says, not how fast."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from fukuhon.layouts import packs
from fukuhon.quality import Suite
from fukuhon.rules import RuleBook
from fukuhon.site import load
from rehearsal.bench import __main__ as bench
from rehearsal.bench import rows
from rehearsal.bench.shape import ACROSS, SHAPES
from rehearsal.bench.site import write_site


@pytest.fixture
def on_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    """No PostgreSQL listens at this address."""
    monkeypatch.setenv("FUKUHON_BENCH_POSTGRESQL", "postgresql://nobody@127.0.0.1:9/none")


@pytest.mark.usefixtures("on_sqlite")
def test_the_figures_have_the_form_that_others_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """DESIGN §6: machine, road, stages, validation; ours is called fukuhon."""
    out = tmp_path / "latest.json"
    assert bench.main(["--records", "3000", "--only", "bench24", "--no-baseline", "--json", "--out", str(out)]) == 0
    told = json.loads(out.read_text(encoding="utf-8"))
    assert json.loads(capsys.readouterr().out) == told
    road = told["road"]["bench24"]
    assert {"records_per_s", "ratio", "rss_mib"} <= set(road)
    assert told["machine"]["source"] == "sqlite"
    assert 500 <= road["bytes_per_record"] <= 600
    assert road["records"] == 3000
    assert 2900 < road["written"] < 3000, "a little is void, withheld or faulty"
    assert all({"records_per_s", "limit"} <= set(stage) for stage in told["stages"].values())


def test_the_same_arguments_give_the_same_rows() -> None:
    """Two runs measure the same work."""
    shape = SHAPES["bench250"]
    first, second = (list(rows.records(shape, 200)) for _ in range(2))
    assert first[0].equals(second[0])
    assert first[0].num_columns == 250 + 5


def test_the_rules_are_as_many_as_promised(tmp_path: Path) -> None:
    """60 rules: at least 20 patterns or code lists, 10 across columns, 3 across records."""
    write_site(tmp_path, SHAPES["bench24"], {"kind": "sqlite", "path": "x.sqlite"}, "t")
    site = load(tmp_path)
    layout = packs(site).in_force("TK00000900002401", date(2021, 7, 31))
    rules = Suite.load(site, layout, RuleBook.load(site.resource("rules", layout.code))).rules
    kinds = [rule.id.rpartition(":")[2] for rule in rules]
    assert len(rules) >= 60
    assert sum(kind in {"pattern", "code"} for kind in kinds) >= 20
    assert len(ACROSS) == 10
    assert sum(rule.kind == "unique" for rule in rules) == 3
