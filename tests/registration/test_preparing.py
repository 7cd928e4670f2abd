from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from fukuhon.clock import tokyo
from fukuhon.errors import DataError, RetriableError
from fukuhon.ledger import FileState, files, runs, tallies
from fukuhon.registration import differential, initial, pretest
from fukuhon.registration.corrections import correction_list
from fukuhon.registration.evidence import read_evidence, run_folder
from rehearsal.city import City
from rehearsal.town import SPI, Town

AS_OF = tokyo(date(2017, 4, 11))


def test_a_pretest_takes_a_few_records_of_every_dataset_and_variation(town: Town) -> None:
    """事前の副本アップロード: at most five real records a dataset, spread over the variations (seed 1.4.2)."""
    told = pretest.prepare(town.desk, AS_OF)

    assert {file.dataset: file.records for file in told.files} == {"TK00000200000001": 5, "TK00000200000002": 5}
    with town.desk.ledger.reading() as reader:
        cells = tallies.of_run(reader, told.run or 0)
    assert len({variation for dataset, variation in cells if dataset == "TK00000200000001"}) > 1


def test_an_initial_run_accounts_for_every_record_of_the_truth(town: Town, city: City) -> None:
    """What is read, out of scope, quarantined, withheld and to be registered is what the truth says, by variation."""
    told = initial.prepare(town.desk, SPI, AS_OF)

    truth = city.truth.days[0].tallies()
    with town.desk.ledger.reading() as reader:
        cells = tallies.of_run(reader, told.run or 0)
    names = ("read", "out_of_scope", "in_scope", "quarantined", "withheld", "to_register")
    found = {cell: {name: tally.as_dict()[name] for name in names} for cell, tally in cells.items()}
    expected = {
        (dataset, variation): {name: counts[name] for name in names}
        for dataset, variations in truth.items()
        for variation, counts in variations.items()
    }
    assert found == expected


def test_the_same_run_again_prepares_nothing_twice(town: Town) -> None:
    """A task that was cleared finds the run done: the same files, no second one (DESIGN §3.1)."""
    first = initial.prepare(town.desk, SPI, AS_OF)
    second = initial.prepare(town.desk, SPI, AS_OF)

    assert (second.run, second.files) == (first.run, first.files)


def test_a_run_that_failed_leaves_nothing_to_send_and_can_be_done_again(town: Town) -> None:
    """The source is away: the run fails in the books, no file enters them; later the same run goes through."""
    database = Path(town.folder / "data" / "tax.sqlite")
    away = database.rename(database.with_suffix(".away"))
    with pytest.raises(RetriableError, match="ORIGINALS-001"):
        initial.prepare(town.desk, SPI, AS_OF)
    with town.desk.ledger.reading() as reader:
        assert [run.state for run in runs.find(reader)] == ["failed"]
        assert files.find(reader) == []

    away.rename(database)
    assert initial.prepare(town.desk, SPI, AS_OF).counts["filed"] > 0


def test_files_are_the_same_bytes_for_the_same_originals(town: Town) -> None:
    """Prepared for two days without a change between them, a split gives the same ranges and records."""
    first = initial.prepare(town.desk, SPI, AS_OF)
    with town.desk.ledger.transaction("tester") as tx:
        for file in files.find(tx):
            files.move(tx, file.id, FileState.SUPERSEDED, replaced=True)
    second = initial.prepare(town.desk, SPI, tokyo(date(2017, 4, 12)))

    assert [file.sha256 for file in second.files] == [file.sha256 for file in first.files]


def test_an_extract_that_leaves_people_out_is_stopped(town: Town) -> None:
    """A setting left out drops one variation: the count taken another way says so before anything is written."""
    query = town.folder / "queries" / "assessment.sql"
    text = query.read_text(encoding="utf-8").replace("ORDER BY", "AND a.levy_class <> '2' ORDER BY")
    query.write_text(text, encoding="utf-8")

    with pytest.raises(DataError, match="REGISTRATION-001") as caught:
        initial.prepare(town.desk, SPI, AS_OF)
    assert "住登外" in caught.value.message


def test_a_first_load_without_a_count_does_not_pass(town: Town) -> None:
    """Neither count query nor control totals: nobody could say that nothing was left out (DESIGN §3.4)."""
    settings = town.folder / "site.yaml"
    text = settings.read_text(encoding="utf-8").replace("        count_query: assessment_count\n", "")
    settings.write_text(text, encoding="utf-8")
    from fukuhon.registration.desk import open_desk  # noqa: PLC0415 - the settings are read anew

    with open_desk(town.folder, "tester") as desk, pytest.raises(DataError, match="REGISTRATION-002"):
        initial.prepare(desk, SPI, AS_OF)


def test_the_evidence_names_every_rule_and_no_value(town: Town) -> None:
    """Beside the run lies what was judged: declared = loaded = run, counts only."""
    told = initial.prepare(town.desk, SPI, AS_OF)
    folder = run_folder(town.desk, told.run or 0)
    found = read_evidence(folder, "TK00000200000001")

    assert found is not None
    assert found["evidence"]["declared"] == found["evidence"]["run"] == len(found["rules"])
    assert found["control"]["count_query"]
    with sqlite3.connect(town.folder / "data" / "tax.sqlite") as database:
        numbers = [row[0] for row in database.execute("SELECT addressee_no FROM assessment WHERE addressee_no <> ''")]
    text = (folder / "evidence-TK00000200000001.json").read_text(encoding="utf-8")
    assert not any(number in text for number in numbers)


def test_content_is_erased_when_the_run_has_ended(town: Town) -> None:
    """The spool with everybody's records is gone; what stays is private."""
    initial.prepare(town.desk, SPI, AS_OF)

    assert list(town.desk.folder("spool").iterdir()) == []
    loose = [path for path in town.desk.site.work.rglob("*") if path.stat().st_mode & 0o077]
    assert loose == []


def test_a_differential_waits_for_the_initial_registration(town: Town) -> None:
    """差分 only after 初期登録 is complete (seed 1.5.1)."""
    with pytest.raises(Exception, match="REGISTRATION-005"):
        differential.prepare(town.desk, date(2017, 5, 8), tokyo(date(2017, 5, 9)))


def test_the_correction_list_says_which_rows_to_correct_and_why(town: Town) -> None:
    """One workbook a system, a sheet a dataset, one row a quarantined record; text in every cell, private."""
    told = initial.prepare(town.desk, SPI, AS_OF)
    path = correction_list(run_folder(town.desk, told.run or 0), "tax")
    book = openpyxl.load_workbook(path)
    rows = list(book["個人住民税課税情報"].iter_rows(values_only=True))

    assert path.stat().st_mode & 0o077 == 0
    assert rows[0] == (
        *("抽出の行", "宛名番号", "レコードキー", "業務区分"),
        *("扱い", "いつから", "日数", "検査の内容", "直し方", "参照"),
    )
    assert book.sheetnames == ["はじめに", "個人住民税課税情報", "個人住民税納付情報"]
    assert {row[4:7] for row in rows[1:]} == {("待ち", "2017-04-10", "0")}
    assert len(rows) - 1 == told.by_dataset["TK00000200000001"]["quarantined"]
    assert all(isinstance(cell, str) or cell is None for row in rows for cell in row)
    assert any(len(str(row[1])) == 15 and str(row[1]).startswith("0") for row in rows[1:])
