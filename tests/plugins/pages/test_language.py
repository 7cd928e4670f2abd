"""Japanese first: one script of ours at the head of the UI's pages, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from fastapi.testclient import TestClient

from fukuhon_airflow.pages import VIEWS

if TYPE_CHECKING:
    from conftest import Office


def test_the_ui_s_pages_name_the_script_first(office: Office) -> None:
    """Before any other script; the length fits."""
    answer = office.client.get("/")
    assert answer.text == '<html><head><script src="/fukuhon/language.js"></script></head></html>'
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_the_script_only_fills_what_is_empty(office: Office) -> None:
    """Who has chosen another language keeps it."""
    answer = office.client.get("/fukuhon/language.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "if (!localStorage.getItem(key))" in answer.text
    assert "['i18nextLng', 'ja']" in answer.text


def test_other_answers_pass_untouched(office: Office) -> None:
    """JSON, and our own pages, which have no scripts."""
    assert office.client.get("/api/v2/version").json() == {"version": "3"}
    assert "<script" not in office.client.get("/fukuhon/today", headers=office.as_("gyomu")).text


def test_a_path_prefix_is_kept(office: Office) -> None:
    """Behind a proxy the script's address carries it."""
    client = TestClient(office.client.app, root_path="/airflow", base_url="http://localhost")
    assert 'src="/airflow/fukuhon/language.js"' in client.get("/airflow/").text
    assert client.get("/airflow/fukuhon/language.js").status_code == 200


def test_the_menu_s_addresses_are_relative() -> None:
    """The UI puts its own before them."""
    assert [view["href"] for view in VIEWS] == ["fukuhon/today", "fukuhon/calendar"]


def test_registering_the_pages_loads_no_web_framework() -> None:
    """Every Airflow process imports the plugin; only the API server opens a page."""
    look = "import sys, fukuhon_airflow.pages; print({'fastapi', 'jinja2', 'fukuhon'} & set(sys.modules))"
    path = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", look], env=path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
