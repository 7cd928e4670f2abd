"""Existing systems that only export files: CSV by day, and records of fixed length that show only the present.

Both are cp932. What cp932 has no place for, the old systems write as a character of their own (外字), as they do: a
private code that means nothing elsewhere.
"""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from fukuhon.calendars import BusinessCalendar
from rehearsal.city.columns import joined

if TYPE_CHECKING:
    from pathlib import Path

    from rehearsal.city.city import City
    from rehearsal.city.schema import Table

__all__ = ["GAIJI", "write_csv", "write_fixed", "write_present"]

GAIJI = {"𠮷": "\ue000", "𣘺": "\ue001", "𡈽": "\ue002", "𦚰": "\ue003"}
"""Characters outside cp932, and the private ones that the old systems have for them."""


def write_csv(city: City, source: str, folder: Path) -> None:
    """A file per table and business day, from the one before the first load on: the rows at the end of that day.

    Who asks for the books as of the morning of the first load means the end of the business day before. A day on
    which nothing happened has the file of the day before (one file with several names).
    """
    data = _folder(folder / "data" / source)
    for table in city.tables(source):
        last: Path | None = None
        for day in _business_days(city):
            path = data / f"{table.name}_{day}.csv"
            if last is None or day in city.days:
                _replace(path, _csv(city.books[table.name].as_of(day)))
            else:
                path.unlink(missing_ok=True)
                path.hardlink_to(last)
            last = path


def write_fixed(city: City, source: str, folder: Path) -> None:
    """The present state as of the first load, and apart (``truth/present``) what it will be at the end of each day."""
    data = _folder(folder / "data" / source)
    apart = _folder(_folder(folder / "truth" / "present") / source)
    for table in city.tables(source):
        for day in (city.truth.days[0].day, *city.days):
            _replace(apart / f"{table.name}_{day}.txt", _fixed(table, city.books[table.name].as_of(day)))
        first = apart / f"{table.name}_{city.truth.days[0].day}.txt"
        _replace(data / f"{table.name}.txt", first.read_bytes())


def write_present(folder: Path, day: date) -> None:
    """Let the systems without any history of the site in ``folder`` show the state at the end of ``day``.

    For whoever moves the city's clock: a system that keeps only the present has to be rewritten as days pass.
    """
    for apart in sorted((folder / "truth" / "present").glob("*")):
        for name in sorted({path.name.rpartition("_")[0] for path in apart.glob("*_*.txt")}):
            known = [path for path in sorted(apart.glob(f"{name}_????-??-??.txt")) if path.stem[-10:] <= f"{day}"]
            if known:
                _replace(folder / "data" / apart.name / f"{name}.txt", known[-1].read_bytes())


def _business_days(city: City) -> list[str]:
    calendar = BusinessCalendar()
    days = [calendar.previous_business_day(date.fromisoformat(city.truth.days[0].day))]
    while days[-1].isoformat() < city.quiet_day:
        days.append(calendar.next_business_day(days[-1]))
    return [day.isoformat() for day in days]


def _csv(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pyarrow.csv.write_csv(rows, sink, pyarrow.csv.WriteOptions(quoting_style="needed"))
    return _cp932(sink.getvalue().to_pybytes().decode("utf-8").replace("\n", "\r\n"))


def _fixed(table: Table, rows: pa.Table) -> bytes:
    """Each column in its width in bytes: numbers with zeros in front, text with spaces behind; CR LF at the end."""
    columns = [_sized(rows[name], table.widths[name], number=name in table.integers) for name in table.columns]
    return _cp932("".join(f"{line}\r\n" for line in joined(*columns).to_pylist()))


def _sized(values: pa.ChunkedArray, width: int, *, number: bool) -> pa.Array:
    text = values.cast(pa.string()).combine_chunks()
    if number:
        text = pc.utf8_lpad(text, width=width, padding="0")
    text = text.fill_null("")
    if pc.all(pc.string_is_ascii(text), min_count=0).as_py():
        text = pc.utf8_rpad(text, width=width)
    else:
        coded = text.dictionary_encode()
        filled = [value + " " * (width - len(_cp932(value))) for value in coded.dictionary.to_pylist()]
        text = pa.array(filled, pa.string()).take(coded.indices)
    return text


def _cp932(text: str) -> bytes:
    return text.translate(_TABLE).encode("cp932")


_TABLE = str.maketrans(GAIJI)


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _replace(path: Path, content: bytes) -> None:
    """Write a private file; one that is there already is replaced once the new one is whole."""
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
