"""Each dataset's 突合 goes its own way, and a number finds that way again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from fukuhon.clock import FixedClock, tokyo
from fukuhon.server.collating import CollationByDataset
from fukuhon.server.port import CollationCase, CollationRequest
from fukuhon.server.worksheet import WorksheetCollation

NUMBER = "080920170420000000001"
NOON = tokyo(date(2017, 4, 20), 12)


@dataclass
class Line:
    """A line that remembers what it was told."""

    calls: list[str] = field(default_factory=list)

    def ask(self, request: CollationRequest) -> CollationCase:
        """Asked."""
        self.calls.append(f"ask {request.dataset}")
        return self.state(NUMBER)

    def order(self, number: str) -> CollationCase:
        """Ordered."""
        return self.state(number)

    def release(self, number: str) -> CollationCase:
        """Released."""
        return self.state(number)

    def state(self, number: str) -> CollationCase:
        """As it stands."""
        self.calls.append(number)
        return CollationCase(number, "ordered", "TM00000000000002", None, "asks", NOON, None)

    def fetch(self, number: str, folder: Path) -> Path:
        """Fetched."""
        self.calls.append(number)
        return folder / number


def test_a_request_goes_the_way_of_its_dataset_and_its_number_finds_it(tmp_path: Path) -> None:
    """The terminal's dataset is written on the sheet, the other goes over the line; so do the later calls."""
    line = Line()
    terminal = WorksheetCollation(tmp_path / "c", FixedClock(NOON), "見本市", "lets")
    both = CollationByDataset({"TK00000200000001"}, terminal, line)
    sheet, wire = (
        both.ask(CollationRequest("TM00000000000002", dataset, "2016", "asks", NOON))
        for dataset in ("TK00000200000001", "TK00000200000002")
    )
    assert (sheet.number, wire.number) == ("W00001", NUMBER)
    assert both.order("W00001").state == both.release("W00001").state == both.state("W00001").state == "asked"
    assert both.order(NUMBER).state == both.release(NUMBER).state == both.state(NUMBER).state == "ordered"
    assert both.fetch(NUMBER, tmp_path) == tmp_path / NUMBER
    assert line.calls == ["ask TK00000200000002", *[NUMBER] * 5]
