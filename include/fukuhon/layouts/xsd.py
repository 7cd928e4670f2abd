"""A dataset's layout as a full XSD of its files: the envelope of ``include/messages/file.xsd``, items filled in."""

from __future__ import annotations

from lxml import etree

from fukuhon.layouts.checks import pattern_of
from fukuhon.layouts.model import CHARACTERS, DatasetLayout, Item

__all__ = ["NAMESPACE", "to_xsd"]

NAMESPACE = "urn:fukuhon:file:1"
_XS = "http://www.w3.org/2001/XMLSchema"

_ROOT = (
    f'<xs:schema xmlns:xs="{_XS}" xmlns="{NAMESPACE}" targetNamespace="{NAMESPACE}" elementFormDefault="qualified"/>'
)
_KNOWN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_UNKNOWN = r"0000-00-00|[0-9]{4}-00-00|[0-9]{4}-(0[1-9]|1[0-2])-(0[0-9]|[12][0-9]|3[01])"


def to_xsd(layout: DatasetLayout) -> bytes:
    """The schema as UTF-8 XML; it imports nothing. Always the same bytes for the same layout."""
    root = etree.XML(_ROOT)
    _documented(root, f"{layout.spi_name} {layout.name} {layout.version}")
    _file(root, layout)
    _record(root, layout)
    items = _sub(_sub(root, "complexType", name="Items"), "sequence")
    for item in layout.items:
        _item(items, item)
    _simple(root, "AddresseeNumber", "[0-9]{15}")
    _simple(root, "RecordKey", layout.record_key.pattern)
    _simple(root, "RecordVersion", r"[0-9]{1,8}(\.[0-9]{1,4})?")
    _simple(root, "Day", _KNOWN, base="xs:date")
    _simple(root, "PartlyKnownDay", _UNKNOWN)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _sub(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_XS}}}{tag}", attributes)


def _documented(parent: etree._Element, text: str) -> None:
    _sub(_sub(parent, "annotation"), "documentation").text = text


def _simple(parent: etree._Element, name: str, pattern: str, base: str = "xs:string") -> None:
    restriction = _sub(_sub(parent, "simpleType", name=name), "restriction", base=base)
    _sub(restriction, "pattern", value=pattern)


def _file(root: etree._Element, layout: DatasetLayout) -> None:
    kind = _sub(_sub(root, "element", name="File"), "complexType")
    _sub(_sub(kind, "sequence"), "element", name="Record", type="Record", maxOccurs="unbounded")
    body = _sub(
        _sub(_sub(kind, "attribute", name="body", use="required"), "simpleType"), "restriction", base="xs:string"
    )
    _sub(body, "pattern", value="[0-9]{6}")
    for name, value in (("spi", layout.spi), ("dataset", layout.code), ("layout", layout.version)):
        _sub(kind, "attribute", name=name, type="xs:token", use="required", fixed=value)
    operation = _sub(_sub(kind, "attribute", name="operation", use="required"), "simpleType")
    allowed = _sub(operation, "restriction", base="xs:string")
    for value in ("register", "delete"):
        _sub(allowed, "enumeration", value=value)
    _sub(kind, "attribute", name="records", type="xs:positiveInteger", use="required")


def _record(root: etree._Element, layout: DatasetLayout) -> None:
    """Deletions carry neither publication nor items, so nothing below the key is required here."""
    parts = _sub(_sub(root, "complexType", name="Record"), "sequence")
    _sub(parts, "element", name="Addressee", type="AddresseeNumber")
    _sub(parts, "element", name="Key", type="RecordKey")
    if layout.versioned:
        _sub(parts, "element", name="Version", type="RecordVersion")
    if layout.publication != "none":
        _sub(parts, "element", name="PublishedFrom", type="Day", minOccurs="0")
        _sub(parts, "element", name="PublishedTo", type="Day", minOccurs="0")
    _sub(parts, "element", name="Items", type="Items", minOccurs="0")


def _item(items: etree._Element, item: Item) -> None:
    element = _sub(items, "element", name=item.code, minOccurs="1" if item.required else "0")
    _documented(element, item.name)
    if item.kind == "date":
        element.set("type", "PartlyKnownDay" if item.unknown else "Day")
        return
    restriction = _sub(_sub(element, "simpleType"), "restriction", base="xs:string")
    if item.kind == "code":
        for value in item.codes:
            _sub(restriction, "enumeration", value=value)
    elif item.kind in {"digits", "number"}:
        _sub(restriction, "pattern", value=pattern_of(item))
    else:
        _sub(restriction, "minLength", value=str(item.shortest))
        _sub(restriction, "maxLength", value=str(item.longest))
        characters = CHARACTERS[item.characters]
        if characters is not None:
            _sub(restriction, "pattern", value=characters)
