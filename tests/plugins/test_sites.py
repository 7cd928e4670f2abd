"""Which sites an Airflow runs, and how their dags are called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fukuhon_airflow.sites import Duty, sites


def test_one_site_s_dags_carry_the_bare_name_of_their_duty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One deployment per municipality is the rule."""
    monkeypatch.setenv("FUKUHON_SITES", str(tmp_path / "見本市"))
    (site,) = sites()

    assert site.dag_id(Duty.UPLOAD) == "upload"
    assert site.display("送信") == "送信"


def test_several_sites_are_told_apart_by_their_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A shared centre runs several, in the order of the setting."""
    monkeypatch.setenv("FUKUHON_SITES", os.pathsep.join((str(tmp_path / "b"), "", str(tmp_path / "a"))))

    assert [site.dag_id(Duty.UPLOAD) for site in sites()] == ["b__upload", "a__upload"]
    assert sites()[0].display("送信") == "送信（b）"


@pytest.mark.parametrize("names", [("見本市", "a"), ("a", "a"), ("a__b", "c")])
def test_names_that_no_dag_id_can_carry_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, names: tuple[str, str]
) -> None:
    """Said when the dag files are read, not by an id that Airflow refuses."""
    monkeypatch.setenv("FUKUHON_SITES", os.pathsep.join(str(tmp_path / str(n) / name) for n, name in enumerate(names)))

    with pytest.raises(ValueError, match="FUKUHON_SITES"):
        sites()


def test_without_the_setting_there_are_no_sites(monkeypatch: pytest.MonkeyPatch) -> None:
    """And so no dags; nothing is guessed."""
    monkeypatch.delenv("FUKUHON_SITES", raising=False)

    assert sites() == ()
