"""Entered records: checked by the layout's rules with GX's verdict, and laid down as the day's snapshot of a source.

A department's workbook is a source of its dataset: kind csv in ``site.yaml``. What was checked becomes the file that
the source reads, whole or not at all; from there it travels the same road as everything else, its sums included.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fukuhon.calendars import tokyo_day
from fukuhon.errors import RefusedError
from fukuhon.files import write_bytes
from fukuhon.files.entry import Entered, entry_columns
from fukuhon.layouts import DatasetLayout
from fukuhon.layouts.cells import CellProblem
from fukuhon.quality import Suite, judge
from fukuhon.quality.base import base_rules
from fukuhon.registration.desk import Desk
from fukuhon.site import DAY

__all__ = ["Laid", "check", "lay_down", "layout_of"]


@dataclass(frozen=True, slots=True)
class Laid:
    """Where the checked records lie now, and how many they are."""

    path: Path
    records: int
    dataset: str


def layout_of(desk: Desk, dataset: str) -> DatasetLayout:
    """The layout in force today. Raises ConfigurationError LAYOUTS-003."""
    return desk.packs.in_force(dataset, tokyo_day(desk.now()))


def check(desk: Desk, layout: DatasetLayout, entered: Entered) -> list[CellProblem]:
    """Everything that is wrong, cell by cell: what could not be read, then what the layout's rules find."""
    problems = list(entered.problems)
    if entered.rows and set(entered.places) == {column.key for column in entry_columns(layout)}:
        problems += _judged(desk, layout, entered)
    told = {(each.sheet, each.row, each.column) for each in entered.problems}
    found = [each for place, each in enumerate(problems) if place < len(entered.problems) or _place(each) not in told]
    return sorted(found)


def _place(problem: CellProblem) -> tuple[str, int, int]:
    return problem.sheet, problem.row, problem.column


def _judged(desk: Desk, layout: DatasetLayout, entered: Entered) -> list[CellProblem]:
    suite = Suite(layout.code, base_rules(layout))
    rules = {rule.id: rule for rule in suite.rules}
    with TemporaryDirectory(dir=desk.folder("entries"), prefix=".check-") as work:
        verdict = judge([_mapped(entered)], suite, as_of=tokyo_day(desk.now()), work=Path(work))
        held = pq.read_table(verdict.quarantine, columns=["row_no", "reasons"]).to_pylist()
    problems = []
    for record in held:
        for reason in record["reasons"]:
            place = entered.places[reason.split(":")[1]]
            why = f"「{rules[reason].wording}」に合いません"
            problems.append(CellProblem(entered.sheet, record["row_no"], place, why))
    return problems


def _mapped(entered: Entered) -> pa.Table:
    """The entered records as a mapped batch; the row of the sheet is the row number."""
    count = len(entered.rows)
    texts = {key: pa.array(values, pa.string()) for key, values in entered.columns.items()}
    days = {name: _days(texts.pop(name, pa.nulls(count, pa.string()))) for name in _DAYS}
    plain = {
        "row_no": pa.array(entered.rows, pa.int64()),
        "scope": pa.nulls(count, pa.string()),
        "withhold": pa.nulls(count, pa.string()),
        "variation": pa.array(["全件"] * count, pa.string()),
        "record_version": pa.nulls(count, pa.string()),
    }
    return pa.table({**plain, **texts, **days})


_DAYS = ("publication_from", "publication_to")


def _days(texts: pa.Array) -> pa.Array:
    """Days of the calendar; what is none was told, or is missing."""
    parsed = pc.strptime(texts, format="%Y-%m-%d", unit="s", error_is_null=True)
    return parsed.cast(pa.date32())


def lay_down(desk: Desk, layout: DatasetLayout, entered: Entered) -> Laid:
    """Write the checked records where their source is read from, as today's snapshot (0600).

    Raises RefusedError REGISTRATION-046 where the dataset's source is no CSV in UTF-8 of one file.
    """
    source = desk.site.source(desk.site.dataset(layout.code).source)
    tables = source.file_tables() if source.kind == "csv" else ()
    if len(tables) != 1 or tables[0].encoding != "utf-8" or not tables[0].header or tables[0].delimiter != ",":
        raise RefusedError("REGISTRATION-046", dataset=layout.code, source=source.id)
    day = f"{tokyo_day(desk.now()):%Y%m%d}"
    path = Path(str(tables[0].pattern).replace(DAY, day))
    keys = [column.key for column in entry_columns(layout)]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([key.lower() for key in keys])
    writer.writerows(zip(*([value or "" for value in entered.columns[key]] for key in keys), strict=True))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_bytes(path, stream.getvalue().encode())
    return Laid(path, len(entered.rows), layout.code)
