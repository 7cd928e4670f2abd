from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

from fukuhon.calendars import Mode
from fukuhon.clock import ServerClock, SystemClock
from fukuhon.errors import ConfigurationError
from fukuhon.site import Site, load

Changed = Callable[[str, str], Path]


def problems(folder: Path) -> str:
    """What loading says is wrong."""
    with pytest.raises(ConfigurationError) as caught:
        load(folder)
    assert caught.value.code == "SITE-003"
    assert caught.value.exit_code == 2
    return caught.value.message


def test_settings_are_typed_and_know_their_folder(site: Site, tmp_path: Path) -> None:
    """What stands in the file comes back typed; relative paths start at the site's folder."""
    assert site.folder == tmp_path
    assert site.sources[0].path == tmp_path / "data/tax.db"
    assert site.opening == time(8, 30)
    assert site.allotments[0].end == "24:00"
    assert not site.calendar().is_business_day(date(2017, 4, 28))
    assert site.mode_calendar().mode(date(2017, 4, 17)) is Mode.INTEGRATION_TEST


def test_a_dataset_knows_its_spi(site: Site) -> None:
    """Whoever holds a dataset's settings can name the 特定個人情報 it belongs to."""
    dataset = site.dataset("TK00000200000001")
    assert dataset.spi == "TM00000000000002"
    assert dataset.control_totals["特別徴収"].holds(10)
    assert not dataset.control_totals["普通徴収"].holds(6)
    with pytest.raises(ConfigurationError, match="SITE-010"):
        site.dataset("TK99999999999999")


def test_work_files_lie_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: Changed
) -> None:
    """FUKUHON_DATA moves work files and ledger; folders are the owner's alone."""
    monkeypatch.setenv("FUKUHON_DATA", str(tmp_path / "elsewhere"))
    site = load(changed("schema: 1", "schema: 1"))
    assert site.work == tmp_path / "elsewhere/work"
    assert site.work.stat().st_mode & 0o777 == 0o700
    assert site.ledger_url() == f"sqlite:///{tmp_path}/elsewhere/ledger.db"


def test_a_variable_that_is_not_set_is_named(changed: Changed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that leans on a missing variable is refused, not taken literally."""
    monkeypatch.delenv("NOWHERE", raising=False)
    assert "NOWHERE" in problems(changed("${FUKUHON_DATA:-var}/work", "${NOWHERE}/work"))


def test_every_problem_is_told_with_its_line(changed: Changed) -> None:
    """Officers mend a file once, not once an error."""
    told = problems(changed("group: 2,", "group: 4, colour: blue,"))
    assert "2行目 body.group：使える値は 1, 2、3 です" in told
    assert "2行目 body.colour：知らない項目です" in told


def test_a_missing_item_is_told_at_what_surrounds_it(changed: Changed) -> None:
    """A field that is not there has no line of its own."""
    assert "13行目 sources[tax].history：必要な項目がありません" in problems(changed(", history: change_log", ""))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"992011"', "992011", "body.code：文字で書いてください"),
        ('"992011"', '"992012"', "検査数字"),
        ("source: tax, query: register", "source: welfare, query: register", "register.source：sources にない"),
        (
            "query: levies\n",
            "query: nothing\n",
            "spis[TM00000000000002].datasets[TK00000200000001].query：queries に nothing",
        ),
        ('to: "24:00"', 'to: "25:00"', "allotments[1].to：時刻は"),
        ("reason: 月次の締め前のため", "reason: ''", "control_totals.普通徴収.reason：短すぎます"),
        ("from: 3, to: 5", "from: 6, to: 5", "from は to 以下"),
        ("valid_from: 2017-05-01", "valid_from: 2017-04-30", "people[2].os_user：同じ利用者名"),
        ("channel: 3", "channel: 5", "使える値は 1, 2, 3、4 です"),
        ("path: data/tax.db", "url: sqlite://", "sqlite では path"),
        ("{env: UPLOAD_PASSWORD}", "secret1", "accounts.upload.password"),
        ("schema: 1\n", "schema: 1\nschema: 1\n", "二度書かれています"),
        ("clock: standin", "clock: yes", "使える値は 'system'、'standin' です"),
    ],
)
def test_wrong_settings_are_told_in_words(changed: Changed, old: str, new: str, said: str) -> None:
    """Each kind of mistake has a sentence, and the sentence never holds a value that may be a secret."""
    told = problems(changed(old, new))
    assert said in told
    assert "secret1" not in told


def test_production_and_standin_clocks_do_not_mix(site: Site, changed: Changed) -> None:
    """A production site cannot be set to simulated time, a sample site cannot reach the real server."""
    assert isinstance(site.clock(), ServerClock)
    production = load(changed("clock: standin", "clock: system"))
    assert production.production
    assert isinstance(production.clock(), SystemClock)
    assert "server.url" in problems(changed("http://127.0.0.1:8780", "https://real.example"))
    assert "server.clock_url" in problems(_with_clock_url(changed))


def _with_clock_url(changed: Changed) -> Path:
    folder = changed("clock: standin", "clock: system")
    path = folder / "site.yaml"
    path.write_text(path.read_text().replace("device: T-0001", "device: T-0001\n  clock_url: http://127.0.0.1:1"))
    return folder


def test_a_file_that_is_missing_or_no_yaml(tmp_path: Path) -> None:
    """Both are wrong usage, told by file and line."""
    with pytest.raises(ConfigurationError, match="SITE-001"):
        load(tmp_path)
    (tmp_path / "site.yaml").write_text("schema: 1\nbody: {code: [", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"SITE-002.*2行目"):
        load(tmp_path)


def test_a_sites_own_resources_come_first(site: Site) -> None:
    """By id, with or without the ending."""
    assert site.resource("rules", "TK00000200000001") == site.folder / "rules/TK00000200000001.yaml"
    assert site.query("levies.sql") == "SELECT 1"
    with pytest.raises(ConfigurationError, match="SITE-009"):
        site.resource("queries", "../site")
