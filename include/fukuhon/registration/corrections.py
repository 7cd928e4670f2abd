"""The correction lists of a run: which rows of the 正本 to correct and why, a workbook for each existing system.

The report names them and holds no key; a list is made for the people who correct in that system, readable by its owner
only. Only what finds the row again stands in it: row number of the extract, addressee number, record key; no content.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from fukuhon.errors import DataError
from fukuhon.files import write_bytes
from fukuhon.registration.correction_book import Sheet, System, correction_book

if TYPE_CHECKING:
    from fukuhon.registration.desk import Desk
    from fukuhon.registration.material import Material

__all__ = ["MOST_ROWS", "Corrections", "correction_list", "correction_lists"]

MOST_ROWS = 100_000
"""Of one dataset; beyond so many a list helps nobody: the source or a rule is wrong."""

_PLAIN = "正本の該当する項目を確かめて直す。"
_KEYS = ("row_no", "addressee", "record_key", "variation")


def correction_list(folder: Path, source: str) -> Path:
    """Where the list of one system of a run lies, if there is one."""
    return folder / f"訂正一覧-{source}.xlsx"


@dataclass
class Corrections:
    """What each system has to correct, gathered dataset by dataset: at most ``MOST_ROWS`` narrow rows of each."""

    desk: Desk
    day: date
    systems: dict[str, list[Sheet]] = field(default_factory=dict)

    def note(self, material: Material) -> None:
        """Take up the rows of a dataset that are held back."""
        if material.quarantined.num_rows:
            self.systems.setdefault(material.settings.source, []).append(_sheet(material))

    def write(self, folder: Path) -> None:
        """Write the workbooks (0600). Raises RetriableError FILES-001, FILES-002 where the disk refuses."""
        for source, sheets in self.systems.items():
            system = System(self.desk.site.body.name, self.desk.site.source(source).name, self.day)
            write_bytes(correction_list(folder, source), correction_book(system, sheets))


@contextmanager
def correction_lists(desk: Desk, folder: Path, day: date) -> Iterator[Corrections]:
    """Gather corrections in the block, ages as of ``day``; they are written at its end, also of a run that stops.

    Raises as :meth:`Corrections.write`.
    """
    found = Corrections(desk, day)
    try:
        yield found
    except DataError:
        found.write(folder)
        raise
    found.write(folder)


def _sheet(material: Material) -> Sheet:
    """The rows that have waited longest first, each with its keys and with every reason in the words of the rules."""
    rules = {rule.id: (rule.wording, rule.correct or _PLAIN) for rule in material.suite.rules}
    order = [("since", "ascending"), ("row_no", "ascending")]
    held = material.quarantined.select(["row_no", "identity_hash", "reasons", "state", "since"])
    listed = held.sort_by(order).slice(0, MOST_ROWS).sort_by("row_no").combine_chunks()
    batches = [batch.select(_KEYS) for batch in material.spool.batches(listed["row_no"])]
    for name in _KEYS[1:]:
        keys = pa.chunked_array([batch.column(name) for batch in batches], pa.string())
        listed = listed.append_column(name, keys.combine_chunks())
    layout = material.layout
    return Sheet(layout.code, layout.name, rules, listed.sort_by(order), held.num_rows)
