from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from fukuhon.layouts import load_pack, to_xsd

MakePack = Callable[..., Path]

RECORD = """<File xmlns="urn:fukuhon:file:1" body="992011" spi="TM00000000000001" dataset="TK00000100000001" layout="T1"
 operation="register" records="1"><Record><Addressee>000000000000017</Addressee><Key>00A1</Key>
 <PublishedFrom>2017-04-01</PublishedFrom><Items><I0001>2017</I0001><I0002>-5</I0002><I0003>1</I0003>
 <I0004>2017-04-01</I0004><I0005/><I0006>カナ</I0006><I0012_1>1950-05-00</I0012_1></Items></Record></File>"""


@pytest.fixture
def schema(pack: MakePack) -> etree.XMLSchema:
    """The schema of the small pack, as libxml2 reads it."""
    return etree.XMLSchema(etree.fromstring(to_xsd(load_pack(pack()).datasets[0])))


def test_a_record_of_the_layout_is_valid(schema: etree.XMLSchema) -> None:
    """All kinds of items; an empty text, an unknown day, absent items."""
    schema.assertValid(etree.fromstring(RECORD))


def test_a_deletion_needs_no_items(schema: etree.XMLSchema) -> None:
    """Only the identity."""
    start, end = RECORD.index("<PublishedFrom>"), RECORD.index("</Record>")
    deletion = RECORD[:start] + RECORD[end:]
    schema.assertValid(etree.fromstring(deletion.replace('"register"', '"delete"')))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<I0001>2017</I0001>", ""),
        ("<I0001>2017</I0001>", "<I0001>217</I0001>"),
        ("<I0001>2017</I0001><I0002>-5</I0002>", "<I0002>-5</I0002><I0001>2017</I0001>"),
        ("-5", "-05"),
        ("<I0003>1", "<I0003>3"),
        ("<I0004>2017-04-01", "<I0004>2017-02-30"),
        ("<I0004>2017-04-01", "<I0004>2017-04-00"),
        ("<I0004>2017-04-01", "<I0004>2017-04-01Z"),
        ("<I0005/>", "<I0005>六文字です。</I0005>"),
        ("カナ", "かな"),
        ("1950-05-00", "1950-13-00"),
        ("00A1", "00a1"),
        ("000000000000017", "17"),
        ('layout="T1"', 'layout="T2"'),
        ('spi="TM00000000000001"', 'spi="TM00000000000002"'),
        ("<I0006>", "<I0099>x</I0099><I0006>"),
        ('records="1"', 'records="0"'),
    ],
)
def test_what_the_layout_does_not_allow_is_invalid(schema: etree.XMLSchema, old: str, new: str) -> None:
    """One thing wrong at a time."""
    assert old in RECORD
    assert not schema.validate(etree.fromstring(RECORD.replace(old, new)))


def test_a_file_of_the_layout_fits_the_envelope(schema: etree.XMLSchema) -> None:
    """What the dataset's schema allows, the messages' schema allows, too."""
    envelope = Path(__file__).parents[2] / "include/messages/file.xsd"
    etree.XMLSchema(etree.parse(envelope)).assertValid(etree.fromstring(RECORD))


def test_the_same_layout_makes_the_same_bytes(pack: MakePack) -> None:
    """So that a schema can be compared and kept by its hash."""
    folder = pack()
    assert to_xsd(load_pack(folder).datasets[0]) == to_xsd(load_pack(folder).datasets[0])


def test_every_pack_of_the_project_makes_a_schema() -> None:
    """Whatever ships has to be readable by libxml2."""
    for path in sorted((Path(__file__).parents[2] / "include/layouts").glob("*/pack.yaml")):
        for layout in load_pack(path.parent).datasets:
            etree.XMLSchema(etree.fromstring(to_xsd(layout)))
