"""The XML of the contract: what the server answers (include/messages/answers.xsd), and the one request it reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from standin.clock import from_micros, minute_iso, second
from standin.refusals import Refusal
from standin.settings import BodySettings
from standin.uploads import Receipt

__all__ = [
    "collation",
    "collation_file",
    "collation_request",
    "fault",
    "held_records",
    "readiness",
    "receipt",
    "result_detail",
    "results",
]

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NS = "urn:fukuhon:answers:1"


def _attributes(values: Mapping[str, object | None]) -> str:
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in values.items() if value is not None)


def _element(name: str, values: Mapping[str, object | None], content: str = "") -> str:
    return f"<{name}{_attributes(values)}>{content}</{name}>" if content else f"<{name}{_attributes(values)}/>"


def _document(name: str, values: Mapping[str, object | None], content: str = "") -> bytes:
    return (_HEAD + _element(name, {"xmlns": _NS, **values}, content)).encode()


def fault(refusal: Refusal) -> bytes:
    """Write a refusal."""
    return _document("Fault", {"code": refusal.code, "message": refusal.message})


def receipt(one: Receipt) -> bytes:
    """Write a receipt."""
    replayed = "true" if one.replayed else None
    values = {"number": one.number, "received": second(one.received), "bytes": one.bytes, "replayed": replayed}
    return _document("Receipt", values)


def results(files: Iterable[sqlite3.Row]) -> bytes:
    """Write SC_DBM_0103."""
    rows = (
        _element(
            "Result",
            {
                "number": file["receipt"],
                "received": minute_iso(from_micros(file["received"])),
                "requester": file["user"],
                "status": file["status"],
                "processed": file["processed"],
                "errors": file["errors"],
            },
        )
        for file in files
    )
    return _document("Results", {}, "".join(rows))


def result_detail(file: sqlite3.Row, errors: Iterable[sqlite3.Row]) -> bytes:
    """Write the details of one result."""
    completed = None if file["completed"] is None else second(from_micros(file["completed"]))
    values = {
        "number": file["receipt"],
        "status": file["status"],
        "processed": file["processed"],
        "errors": file["errors"],
        "completed": completed,
        "slipped_to": file["slipped_to"],
    }
    rows = (_element("Error", {name: row[name] for name in ("position", "code", "message")}) for row in errors)
    return _document("ResultDetail", values, "".join(rows))


def held_records(rows: Iterable[sqlite3.Row], *, items: bool) -> bytes:
    """Write the records a search found."""
    return _document("Records", {}, "".join(_held(row, items=items) for row in rows))


def collation_file(number: str, rows: list[sqlite3.Row]) -> bytes:
    """Write a 突合用ファイル (FI_DBM_0016)."""
    content = "".join(_held(row, items=True) for row in rows)
    return _document("CollationFile", {"number": number, "records": len(rows)}, content)


def _held(row: sqlite3.Row, *, items: bool) -> str:
    parts = [_text("Addressee", row["addressee"]), _text("Key", row["key"])]
    if row["version"]:
        parts.append(_text("Version", row["version"]))
    for name, column in (("PublishedFrom", "published_from"), ("PublishedTo", "published_to")):
        if row[column] is not None:
            parts.append(_text(name, row[column]))
    parts.append(_text("Registered", second(from_micros(row["registered"]))))
    if items:
        parts.append(_element("Items", {}, row["items"]))
    return _element("Record", {name: row[name] for name in ("spi", "dataset", "layout")}, "".join(parts))


def _text(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>"


def collation(row: sqlite3.Row) -> bytes:
    """Write a 突合 as it stands (SC_DBM_0705)."""
    values = {name: row[name] for name in ("number", "state", "spi", "dataset", "key", "requester")}
    values["registered"] = second(from_micros(row["registered"]))
    values["file"] = f"{row['number']}_result.xml" if row["state"] != "asked" else None
    return _document("Collation", values)


def collation_request(body: bytes) -> dict[str, str]:
    """Read a CollationRequest into its attributes; anything else is refused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refusal("bad_request") from error
    if root.getroottree().docinfo.internalDTD is not None or root.tag != f"{{{_NS}}}CollationRequest" or len(root):
        raise Refusal("bad_request")
    return {str(name): str(value) for name, value in root.attrib.items()}


def readiness(settings: BodySettings, mode: str, cuts: int, today: date) -> bytes:
    """Write what the system administrator's screens show."""
    parts = [
        _element("Master", {"name": one.name, "applied": one.applied})
        for one in settings.masters
        if one.applied <= today
    ]
    parts += [
        _element("Department", {"id": one.id, "registered": one.registered, "valid_to": one.valid_to})
        for one in settings.departments.values()
        if one.registered <= today
    ]
    parts += [
        _element(
            "Account",
            {
                "user": account.user,
                "role": role,
                "department": account.department,
                "valid_to": account.valid_to,
                "password_set": account.password_set,
                "password_days": account.password_days,
            },
        )
        for account in settings.accounts.values()
        for role in sorted(account.roles)
    ]
    parts += [_element("Device", {"id": one}) for one in sorted(settings.devices or ())]
    return _document("Readiness", {"mode": mode, "vpn_cuts_today": cuts}, "".join(parts))
