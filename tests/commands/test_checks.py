"""Verbs that check settings and installation: doctor, the rules' examples, the layout's schema."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from fukuhon.commands import checkup

if TYPE_CHECKING:
    from conftest import Hamlet

DATASET = "TK00000900000001"


def levels(told: dict[str, Any]) -> dict[str, str]:
    """What each check says."""
    return {check["what"]: check["level"] for check in told["checks"]}


def test_doctor_finds_a_healthy_site_healthy(hamlet: Hamlet) -> None:
    """Nothing to mend; where there is no browser, it only says so."""
    told = hamlet.json("doctor")
    assert told["ok"]
    assert set(levels(told).values()) <= {"ok", "warn"}
    assert "良　台帳" in hamlet.run("doctor").stdout


def test_doctor_says_what_is_wrong_and_how_to_mend_it(hamlet: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that others read, a secret that others read, a server that is away: each with its step, exit 1."""
    work, secret = hamlet.site.work, hamlet.folder / "secrets" / "upload"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("FUKUHON_SERVER_URL", f"http://127.0.0.1:{port}")
    work.chmod(0o755)
    secret.chmod(0o644)
    try:
        told = hamlet.json("doctor", code=1)
    finally:
        work.chmod(0o700)
        secret.chmod(0o600)
    bad = {name for name, level in levels(told).items() if level == "bad"}
    assert bad == {"作業フォルダーの権限", "秘密情報", "中間サーバー", "時計"}
    assert all(check["mend"] for check in told["checks"] if check["level"] == "bad")
    assert f"chmod 700 {work}" in str(told)
    assert told["error"]["code"] == "COMMANDS-060"


def test_doctor_notices_a_clock_that_went_back(hamlet: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trail has a line from the future."""
    hamlet.json("emergency-stop")
    hamlet.json("resume")
    site = hamlet.site
    early = site.clock().now().replace(hour=1)
    monkeypatch.setattr("fukuhon.clock.ServerClock.now", lambda _: early)
    assert checkup._clock(site).level == "bad"


def test_doctor_measures_the_disk_by_the_largest_file(hamlet: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    """Room for four is well, for less a warning, for none an alarm."""
    largest = hamlet.site.limits.bytes_per_file
    for free, level in ((4 * largest, "ok"), (2 * largest, "warn"), (largest - 1, "bad")):
        usage = type("Usage", (), {"free": free})
        monkeypatch.setattr("shutil.disk_usage", lambda _, usage=usage: usage)
        assert checkup._disk(hamlet.site).level == level


def test_doctor_goes_on_where_settings_cannot_be_read(tmp_path: Path, hamlet: Hamlet) -> None:
    """What does not need them is still looked at."""
    hamlet.folder, kept = tmp_path, hamlet.folder
    try:
        told = hamlet.json("doctor", code=1)
    finally:
        hamlet.folder = kept
    assert levels(told)["団体の設定"] == "bad"
    assert "SITE" not in levels(told)


def test_doctor_survives_a_check_that_crashes(hamlet: Hamlet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkup is for when things are broken."""

    def crash(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("shutil.disk_usage", crash)
    assert levels(hamlet.json("doctor", code=1))["空き容量"] == "bad"


def test_examples_of_the_rules_run(hamlet: Hamlet) -> None:
    """All of the site's books, or one."""
    told = hamlet.json("rules", "examples", "--on", "2017-04-10")
    assert told == {"datasets": [{"dataset": DATASET, "examples": 1, "failures": []}]}


def test_example_that_comes_out_otherwise_is_shown(hamlet: Hamlet) -> None:
    """Exit 1, and what differs: examples are made up, so their values may be seen."""
    path = hamlet.folder / "rules" / f"{DATASET}.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('I0102: "2"}', 'I0102: "1"}'), encoding="utf-8")
    try:
        told = hamlet.json("rules", "examples", "--dataset", DATASET, code=1)
        shown = hamlet.run("rules", "examples")
    finally:
        path.write_text(text, encoding="utf-8")
    assert told["error"]["code"] == "COMMANDS-040"
    assert "一部の支給" in told["datasets"][0]["failures"][0]
    assert "I0102" in shown.stdout


def test_schema_of_a_dataset(hamlet: Hamlet, tmp_path: Path) -> None:
    """On standard output, in the JSON object, or in a file; of a day, or of a version."""
    told = hamlet.json("layout", "xsd", DATASET)
    assert told["version"] == "2017.1"
    etree.XMLSchema(etree.XML(told["xsd"].encode()))
    assert hamlet.run("layout", "xsd", DATASET, "--version", "2017.1").stdout == told["xsd"]
    out = tmp_path / "schema.xsd"
    assert hamlet.json("layout", "xsd", DATASET, "--on", "2017-04-10", "--out", str(out))["file"] == str(out)
    assert out.read_text(encoding="utf-8") == told["xsd"]
    assert hamlet.json("layout", "xsd", DATASET, "--version", "1999.1", code=2)["error"]["code"] == "LAYOUTS-005"
