"""From checked XML to the things of the port."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, cast

from lxml import etree

from fukuhon.clock import TOKYO
from fukuhon.identifiers import ReceiptNumber
from fukuhon.server.port import (
    Account,
    CollationCase,
    Department,
    HeldRecord,
    Master,
    Readiness,
    Receipt,
    RecordError,
    ResultDetail,
    ResultRow,
    Status,
)
from fukuhon.server.xml import NAMESPACE, checked

__all__ = ["collation", "collation_file", "detail", "fault", "readiness", "receipt", "records", "results"]


def receipt(content: bytes) -> Receipt:
    """A ``Receipt``."""
    got = _attributes(checked(content, "Receipt", "upload"))
    number = ReceiptNumber.parse(got["number"])
    replayed = got.get("replayed") in {"true", "1"}
    return Receipt(number, _instant(got["received"]), int(got["bytes"]), replayed)


def fault(content: bytes) -> str:
    """The code of a ``Fault``; its message is not taken: it may echo what was sent."""
    return _attributes(checked(content, "Fault", "fault"))["code"]


def results(content: bytes) -> list[ResultRow]:
    """A list of ``Results``."""
    return [
        ResultRow(
            ReceiptNumber.parse(got["number"]),
            _instant(got["received"]),
            got["requester"],
            cast("Status", got["status"]),
            int(got["processed"]),
            int(got["errors"]),
        )
        for got in _each(checked(content, "Results", "results"), "Result")
    ]


def detail(content: bytes) -> ResultDetail:
    """A ``ResultDetail``."""
    root = checked(content, "ResultDetail", "detail")
    got = _attributes(root)
    return ResultDetail(
        ReceiptNumber.parse(got["number"]),
        cast("Status", got["status"]),
        int(got["processed"]),
        int(got["errors"]),
        _instant(got["completed"]) if "completed" in got else None,
        _day(got.get("slipped_to")),
        tuple(RecordError(int(one["position"]), one["code"], one["message"]) for one in _each(root, "Error")),
    )


def records(content: bytes) -> list[HeldRecord]:
    """``Records`` of a search."""
    return list(_records(checked(content, "Records", "records")))


def collation_file(content: bytes) -> list[HeldRecord]:
    """A ``CollationFile`` (FI_DBM_0016)."""
    return list(_records(checked(content, "CollationFile", "collation file")))


def collation(content: bytes) -> CollationCase:
    """A ``Collation``."""
    got = _attributes(checked(content, "Collation", "collation"))
    state = cast("Any", got["state"])
    registered = _instant(got["registered"])
    return CollationCase(
        got["number"], state, got["spi"], got.get("dataset"), got["requester"], registered, got.get("file")
    )


def readiness(content: bytes) -> Readiness:
    """A ``Readiness``."""
    root = checked(content, "Readiness", "readiness")
    got = _attributes(root)
    return Readiness(
        mode=cast("Any", got["mode"]),
        vpn_cuts_today=int(got["vpn_cuts_today"]),
        masters=tuple(Master(one["name"], date.fromisoformat(one["applied"])) for one in _each(root, "Master")),
        departments=tuple(
            Department(one["id"], date.fromisoformat(one["registered"]), _day(one.get("valid_to")))
            for one in _each(root, "Department")
        ),
        accounts=tuple(_account(one) for one in _each(root, "Account")),
        devices=tuple(one["id"] for one in _each(root, "Device")),
    )


def _account(got: dict[str, str]) -> Account:
    return Account(
        got["user"],
        got["role"],
        got["department"],
        _day(got.get("valid_to")),
        date.fromisoformat(got["password_set"]),
        int(got["password_days"]),
    )


def _records(root: etree._Element) -> Iterator[HeldRecord]:
    for element in root.iterchildren(NAMESPACE + "Record"):
        got, text = _attributes(element), _texts(element)
        items = element.find(NAMESPACE + "Items")
        yield HeldRecord(
            got["spi"],
            got["dataset"],
            got["layout"],
            text["Addressee"],
            text["Key"],
            text.get("Version"),
            _day(text.get("PublishedFrom")),
            _day(text.get("PublishedTo")),
            _instant(text["Registered"]),
            None if items is None else _texts(items),
        )


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def _texts(element: etree._Element) -> dict[str, str]:
    """Child elements by local name, each with its text; an empty element is an empty text."""
    return {etree.QName(child).localname: child.text or "" for child in element}


def _each(root: etree._Element, name: str) -> Iterator[dict[str, str]]:
    return (_attributes(element) for element in root.iterchildren(NAMESPACE + name))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(TOKYO)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
