"""The life of quarantined records: a body with one small dataset, prepared day after day; no server is needed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fukuhon.clock import FixedClock, tokyo
from fukuhon.errors import DataError, FatalError, RefusedError
from fukuhon.files import HASH
from fukuhon.ledger import Ledger, approvals, quarantines, runs
from fukuhon.quality.quarantine import SCHEMA
from fukuhon.registration import initial
from fukuhon.registration.decisions import Asked
from fukuhon.registration.desk import Desk
from fukuhon.registration.evidence import run_folder
from fukuhon.registration.quarantine import ask_for, groups, history, references, standing
from fukuhon.registration.waiting import Life, life_of
from fukuhon.site import load

SPI, DATASET = "TM00000000000009", "TK00000900000001"
FIRST = date(2017, 4, 10)
UNTIL = date(2017, 6, 30)
SITE = f"""
schema: 1
body: {{code: "992011", name: 小村, prefecture: 見本県, group: 2}}
clock: system
folders: {{work: work}}
ledger: {{file: secrets/ledger}}
hash_key: {{file: secrets/hash.key}}
server: {{url: "http://127.0.0.1:9", device: T-1}}
sources:
  - {{id: welfare, name: 福祉システム, kind: sqlite, path: data/welfare.db, history: change_log, production: true}}
register: {{source: welfare, query: register}}
spis:
  - code: {SPI}
    datasets:
      - {{code: {DATASET}, source: welfare, query: grants, count_query: grants_count, channel: 3}}
"""
LAYOUT = f"""
spi: {SPI}
name: 福祉手当
datasets:
  - code: {DATASET}
    name: 手当の支給
    record_key: {{name: 支給番号, pattern: "[0-9A-Z]{{6}}", unique_within: body}}
    versioned: false
    publication: none
    items:
      - {{code: I0101, name: 年度, kind: digits, digits: 4, required: true}}
      - {{code: I0102, name: 額, kind: number, digits: 6, required: true}}
"""
RULES = f"""
dataset: {DATASET}
columns: {{grant_no: text, addressee_no: text, year: text, amount: text, ended: text}}
keys: {{addressee: addressee_no, record_key: grant_no, record_version: null}}
scope:
  - {{id: SC-ENDED, when: ended = '1', reason: 支給の終わった人, wording: 終わった支給は登録しない。, source: 小村}}
withhold:
  - {{id: WH-DV, when: ended = '2', reason: 不開示, wording: 不開示の人は登録しない。, source: 小村}}
variation: "'全部'"
publication: {{from: null, to: null}}
items:
  I0101: {{sql: year, wording: 年度, source: 小村}}
  I0102: {{sql: amount, wording: 額, source: 小村}}
examples:
  - name: 一人
    as_of: 2017-04-10
    row: {{grant_no: A00001, addressee_no: "000000000000001", year: "2017", amount: "100", ended: "0"}}
    expect: {{I0102: "100"}}
"""
EXPECTATIONS = f"""
spi: {SPI}
datasets:
  {DATASET}:
    - id: grant-small
      severity: quarantine
      columns: [I0102]
      pass: "number_of(I0102) <= 1000"
      wording: 額が千円以下であること
      guards: 桁を間違えた額が回答されること
    - id: grant-even
      severity: quarantine
      columns: [I0102]
      pass: "number_of(I0102) % 2 = 0"
      wording: 額が偶数であること
      guards: 端数のある額が回答されること
"""
QUERIES = {
    "grants": "SELECT grant_no, addressee_no, year, amount, ended FROM grants ORDER BY grant_no",
    "grants_count": "SELECT '全部' AS v, count(*) AS n FROM grants",
    "register": "SELECT DISTINCT addressee_no AS addressee, '1980-01-01' AS birth_date, '1' AS sex, 'ｱ' AS kana,"
    " '1' AS address_code, '1' AS status, '0' AS dv FROM grants",
}


@dataclass
class Village:
    """A body's desk, whose source holds an amount for each grant."""

    desk: Desk
    folder: Path
    day: date = FIRST

    def holds(self, **amounts: str | None) -> None:
        """The source now says so of these grants; None: it says nothing any more; ``x`` at the end: 不開示."""
        with sqlite3.connect(self.folder / "data" / "welfare.db") as database:
            for name, amount in amounts.items():
                database.execute("DELETE FROM grants WHERE grant_no = ?", [name])
                if amount is not None:
                    row = (name, f"{int(name[1:]):015d}", "2017", amount.rstrip("x"), "2" if amount[-1] == "x" else "0")
                    database.execute("INSERT INTO grants VALUES (?, ?, ?, ?, ?)", row)

    def prepare(self, days: int = 1) -> dict[str, int]:
        """Prepare as of the end of the day; the clock stands on the next morning. How many records went which way."""
        told = initial.prepare(self.desk, SPI, tokyo(self.day + timedelta(days=1)))
        self.day += timedelta(days=days)
        self.desk.clock = FixedClock(tokyo(self.day, 9))
        self.desk.ledger.clock = self.desk.clock
        with self.desk.ledger.reading() as reader:
            turns = quarantines.find(reader, run_id=told.run)
        counted = {f"{turn.came_from}>{turn.state}": turn.records for turn in turns if turn.records}
        return counted | {"registered": told.counts.get("to_register", 0), **_both(told.counts)}

    def decide(self, decision: str, *refs: str, rule: str | None = None) -> int:
        """Ask for it, and let another person approve."""
        asked = Asked(decision, DATASET, "台帳で確かめた", UNTIL)  # type: ignore[arg-type]
        approval = ask_for(self.desk, asked, refs=refs, rule=rule)
        with self.desk.ledger.transaction("責任 三子") as tx:
            approvals.approve(tx, approval.id)
        return approval.id

    def refs(self) -> list[str]:
        """The references of what stands."""
        with self.desk.ledger.reading() as reader:
            return references(standing(self.desk, reader, DATASET))


def _both(counts: object) -> dict[str, int]:
    assert isinstance(counts, dict)
    return {name: counts[name] for name in ("quarantined", "withheld") if counts.get(name)}


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Village]:
    """Three grants; the third fails a rule of the department."""
    folder = tmp_path / "site"
    yield from _village(folder)


def _village(folder: Path) -> Iterator[Village]:
    for name in ("secrets", "data", "queries", "rules", "expectations", "layouts/2017.1"):
        (folder / name).mkdir(parents=True, mode=0o700)
    texts = {
        "site.yaml": SITE,
        "layouts/2017.1/pack.yaml": 'version: "2017.1"\neffective_from: 2017-01-01\neffective_to: null\n',
        f"layouts/2017.1/{SPI}.yaml": LAYOUT,
        f"rules/{DATASET}.yaml": RULES,
        f"expectations/{SPI}.yaml": EXPECTATIONS,
        "secrets/ledger": f"sqlite:///{folder}/ledger.db",
        **{f"queries/{name}.sql": text for name, text in QUERIES.items()},
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o600)
    with sqlite3.connect(folder / "data" / "welfare.db") as database:
        database.execute("CREATE TABLE grants (grant_no, addressee_no, year, amount, ended)")
    site, clock = load(folder), FixedClock(tokyo(FIRST, 9))
    ledger = Ledger.open(site.ledger_url(), clock)
    village = Village(Desk(site, ledger, clock, "業務 花子"), folder)
    village.holds(A00001="100", A00002="200", A00003="3000")
    yield village
    ledger.close()


def test_a_record_waits_until_the_source_is_corrected(village: Village) -> None:
    """Seen by the next extract: written down as corrected with that day, registered, and gone from the list."""
    assert village.prepare() == {"arrived>waiting": 1, "registered": 2, "quarantined": 1}
    assert village.prepare() == {"waiting>waiting": 1, "registered": 0, "quarantined": 1}
    village.holds(A00003="300")
    assert village.prepare() == {"waiting>corrected": 1, "registered": 1}
    assert village.refs() == []


def test_its_age_counts_from_the_first_day_and_its_history_tells_every_run(village: Village) -> None:
    """Also when it fails another rule meanwhile."""
    village.prepare()
    village.holds(A00003="3001")
    village.prepare(days=3)
    village.prepare()
    with village.desk.ledger.reading() as reader:
        table = standing(village.desk, reader, DATASET)
        sights = history(village.desk, reader, DATASET, table["identity_hash"][0].as_py())
    assert {(group.rule, group.records, group.oldest) for group in groups(DATASET, table)} == {
        ("grant-small", 1, FIRST),
        ("grant-even", 1, FIRST),
    }
    assert [(sight.day, len(sight.reasons)) for sight in sights] == [
        (FIRST, 1),
        (FIRST + timedelta(days=1), 2),
        (FIRST + timedelta(days=4), 2),
    ]


def test_a_record_that_two_people_release_is_registered_though_it_fails(village: Village) -> None:
    """By the next preparation; the day after nothing happens to it."""
    village.prepare()
    village.decide("released", *village.refs())
    assert village.prepare() == {"waiting>released": 1, "registered": 1}
    assert village.prepare() == {"released>released": 1, "registered": 0}


def test_one_person_releases_nothing(village: Village) -> None:
    """Asked for and not approved: it waits. Who asked does not approve."""
    village.prepare()
    asked = Asked("released", DATASET, "台帳で確かめた", UNTIL)
    approval = ask_for(village.desk, asked, rule="grant-small")
    with pytest.raises(RefusedError, match="LEDGER-050"), village.desk.ledger.transaction("業務 花子") as tx:
        approvals.approve(tx, approval.id)
    assert village.prepare() == {"waiting>waiting": 1, "registered": 0, "quarantined": 1}


@pytest.mark.parametrize("now", ["4000", "3001"])
def test_a_release_is_void_once_the_record_changes(village: Village, now: str) -> None:
    """Another content, or one more rule that it fails: nobody approved that."""
    village.prepare()
    village.decide("released", rule="grant-small")
    village.holds(A00003=now)
    assert village.prepare() == {"waiting>waiting": 1, "registered": 0, "quarantined": 1}


def test_an_excluded_record_is_withheld_until_its_day(village: Village) -> None:
    """With a reason, by two people; when the time is over it waits again, as old as it was."""
    village.prepare()
    village.decide("excluded", rule="grant-small")
    assert village.prepare() == {"waiting>excluded": 1, "registered": 0, "withheld": 1}
    village.day = UNTIL
    village.desk.clock = village.desk.ledger.clock = FixedClock(tokyo(UNTIL + timedelta(days=1), 9))
    assert village.prepare() == {"excluded>waiting": 1, "registered": 0, "quarantined": 1}
    with village.desk.ledger.reading() as reader:
        assert standing(village.desk, reader, DATASET)["since"][0].as_py() == FIRST


def test_what_is_gone_or_withheld_by_a_rule_is_not_called_corrected(village: Village) -> None:
    """A record that nobody corrected has its own name."""
    village.holds(A00004="5000", A00005="7000")
    village.prepare()
    village.holds(A00003=None, A00004="5000x")
    assert village.prepare() == {
        "waiting>gone": 1,
        "waiting>withheld": 1,
        "waiting>waiting": 1,
        "registered": 0,
        "quarantined": 1,
        "withheld": 1,
    }


def test_the_layouts_rules_are_not_overruled(village: Village) -> None:
    """What the server would refuse cannot be let out, but it can be left out."""
    village.holds(A00003="abc")
    village.prepare()
    asked = Asked("released", DATASET, "台帳で確かめた", UNTIL)
    with pytest.raises(RefusedError, match="REGISTRATION-044") as caught:
        ask_for(village.desk, asked, refs=village.refs())
    assert "layout:I0102:pattern" in caught.value.message
    village.decide("excluded", *village.refs())
    assert village.prepare()["waiting>excluded"] == 1


@pytest.mark.parametrize(
    ("reason", "until", "rule", "code"),
    [
        (" ", UNTIL, "grant-small", "REGISTRATION-041"),
        ("よい", date(2017, 4, 1), "grant-small", "REGISTRATION-042"),
        ("よい", date(2019, 4, 1), "grant-small", "REGISTRATION-042"),
        ("よい", UNTIL, "grant-even", "REGISTRATION-040"),
    ],
)
def test_a_decision_has_a_reason_a_near_day_and_records(
    village: Village, reason: str, until: date, rule: str, code: str
) -> None:
    """Each refused with its code."""
    village.prepare()
    with pytest.raises(RefusedError, match=code):
        ask_for(village.desk, Asked("released", DATASET, reason, until), rule=rule)


def test_a_reference_names_one_record(village: Village) -> None:
    """None of that beginning, or several: refused."""
    village.prepare()
    for ref in ("zz", ""):
        with pytest.raises(RefusedError, match="REGISTRATION-045"):
            village.decide("excluded", ref)


def test_a_list_that_is_not_the_approved_one_stops_the_run(village: Village) -> None:
    """One byte of the decision's file changed: nothing goes out on it."""
    village.prepare()
    village.decide("released", rule="grant-small")
    (path,) = village.desk.folder("decisions").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(FatalError, match="REGISTRATION-043"):
        village.prepare()


def test_a_rule_that_stops_holds_the_whole_run(village: Village) -> None:
    """Its dataset and its id are told; nothing is registered, and no record waits."""
    path = village.folder / "expectations" / f"{SPI}.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("quarantine", "stop", 1), encoding="utf-8")
    with pytest.raises(DataError, match=f"REGISTRATION-003.*{DATASET}.*grant-small"):
        village.prepare()
    assert village.refs() == []


def test_a_query_that_delivers_two_rows_a_key_registers_neither(village: Village) -> None:
    """A join too many: the count query tells it by dataset; where it joins alike, both rows wait under their rule."""
    query = village.folder / "queries" / "grants.sql"
    query.write_text(
        "SELECT grant_no, addressee_no, year, amount, ended FROM grants JOIN (SELECT 'A00001' AS g UNION ALL"
        " SELECT 'A00001' UNION ALL SELECT 'A00002') ON g = grant_no ORDER BY grant_no",
        encoding="utf-8",
    )
    count = village.folder / "queries" / "grants_count.sql"
    count.write_text("SELECT '全部' AS v, 2 AS n", encoding="utf-8")
    with pytest.raises(DataError, match=f"REGISTRATION-001.*{DATASET}.*正本2件、抽出3件"):
        village.prepare()
    count.write_text("SELECT '全部' AS v, 3 AS n", encoding="utf-8")
    assert village.prepare() == {"arrived>waiting": 2, "registered": 1, "quarantined": 2}
    with village.desk.ledger.reading() as reader:
        (group,) = groups(DATASET, standing(village.desk, reader, DATASET))
    assert (group.dataset, group.rule, group.records) == (DATASET, "layout:record_key:unique", 2)


def test_nothing_leaves_silently(village: Village) -> None:
    """The file of what waits is gone from the disk: the next run says so and stops."""
    village.prepare()
    with village.desk.ledger.reading() as reader:
        (run,) = runs.find(reader)
    (run_folder(village.desk, run.id) / f"life-{DATASET}.parquet").unlink()
    with pytest.raises(FatalError, match="LEDGER-018"):
        village.prepare()


def test_the_record_of_a_life_holds_no_value(village: Village) -> None:
    """Row numbers, hashes, rules, days: neither number nor key nor amount; readable by its owner only."""
    village.prepare()
    (path,) = village.desk.site.work.rglob("life-*.parquet")
    assert path.stat().st_mode & 0o077 == 0
    assert not {"addressee", "record_key"} & {*pq.read_schema(path).names}
    assert "A00003" not in str(pq.read_table(path).to_pylist())


_ROWS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2), st.sampled_from("OKFW")), max_size=7)
"""Of each record: who, which content, and whether it is fine, fails or is withheld; the same one may come twice."""


@given(days=st.lists(st.tuples(_ROWS, st.booleans()), min_size=2, max_size=5))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_days_sums_close(village: Village, days: list[tuple[list[tuple[int, int, str]], bool]]) -> None:
    """Whatever the source says and people decide: what stood yesterday is in exactly one place today."""
    stood = sum(turn.records for turn in _last(village) if turn.state in quarantines.STANDING)
    for rows, decide in days:
        life = _day(village, rows)
        changes = {change: count for change, (count, _) in life.changes().items()}
        assert sum(count for (old, _), count in changes.items() if old != "arrived") == stood
        stood = sum(count for (_, new), count in changes.items() if new in quarantines.STANDING)
        assert stood == sum(kind == "F" for *_, kind in rows)
        assert len(life.released) + life.held_back.num_rows == stood
        if decide and any(new == "waiting" for _, new in changes):
            village.decide("excluded", rule="grant-small")


def _last(village: Village) -> Sequence[quarantines.Turn]:
    with village.desk.ledger.reading() as reader:
        return quarantines.last(reader, DATASET)


def _day(village: Village, rows: list[tuple[int, int, str]]) -> Life:
    """What a run of these records makes of the quarantine, written down as a run does it."""
    desk, day = village.desk, village.day
    village.day += timedelta(days=1)
    desk.clock = desk.ledger.clock = FixedClock(tokyo(FIRST, 9))
    hashes = [(bytes([who]) * 32, bytes([what]) * 32) for who, what, _ in rows]
    noted = pa.table(
        {
            "row_no": pa.array(range(len(rows)), pa.int64()),
            "identity_hash": pa.array([one for one, _ in hashes], HASH),
            "content_hash": pa.array([other for _, other in hashes], HASH),
            "withheld": pa.array([kind == "W" for *_, kind in rows], pa.bool_()),
        }
    )
    failing = noted.filter(pa.array([kind == "F" for *_, kind in rows], pa.bool_()))
    count = failing.num_rows
    reasons = pa.array([["grant-small"]] * count, pa.list_(pa.string()))
    columns = [failing["row_no"], pa.repeat("全部", count), reasons, failing["identity_hash"]]
    path = village.folder / "quarantine.parquet"
    pq.write_table(pa.table(columns, schema=SCHEMA), path)
    life = life_of(desk, DATASET, day, path, noted)
    with desk.ledger.transaction("tester") as tx:
        run = runs.open_run(tx, runs.RunKey("992011", "initial", day, SPI, tokyo(day + timedelta(days=1)))).id
    life.write(run_folder(desk, run), DATASET)
    with desk.ledger.transaction("tester") as tx:
        quarantines.put(tx, run, DATASET, life.changes())
        runs.close_run(tx, run, "done")
    return life
