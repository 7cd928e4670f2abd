from __future__ import annotations

import json
import stat
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from fukuhon.windows import Part, part_of
from rehearsal.city import City, write_site
from rehearsal.city.sizing import OTHER_DAYS, TAX_DAYS, sizes_of


@pytest.fixture(scope="module")
def folder(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of the small city."""
    folder = tmp_path_factory.mktemp("site") / "mihon"
    write_site(city, folder)
    return folder


def test_what_is_secret_or_personal_is_private(folder: Path) -> None:
    """Folders 0700, files 0600: data, secrets, truth and the stand-in's set-up, which holds the passwords."""
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("data", "secrets", "truth"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o700
        for path in (folder / name).rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    assert stat.S_IMODE((folder / "standin-body.json").stat().st_mode) == 0o600


def test_the_server_knows_the_passwords_of_the_site(folder: Path) -> None:
    """Accounts of site.yaml and of the stand-in are the same people with the same passwords and roles."""
    site = yaml.safe_load((folder / "site.yaml").read_text(encoding="utf-8"))
    body = json.loads((folder / "standin-body.json").read_text(encoding="utf-8"))
    there = {account["user"]: account["password"] for account in body["accounts"]}
    for account in site["server"]["accounts"].values():
        assert there[account["user"]] == (folder / account["password"]["file"]).read_text().strip()
    assert site["server"]["device"] in {device["id"] for device in body["devices"]}
    assert len(set(there.values())) == len(there) == 4


def test_allotments_are_the_same_on_both_sides(folder: Path) -> None:
    """What the city plans by is what the server counts by."""
    site = yaml.safe_load((folder / "site.yaml").read_text(encoding="utf-8"))
    body = json.loads((folder / "standin-body.json").read_text(encoding="utf-8"))
    ours = [([str(day) for day in one["days"]], one["from"], one["to"], one["bytes"]) for one in site["allotments"]]
    assert ours == [(one["days"], one["from"], one["to"], one["bytes"]) for one in body["allotments"]]
    assert site["limits"]["line_bytes_per_s"] == body["line_bytes_per_s"]


def test_written_again_the_passwords_stay(city: City, folder: Path) -> None:
    """A running stand-in knows them; new data must not lock everybody out."""
    before = (folder / "secrets" / "upload").read_text()
    write_site(city, folder)
    assert (folder / "secrets" / "upload").read_text() == before


def test_the_truth_is_written_apart(city: City, folder: Path) -> None:
    """One Parquet a day, and what it is about."""
    about = json.loads((folder / "truth" / "truth.json").read_text(encoding="utf-8"))
    assert about["days"] == list(city.days)
    assert {kind["name"] for kind in about["kinds"]} > {"lost-leading-zero", "swapped-addressee", "loss-ignored"}
    for day in (about["loaded"], *about["days"], about["quiet_day"]):
        read = pq.read_table(folder / "truth" / f"{day}.parquet")
        assert set(read["dataset"].unique().to_pylist()) == {dataset.code for dataset in city.datasets}
        assert about["tallies"][day] == city.truth.day(day).tallies()


def test_sizes_make_several_files_and_a_night_too_short(city: City) -> None:
    """Each allotted day has a volume, those of a part together more than there is; the fullest day outgrows a night."""
    sizes = sizes_of(city)
    assert 6 <= sizes.records / sizes.records_per_file <= 10
    parts = {part_of(subject.spis[0]) for subject in city.subjects}
    assert set(sizes.windows) == {
        day for part, days in ((Part.TAX, TAX_DAYS), (Part.OTHER, OTHER_DAYS)) if part in parts for day in days
    }
    assert min(sizes.windows.values()) > 0
    assert sizes.capacity_per_night < 0.6 * sizes.records
    assert sizes.night_s < 5 * 3600
