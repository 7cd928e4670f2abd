from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from lxml import etree

from fukuhon.files import Header, Operation

XSD = Path(__file__).parents[2] / "include" / "messages" / "file.xsd"


@pytest.fixture(scope="session")
def key() -> bytes:
    """A site's hash key."""
    return bytes(range(32))


@pytest.fixture(scope="session")
def header() -> Header:
    """A file of the sample's first dataset."""
    return Header("992011", "TM00000000000002", "TK00000200000001", "2017.1")


@pytest.fixture(scope="session")
def deletion() -> Header:
    """A deletion file of the same dataset."""
    return Header("992011", "TM00000000000002", "TK00000200000001", "2017.1", Operation.DELETE)


@pytest.fixture(scope="session")
def valid() -> Callable[[Path], bool]:
    """Whether a file holds to include/messages/file.xsd."""
    schema = etree.XMLSchema(etree.parse(XSD))
    return lambda path: bool(schema.validate(etree.parse(path)))


@pytest.fixture(scope="session")
def records() -> Callable[..., pa.Table]:
    """Make a table of records: one row for each value of the items."""

    def make(items: Mapping[str, Sequence[str | None]], **columns: Sequence[Any]) -> pa.Table:
        count = len(next(iter(items.values())))
        given: dict[str, Any] = {
            "row_no": pa.array(range(1, count + 1), pa.int64()),
            "addressee": pa.array([f"{row:015d}" for row in range(1, count + 1)]),
            "record_key": pa.array([f"{2016 + row % 5}" for row in range(count)]),
            "record_version": pa.nulls(count, pa.string()),
            "publication_from": pa.array([date(2016, 6, 1)] * count, pa.date32()),
            "publication_to": pa.nulls(count, pa.date32()),
            "variation": pa.array(["普通徴収"] * count),
        }
        return pa.table(given | dict(columns) | {name: pa.array(values, pa.string()) for name, values in items.items()})

    return make
