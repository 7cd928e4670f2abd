"""What the tests of several rooms share."""

from __future__ import annotations

import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"


def _named(tag: str) -> str:
    return f"{{{_MAIN}}}{tag}"


def _sheet(content: bytes, strings: list[ET.Element]) -> bytes:
    """The texts go into ``strings``, each with a reading as Japanese programs note it."""
    sheet = ET.fromstring(content)
    for dimension in sheet.findall(_named("dimension")):
        sheet.remove(dimension)
    for cell in sheet.iter(_named("c")):
        text = cell.find(_named("is"))
        if cell.get("t") == "inlineStr" and text is not None:
            cell.remove(text)
            cell.set("t", "s")
            ET.SubElement(cell, _named("v")).text = str(len(strings))
            text.tag = _named("si")
            reading = ET.SubElement(text, _named("rPh"), sb="0", eb="1")
            ET.SubElement(reading, _named("t")).text = "ヨミ"
            strings.append(text)
    rows = sheet.find(_named("sheetData"))
    assert rows is not None
    last = ET.SubElement(rows, _named("row"), r="1048576")
    ET.SubElement(last, _named("c"), r="XFD1048576", s="0")
    return ET.tostring(sheet, encoding="UTF-8", xml_declaration=True)


def _with(content: bytes, tag: str, **attributes: str) -> bytes:
    root = ET.fromstring(content)
    ET.SubElement(root, root.tag.partition("}")[0] + "}" + tag, attributes)
    return ET.tostring(root, encoding="UTF-8", xml_declaration=True)


def _by_another_program(path: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strings: list[ET.Element] = []
    for name in sorted(parts):
        if name.startswith("xl/worksheets/sheet"):
            parts[name] = _sheet(parts[name], strings)
    assert strings, "the texts stood in their cells"
    shared = ET.Element(_named("sst"))
    shared.extend(strings)
    parts["xl/sharedStrings.xml"] = ET.tostring(shared, encoding="UTF-8", xml_declaration=True)
    for name, tag, attributes in (
        ("[Content_Types].xml", "Override", {"PartName": "/xl/sharedStrings.xml", "ContentType": _KIND}),
        (
            "xl/_rels/workbook.xml.rels",
            "Relationship",
            {"Id": "rIdS", "Type": _RELATION, "Target": "sharedStrings.xml"},
        ),
    ):
        parts[name] = _with(parts[name], tag, **attributes)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


@pytest.fixture(scope="session")
def by_another_program() -> Callable[[Path], Path]:
    """Saves a workbook as other programs do: shared texts with readings, no extent, an empty formatted last cell."""
    return _by_another_program
