"""Lay a city out as a site that runs: settings, data, secrets, the stand-in's set-up, and the truth apart."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from rehearsal.city.sizing import sizes_of
from rehearsal.city.standin_body import ACCOUNTS, standin_body
from rehearsal.city.template import settings
from rehearsal.city.writers import write_sources

if TYPE_CHECKING:
    from rehearsal.city.city import City
    from rehearsal.city.truth import Day

__all__ = ["TEMPLATE", "write_site", "write_truth"]

TEMPLATE = Path(__file__).parents[2] / "sites" / "sample"


def write_site(city: City, folder: Path) -> None:
    """Write the whole site into ``folder``. What is there is written anew, but its passwords: the server knows them."""
    for name in (".", "data", "secrets", "truth"):
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    sizes = sizes_of(city)
    for name in ("queries", "rules"):
        shutil.copytree(TEMPLATE / name, folder / name, dirs_exist_ok=True)
    shutil.copy(TEMPLATE / "schedule.yaml", folder)
    template = (TEMPLATE / "site.yaml").read_text(encoding="utf-8")
    _write(folder / "site.yaml", settings(template, city.subjects, sizes))
    write_sources(city, folder)
    passwords = {name: _password(folder / "secrets" / name) for name in ACCOUNTS}
    _write_json(folder / "standin-body.json", standin_body(passwords, sizes))
    write_truth(city, folder / "truth")


def write_truth(city: City, folder: Path) -> None:
    """Write what must happen: the days, the kinds of dirt, each day's records and counts."""
    for day in city.truth.days:
        path = folder / f"{day.day}.parquet"
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        _write_records(day, path)
    names = ("name", "table", "rule", "wording")
    about = {
        "seed": city.seed,
        "people": city.people,
        "loaded": city.truth.days[0].day,
        "days": list(city.days),
        "quiet_day": city.quiet_day,
        "kinds": [{name: getattr(kind, name) for name in names} for kind in city.kinds],
        "tallies": {day.day: day.tallies() for day in city.truth.days},
    }
    _write_json(folder / "truth.json", about)


def _write_records(day: Day, path: Path) -> None:
    """One dataset after the other: the records of a large city are not all in memory at once."""
    parts = day.parts()
    first = next(parts)
    with pq.ParquetWriter(path, first.schema) as writer:
        for part in chain([first], parts):
            writer.write_table(part)


def _password(path: Path) -> str:
    if not path.exists():
        _write(path, secrets.token_urlsafe(18) + "\n")
    return path.read_text(encoding="utf-8").strip()


def _write_json(path: Path, value: dict[str, Any]) -> None:
    _write(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
