"""Answers as XML, read without trusting who wrote them.

No DTD, no entities, no network, nothing that the contract does not say.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lxml import etree

from fukuhon.errors import DataError

__all__ = ["NAMESPACE", "checked", "parsed"]

NAMESPACE = "{urn:fukuhon:answers:1}"
_SCHEMA = Path(__file__).resolve().parents[2] / "messages" / "answers.xsd"


def parsed(content: bytes, call: str) -> etree._Element:
    """The root of an answer, held against ``answers.xsd``.

    Raises DataError (SERVER-003), which tells nothing of the content.
    """
    # Before the parser sees it, since a DTD does harm while it is read. A zero byte would be UTF-16, which hides "<!".
    if b"<!" in content.replace(b"<!--", b"") or b"\0" in content:
        raise DataError("SERVER-003", call=call, why="DTD")
    parser = etree.XMLParser(
        encoding="UTF-8",  # whatever the answer claims of itself
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise DataError("SERVER-003", call=call, why="XML") from None
    if not _schema().validate(root):
        raise DataError("SERVER-003", call=call, why="XSD")
    return root


def checked(content: bytes, name: str, call: str) -> etree._Element:
    """The root of an answer that must be a ``name``. Raises DataError (SERVER-003)."""
    root = parsed(content, call)
    if root.tag != NAMESPACE + name:
        raise DataError("SERVER-003", call=call, why=etree.QName(root).localname)
    return root


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_SCHEMA))
