"""Every template of a report or a page, by its text: whatever stands in a file name, it is shown and never obeyed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from fukuhon.reports import style
from fukuhon_airflow.pages import look

ENVIRONMENTS = {"reports": style._environment, "pages": look._environment}
FOLDERS = {name: Path(module.__file__).parent / "templates" for name, module in (("reports", style), ("pages", look))}
TEMPLATES = [(where, path) for where, folder in FOLDERS.items() for path in sorted(folder.glob("*.html"))]
EVIL = "<script>alert(1)</script>\"'.xml"


@pytest.mark.parametrize(("where", "path"), TEMPLATES, ids=lambda value: getattr(value, "name", value))
def test_a_name_stays_text(where: str, path: Path) -> None:
    """Escaping is on, nothing but words of our own is called safe, and a value in a tag stands in quotes."""
    environment: Environment = ENVIRONMENTS[where]()
    source = path.read_text(encoding="utf-8")
    tree = environment.parse(source)
    assert "<script" not in environment.from_string("{{ name }}").render(name=EVIL)
    assert environment.autoescape is True
    assert not list(tree.find_all(nodes.ScopedEvalContextModifier)), "escaping is switched nowhere"
    safe = [each.node for each in tree.find_all(nodes.Filter) if each.name == "safe"]
    assert all(isinstance(node, nodes.Const) for node in safe)
    unquoted = re.findall(r"<[a-z][^<>]*\s[a-z-]+=\{\{", re.sub(r"\{%.*?%\}", "", source, flags=re.DOTALL))
    assert unquoted == []
    assert "<script" not in source


def test_there_are_templates_to_look_at() -> None:
    """Both folders are found."""
    assert {where for where, _ in TEMPLATES} == set(FOLDERS)
