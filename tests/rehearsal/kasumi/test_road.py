"""The whole road of a town around the revision of July: nothing is lost, and nothing goes in a version that is over."""

from __future__ import annotations

from collections import Counter
from datetime import date

from lxml import etree

from fukuhon.clock import tokyo
from fukuhon.layouts import to_xsd
from fukuhon.ledger import FileState, files, runs, tallies
from fukuhon.ledger.tally import Tally
from fukuhon.registration import differential, initial, planning, pretest, results
from rehearsal.town import Town

SPIS = {
    "TM00000000000007": "TK00000700000001",
    "TM00000000000008": "TK00000800000001",
    "TM00000000000010": "TK00001000000001",
}
NARROW = ("TM00000000000007", "TM00000000000008")
LEFT_OUT = "TK00000700000002"


def known(town: Town, state: FileState | None = None) -> list[files.File]:
    """Files of 初期登録."""
    with town.desk.ledger.reading() as reader:
        return [file for file in files.find(reader, kind="initial") if state in {None, file.state}]


def prepare(town: Town, day: date, *spis: str) -> None:
    """初期登録 of some, or of all three, as of the beginning of a day."""
    for spi in spis or SPIS:
        initial.prepare(town.desk, spi, tokyo(day))
    planning.plan(town.desk)


def valid(town: Town, file: files.File) -> bool:
    """Whether the file is what the schema of its own version says."""
    schema = etree.XMLSchema(etree.fromstring(to_xsd(town.desk.packs.version(file.dataset, file.layout))))
    return bool(schema.validate(etree.parse(file.path)))


def closed(town: Town) -> dict[str, Tally]:
    """Every run's equations hold; the last run's counts by dataset."""
    with town.desk.ledger.reading() as reader:
        done = [run.id for run in runs.find(reader, state="done")]
        for run in done:
            tallies.verify(reader, run)
        return {name: tally for run in done for name, tally in tallies.by_dataset(reader, run).items()}


def test_three_datasets_of_csv_are_registered_and_the_fourth_is_not(town: Town) -> None:
    """Pretest, 初期登録 in June, results: each file fits its schema, the sums close and agree with the server."""
    pretest.prepare(town.desk, tokyo(date(2017, 6, 27)))
    planning.plan(town.desk)
    town.send("pretest")
    town.at(date(2017, 6, 28), 8)
    results.confirm(town.desk)
    prepare(town, date(2017, 6, 28))
    written = known(town)
    assert {file.layout for file in written} == {"2017.1"}
    assert all(valid(town, file) for file in written)
    town.send("initial")
    town.at(date(2017, 6, 29), 8)
    results.confirm(town.desk)

    last, held = closed(town), town.held()
    assert {name: tally.registered for name, tally in last.items()} == held
    assert set(held) == set(SPIS.values())
    assert LEFT_OUT not in {file.dataset for file in known(town)}
    assert all(tally.registered > 50 and tally.quarantined == 0 for tally in last.values())


def test_what_waited_over_the_switch_is_written_anew_and_nothing_is_lost(town: Town) -> None:
    """Prepared on June 28 for its version; on the 30th it would be processed in July: refused, prepared again, sent."""
    town.at(date(2017, 6, 28), 13)  # the day's window has passed
    prepare(town, date(2017, 6, 28), *NARROW)
    first = {file.id: file for file in known(town)}
    town.at(date(2017, 6, 29), 13)
    planning.plan(town.desk)
    town.send("initial")  # on the 30th: 定時 is processed by the night's batch, in July
    assert {file.layout for file in first.values()} == {"2017.1"}
    assert all(file.state in {FileState.PLANNED, FileState.VALIDATED} for file in known(town))
    assert town.held() == {}

    town.at(date(2017, 7, 3), 8)
    prepare(town, date(2017, 7, 3), *NARROW)
    states = Counter((file.layout, file.state.value) for file in known(town))
    assert set(states) == {("2017.1", "superseded"), ("2017.7", "planned")}
    again = [file for file in known(town) if file.id not in first]
    assert all(valid(town, file) for file in again)
    for dataset in (SPIS[spi] for spi in NARROW):
        assert _records(again, dataset) == _records(first.values(), dataset) > 0
    town.send("initial")
    town.at(date(2017, 7, 4), 7)
    results.confirm(town.desk)
    assert sum(tally.registered for tally in closed(town).values()) == sum(town.held().values())
    assert sum(town.held().values()) == sum(file.records for file in again)


def test_the_day_after_the_switch_sends_what_july_adds_and_no_more(town: Town) -> None:
    """初期登録 in June's version, 差分 in July's: whose record has nothing of the new items is not sent again."""
    prepare(town, date(2017, 6, 27))
    town.send("initial")
    town.at(date(2017, 6, 29), 8)
    results.confirm(town.desk)
    before = town.held()
    town.at(date(2017, 7, 4), 0)
    told = differential.prepare(town.desk, date(2017, 7, 3), tokyo(date(2017, 7, 4)))
    with town.desk.ledger.reading() as reader:
        made = [file for file in files.find(reader) if file.run_id == told.run]
    assert {file.layout for file in made} == {"2017.7"}
    assert all(valid(town, file) for file in made)
    assert told.by_dataset["TK00000800000001"]["to_register"] == before["TK00000800000001"]  # all have a ticket
    member = told.by_dataset["TK00000700000001"]
    assert member["to_register"] > 0
    assert member["unchanged"] > 0
    closed(town)


def _records(found: object, dataset: str) -> int:
    return sum(file.records for file in found if file.dataset == dataset)  # type: ignore[attr-defined]
