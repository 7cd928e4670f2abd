"""What the existing systems and the world do by themselves, whoever registers: nothing here is the site's work.

Days end in the systems that only export; one is away for a night; somebody has no 符号 yet; the VPN breaks.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.compute as pc
import pyarrow.parquet as pq

from fukuhon.clock import tokyo
from rehearsal.city import write_present

if TYPE_CHECKING:
    from rehearsal.driver_world import World

__all__ = ["corrected", "cut_the_line", "day_ends", "initial_complete", "source_away", "source_back", "without_code"]

_AWAY = "tax"
_ASSESSMENTS = "TK00000200000001"
_PEOPLE = 3
_BYTES = 200_000


def day_ends(world: World, day: date) -> None:
    """The systems without history show the end of ``day``; those that export have a file of it."""
    folder = world.plan.site
    write_present(folder, day)
    for path in _exports(folder):
        today = path.with_name(f"{path.stem[:-11]}_{day.isoformat()}{path.suffix}")
        if not today.exists():  # beyond the days that were generated, nothing happens: the last state once more
            os.link(path, today)


def _exports(folder: Path) -> Iterator[Path]:
    """The newest file of each table that is exported day by day."""
    newest: dict[tuple[Path, str], Path] = {}
    for path in sorted((folder / "data").glob("*/*_????-??-??.csv")):
        newest[path.parent, path.stem[:-11]] = path
    yield from newest.values()


def source_away(world: World) -> None:
    """The tax system does not answer any more."""
    path = _database(world)
    path.rename(path.with_suffix(".away"))


def source_back(world: World) -> None:
    """It does again."""
    path = _database(world)
    path.with_suffix(".away").rename(path)


def cut_the_line(world: World) -> None:
    """The VPN breaks during the next upload."""
    world.standin.fault("cut", path="/xml-linkage", after_bytes=_BYTES, times=1)


def without_code(world: World, day: date) -> None:
    """Some who are taxed for the first time on ``day`` have no 符号 on the server."""
    world.standin.change({"without_code": _newcomers(world, day)})


def initial_complete(world: World) -> None:
    """On the server's side 初期登録 counts as complete from now on."""
    world.standin.complete_initial()


def corrected(world: World, day: date, on: date) -> None:
    """The tax department corrects in the 正本 what the server had refused of ``day``, and the 符号 are acquired."""
    world.standin.change({"without_code": []})
    at, marks = tokyo(on, 14).isoformat(), _newcomers(world, day)
    with sqlite3.connect(_database(world)) as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(assessment)")]
        given = {"valid_from": "?", "corrected_on": "?"}
        columns = ", ".join(given.get(name, name) for name in names)
        where = f"addressee_no IN ({', '.join('?' * len(marks))}) AND valid_to LIKE '9999%'"
        values = [{"valid_from": at, "corrected_on": _wareki(on)}[name] for name in names if name in given]
        new = connection.execute(f"SELECT {columns} FROM assessment WHERE {where}", [*values, *marks]).fetchall()  # noqa: S608 - names of the table itself
        connection.execute(f"UPDATE assessment SET valid_to = ? WHERE {where}", [at, *marks])  # noqa: S608 - the same
        connection.executemany(f"INSERT INTO assessment VALUES ({', '.join('?' * len(names))})", new)  # noqa: S608 - the same
    connection.close()


def _newcomers(world: World, day: date) -> Sequence[str]:
    """The addressees of some records that are new on ``day``, always the same ones."""
    columns = ["dataset", "outcome", "addressee", "record_key"]
    rows = pq.read_table(world.plan.site / "truth" / f"{day.isoformat()}.parquet", columns=columns)
    new = pc.and_(pc.equal(rows["dataset"], _ASSESSMENTS), pc.equal(rows["outcome"], "new"))
    found: list[str] = sorted(set(rows.filter(new)["addressee"].to_pylist()))
    return found[:_PEOPLE]


def _database(world: World) -> Path:
    path = world.site.source(_AWAY).path
    assert path is not None, "the sample's tax system is a file"
    return path


def _wareki(day: date) -> str:
    return f"H{day.year - 1988:02d}{day:%m%d}"
