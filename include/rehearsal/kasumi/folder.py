"""Lay かすみ町 out as a site that runs: its settings, its exports day by day, passwords, the stand-in's set-up."""

from __future__ import annotations

import csv
import getpass
import io
import json
import os
import re
import secrets
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rehearsal.city.files import GAIJI
from rehearsal.kasumi.kokuho import kokuho
from rehearsal.kasumi.residents import residents
from rehearsal.kasumi.shotoku import COLUMNS, shotoku
from rehearsal.kasumi.yobo import yobo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rehearsal.kasumi.residents import Row

__all__ = ["BODY", "DAYS", "TEMPLATE", "write_kasumi"]

TEMPLATE = Path(__file__).parents[2] / "sites" / "kasumi"
BODY = "992020"
DAYS = (*(date(2017, 6, day) for day in range(26, 31)), date(2017, 7, 3), date(2017, 7, 4))
"""The business days on which the systems export, around the revision of July."""
_ACCOUNTS = {
    "upload": ("kasumigyomu01", "9000000001", "HOKEN"),
    "collation_requester": ("kasumitotsugo01", "9000000004", "HOKEN"),
    "collation_manager": ("kasumisekinin01", "9000000005", "SOMU"),
    "administrator": ("kasumikanri01", "9000000006", "JOHO"),
}
_GAIJI = {ord(character): private for character, private in GAIJI.items()}
_SINCE, _UNTIL = "2017-06-05", "2018-03-31"


def write_kasumi(folder: Path, people: int = 300, seed: int = 1) -> None:
    """Write the whole site into ``folder``, with whoever runs this as its officer."""
    shutil.copytree(TEMPLATE, folder, dirs_exist_ok=True)
    for name in (".", "data", "data/juki", "data/kokuho", "data/yobo", "data/shotoku", "secrets"):
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = (TEMPLATE / "site.yaml").read_text(encoding="utf-8")
    _write(folder / "site.yaml", re.sub(r"(os_user: )gyomu", rf"\g<1>{getpass.getuser()}", settings).encode())
    _write_sources(folder / "data", people, seed)
    passwords = {name: secrets.token_urlsafe(18) for name in _ACCOUNTS}
    for name, password in passwords.items():
        _write(folder / "secrets" / name, f"{password}\n".encode())
    body = json.dumps(_body(passwords), ensure_ascii=False, indent=1)
    _write(folder / "standin-body.json", body.encode())


def _write_sources(data: Path, count: int, seed: int) -> None:
    """Each system has a stream of its own, and the same one every day: what did not change stays as it is."""
    people, register = residents(count, seed)
    incomes = _csv(shotoku(np.random.default_rng([seed, 3]), people), "cp932", COLUMNS)
    for day in DAYS:
        _write(data / "juki" / f"addressee_{day}.csv", _csv(register, "utf-8"))
        for table, rows in kokuho(np.random.default_rng([seed, 1]), people, day).items():
            _write(data / "kokuho" / f"{table}_{day}.csv", _csv(rows, "cp932"))
        _write(data / "shotoku" / f"income_{day}.csv", incomes)
    _write(data / "yobo" / "shots.csv", _csv(yobo(np.random.default_rng([seed, 2]), people), "utf-8"))


def _csv(rows: Sequence[Row], encoding: str, columns: Sequence[str] = ()) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns or [*rows[0]], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    made = text.getvalue()
    return made.translate(_GAIJI).encode("cp932") if encoding == "cp932" else made.encode(encoding)


def _body(passwords: dict[str, str]) -> dict[str, Any]:
    """The JSON of ``PUT /control/bodies/992020``."""
    account = {"valid_to": _UNTIL, "password_set": _SINCE, "password_days": 90}
    return {
        "name": "かすみ町",
        "group": 2,
        "accounts": [
            {"user": user, "password": passwords[name], "role": role, "department": department, **account}
            for name, (user, role, department) in _ACCOUNTS.items()
        ],
        "departments": [{"id": name, "registered": _SINCE, "valid_to": _UNTIL} for name in ("JOHO", "SOMU", "HOKEN")],
        "masters": [{"name": name, "applied": "2017-06-04"} for name in ("情報提供NWS配信マスター", "独自マスター")],
        "devices": [{"id": "T992020-01"}],
        "modes": {"applied": []},
        "allotments": [
            {"days": [day], "from": "09:00", "to": "12:00", "bytes": 20_000_000}
            for day in ("2017-06-28", "2017-06-29", "2017-06-30", "2017-07-03")
        ],
        "batch": {"start": "22:00", "end": "03:00", "records_per_s": 10, "capacity_per_night": 20_000},
        "line_bytes_per_s": 100_000,
        "immediate_records_per_s": 10,
    }


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
