from __future__ import annotations

import csv
import hashlib
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from rehearsal.city import City, make_city, write_present, write_site
from rehearsal.city.book import plain_book
from rehearsal.city.files import write_csv, write_fixed
from rehearsal.city.schema import Table
from rehearsal.city.subject import Subject
from rehearsal.city.truth import Day, Truth

CASE = Table("case", "case_no", ("case_no", "name", "yen"), frozenset({"yen"}), {"case_no": 4, "name": 10, "yen": 6})
DAYS = ("2017-05-08", "2017-05-10")


def office(kind: str) -> City:
    """A city with one system of a made-up kind: two cases, one of which changes on each day."""
    rows = pa.table({"case_no": ["0001", "0002"], "name": ["𠮷田,花", None], "yen": [10, 20]})
    book = plain_book(CASE, rows)
    for number, day in enumerate(DAYS, start=1):
        book.replace(1, f"{day}T10:00:00+09:00", yen=20 + number)
    subject = Subject(name="office", source="office", kind=kind, tables=(CASE,))  # type: ignore[arg-type]
    truth = Truth([Day(day, [], {}) for day in ("2017-05-02", *DAYS, "2017-05-11")])
    return City(1, 2, (subject,), {"case": book}, DAYS, "2017-05-11", truth)


def test_an_export_has_a_file_for_each_business_day(tmp_path: Path) -> None:
    """cp932 with CR LF; what cp932 lacks is the old system's own character; a quiet day repeats the day before."""
    write_csv(office("csv"), "office", tmp_path)
    before, *files = sorted((tmp_path / "data" / "office").iterdir())
    assert [path.name[5:-4] for path in files] == ["2017-05-02", "2017-05-08", "2017-05-09", "2017-05-10", "2017-05-11"]
    assert before.name == "case_2017-05-01.csv"
    assert before.read_bytes() == files[0].read_bytes()
    texts = [path.read_bytes().decode("cp932") for path in files]
    rows = [["case_no", "name", "yen"], ["0001", "\ue000田,花", "10"], ["0002", "", "20"]]
    assert list(csv.reader(texts[0].splitlines())) == rows
    assert all(text.count("\r\n") == text.count("\n") == 3 for text in texts)
    assert [text.rstrip("\r\n")[-2:] for text in texts] == ["20", "21", "21", "22", "22"]
    assert files[0].stat().st_mode & 0o777 == 0o600


def test_a_system_without_history_shows_the_present(tmp_path: Path) -> None:
    """Records of one length in bytes; the file is replaced as the days pass, and nothing is left beside it."""
    write_fixed(office("fixed"), "office", tmp_path)
    path = tmp_path / "data" / "office" / "case.txt"
    first = path.read_bytes()
    assert {len(line) for line in first.split(b"\r\n") if line} == {20}
    assert first.decode("cp932").endswith("0002          000020\r\n")
    for day, yen in ((date(2017, 5, 9), b"000021"), (date(2017, 5, 11), b"000022"), (date(2017, 4, 1), b"000022")):
        write_present(tmp_path, day)
        assert path.read_bytes().endswith(yen + b"\r\n")
    assert [one.name for one in path.parent.iterdir()] == ["case.txt"]


@pytest.mark.parametrize("seed", [5])
def test_the_same_numbers_give_the_same_bytes(tmp_path: Path, seed: int) -> None:
    """Databases, files, truth and settings of the whole city; only the passwords are drawn anew."""
    sums = []
    for name in ("one", "other"):
        folder = tmp_path / name
        write_site(make_city(1000, seed, 2), folder)
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        sums.append(
            {
                str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in paths
                if path.parent.name != "secrets" and path.name != "standin-body.json"
            }
        )
    assert sums[0] == sums[1]
    assert len(sums[0]) > 20
