"""The first load of every dataset of the city, from its existing system to the files that would be sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from fukuhon.clock import tokyo
from fukuhon.layouts import packs, to_xsd
from fukuhon.ledger import files
from fukuhon.registration import initial
from fukuhon.registration.desk import Desk, open_desk
from rehearsal.city import City, make_city, write_site
from rehearsal.town import standin_for

DAY = date(2017, 4, 10)
ENVELOPE = Path(__file__).parents[2] / "include" / "messages" / "file.xsd"


@pytest.fixture(scope="module")
def city() -> City:
    """All five subjects."""
    return make_city(people=1000, seed=5, days=1)


@pytest.fixture(scope="module")
def desk(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The city's desk on the morning of the first load, every 特定個人情報 prepared as of that morning."""
    folder = tmp_path_factory.mktemp("first")
    write_site(city, folder / "site")
    with pytest.MonkeyPatch.context() as patch, standin_for(folder / "site", folder / "standin") as url:
        patch.setenv("FUKUHON_DATA", str(folder / "data"))
        patch.setenv("FUKUHON_SERVER_URL", url)
        with open_desk(folder / "site", "tester") as desk:
            for spi in desk.site.spis:
                initial.prepare(desk, spi.code, tokyo(DAY))
            yield desk


def test_every_file_holds_to_the_envelope_and_to_its_layout(city: City, desk: Desk) -> None:
    """Whatever system a record comes from: what is written is what the messages and the layout in force allow."""
    envelope = etree.XMLSchema(etree.parse(ENVELOPE))
    known = packs(desk.site)
    layouts = {
        each.code: etree.XMLSchema(etree.fromstring(to_xsd(known.in_force(each.code, DAY)))) for each in city.datasets
    }
    with desk.ledger.reading() as reader:
        found = files.find(reader)
    for file in found:
        written = etree.parse(file.path)
        envelope.assertValid(written)
        layouts[file.dataset].assertValid(written)
    assert {file.dataset for file in found} == set(layouts)


def test_the_files_hold_what_the_truth_would_register(city: City, desk: Desk) -> None:
    """No record too many or too few in any dataset."""
    filed = dict.fromkeys((each.code for each in city.datasets), 0)
    with desk.ledger.reading() as reader:
        for file in files.find(reader):
            filed[file.dataset] += file.records
    truth = city.truth.days[0].tallies()
    assert filed == {code: sum(by["to_register"] for by in truth[code].values()) for code in filed}
