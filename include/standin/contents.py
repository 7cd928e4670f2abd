"""Reading a 特定個人情報ファイル: its head while it arrives, its records when they are processed.

The envelope is checked as a stream against include/messages/file.xsd, without DTD, entities or network. A file whose
structure is wrong is rejected whole; a value that does not fit makes an error of its record.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from lxml import etree

from standin.layouts import Dataset, Layout, is_date
from standin.numbers import is_addressee, is_dataset, is_record_key, is_record_version, is_spi
from standin.refusals import Refusal

__all__ = [
    "FileHead",
    "Record",
    "RecordError",
    "WholeFileError",
    "find_dataset",
    "read_head",
    "read_single",
    "read_strictly",
]

_NS = "{urn:fukuhon:file:1}"
_XSD = Path(__file__).parents[1] / "messages" / "file.xsd"
_ATTRIBUTES = ("body", "spi", "dataset", "layout", "operation", "records")
# For the check of a single record: any head that the envelope allows.
_SOME_HEAD = (
    'body="000000" spi="TM00000000000000" dataset="TK00000000000000" layout="0" operation="register" records="1"'
)
_XS = "{http://www.w3.org/2001/XMLSchema}"
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@dataclass(frozen=True)
class FileHead:
    """The attributes of the file's root."""

    body: str
    spi: str
    dataset: str
    layout: str
    operation: str
    records: int


@dataclass(frozen=True, slots=True)
class Record:
    """A record that may be applied; ``position`` counts from 1, ``items`` are the items' elements in plain form."""

    position: int
    addressee: str
    key: str
    version: str
    published_from: str | None
    published_to: str | None
    items: str


@dataclass(eq=False)
class RecordError(Exception):
    """A record that is not applied, with the reason; values are echoed in full-width characters, as the server does."""

    position: int
    code: str
    message: str


@dataclass(eq=False)
class WholeFileError(Exception):
    """A file none of whose records is applied: 処理エラー with 0 and 0."""

    code: str
    message: str
    position: int = 1


def read_head(start: bytes) -> FileHead | None:
    """Read the root's attributes from the first bytes; None while it is not there yet. Raises Refusal (bad_file)."""
    parser = etree.XMLPullParser(events=("start",), resolve_entities=False, no_network=True, load_dtd=False)
    root: Any = None
    # Byte by byte: what comes behind the root's tag is judged when the file is processed, however the wire cut it.
    for place in range(len(start)):
        try:
            parser.feed(start[place : place + 1])
            root = next((element for _, element in parser.read_events()), None)
        except etree.XMLSyntaxError as error:
            raise Refusal("bad_file") from error
        if root is not None:
            break
    if root is None:
        return None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refusal("bad_file", "文書型宣言は使えません")
    return _head(root.tag, root.attrib)


def _head(tag: str, attributes: Mapping[str, str]) -> FileHead:
    try:
        body, spi, dataset, layout, operation, records = (attributes[name] for name in _ATTRIBUTES)
        head = FileHead(body, spi, dataset, layout, operation, int(records))
    except (KeyError, ValueError) as error:
        raise Refusal("bad_file", "ファイルの見出し") from error
    if tag != f"{_NS}File" or not is_spi(head.spi) or not is_dataset(head.dataset) or head.records < 1:
        raise Refusal("bad_file", "ファイルの見出し")
    if head.operation not in {"register", "delete"}:
        raise Refusal("bad_file", "ファイルの見出し")
    return head


def find_dataset(layouts: Mapping[str, Layout], head: FileHead, day: Any) -> Dataset:
    """Return the dataset in the layout that the head names, as of the day of processing. Raises WholeFileError."""
    layout = layouts.get(head.layout)
    if layout is None:
        raise WholeFileError("W101", "データ標準レイアウトの版が登録されていません。")
    if not layout.in_force(day):
        raise WholeFileError("W102", "データ標準レイアウトの版が有効期間外です。")
    dataset = layout.datasets.get(head.dataset)
    if dataset is None or dataset.spi != head.spi:
        raise WholeFileError("W103", "特定個人情報名コードとデータセットの識別項目コードの組合せが登録されていません。")
    return dataset


def read_strictly(path: Path, head: FileHead, dataset: Dataset) -> Iterator[Record | RecordError]:
    """Read a file's records in order, each as itself or as its error. Raises WholeFileError, even after some."""
    position = 0
    try:
        with path.open("rb") as file:
            for element in _elements(file):
                position += 1
                yield _judge(position, element, head, dataset)
    except (etree.XMLSyntaxError, etree.DocumentInvalid) as error:
        raise WholeFileError("W201", "ファイルの構造が正しくありません。", position + 1) from error
    if position != head.records:
        raise WholeFileError("W202", "件数が見出しの件数と一致しません。", max(position, 1))


def read_single(position: int, text: str, head: FileHead, dataset: Dataset) -> Record | RecordError | None:
    """Read one record from its text; None where that is no record by itself."""
    try:
        whole = f'<File xmlns="{_NS[1:-1]}" {_SOME_HEAD}>{text}</File>'.encode()
        found = [_judge(position, one, head, dataset) for one in _elements(io.BytesIO(whole))]
    except (etree.XMLSyntaxError, etree.DocumentInvalid):
        return None
    return found[0] if len(found) == 1 else None


def _elements(source: BinaryIO) -> Iterator[Any]:
    """Yield the record elements one after the other, keeping none.

    What is wrong in a record's structure shows at once; what is wrong around the records shows at the end. (With
    ``resolve_entities=False`` lxml would not show it at all; a file with a DTD has been refused by its head.)
    """
    options: dict[str, Any] = {"no_network": True, "load_dtd": False, "huge_tree": False}
    options |= {"remove_comments": True, "remove_pis": True, "schema": _structure("File")}
    record = _structure("Record")
    for _, element in etree.iterparse(source, events=("end",), tag=f"{_NS}Record", **options):
        parent = element.getparent()
        if parent is None or parent.getparent() is not None:
            continue
        record.assertValid(element)
        yield element
        element.clear()
        while element.getprevious() is not None:
            del parent[0]


@functools.cache
def _structure(root: str) -> etree.XMLSchema:
    """Return the envelope's schema with a record's own values left open: those make errors of the record.

    Each root has a schema of its own, since one may be in use while the other is.
    """
    tree = etree.parse(_XSD)
    for element in tree.iterfind(f"{_XS}complexType[@name='Record']/{_XS}sequence/{_XS}element"):
        if element.get("name") != "Items":
            element.set("type", "xs:string")
    if root != "File":
        etree.SubElement(tree.getroot(), f"{_XS}element", {"name": root, "type": root})
    return etree.XMLSchema(tree)


def _judge(position: int, element: Any, head: FileHead, dataset: Dataset) -> Record | RecordError:
    try:
        return _record(position, element, head, dataset)
    except RecordError as error:
        return error


def _record(position: int, element: Any, head: FileHead, dataset: Dataset) -> Record:
    parts = {child.tag[len(_NS) :]: child for child in element}
    addressee, key = parts["Addressee"].text or "", parts["Key"].text or ""
    version = parts["Version"].text or "" if "Version" in parts else ""
    if not is_addressee(addressee):
        raise _error(position, "E101", "団体内統合宛名番号の形式が正しくありません。", addressee)
    if not is_record_key(key) or not dataset.key.fullmatch(key):
        raise _error(position, "E102", "データセットレコードのキーの形式が正しくありません。", key)
    if dataset.versioned != ("Version" in parts) or ("Version" in parts and not is_record_version(version)):
        raise _error(position, "E103", "特定個人情報の版番号が正しくありません。", version)
    published = [parts[name].text or "" if name in parts else None for name in ("PublishedFrom", "PublishedTo")]
    _check_publication(position, published, dataset, head.operation)
    items = parts.get("Items")
    values = {} if items is None else _values(position, items, dataset)
    if head.operation == "register":
        _check_required(position, values, dataset)
    elif items is not None:
        raise _error(position, "E109", "削除のレコードにデータ項目があります。", "")
    fragment = "".join(f"<{code}>{escape(value)}</{code}>" for code, value in values.items())
    return Record(position, addressee, key, version, published[0], published[1], fragment)


def _check_publication(position: int, published: list[str | None], dataset: Dataset, operation: str) -> None:
    first, last = published
    if any(day is not None and not is_date(day) for day in published) or (first and last and first > last):
        raise _error(position, "E104", "公開期間が正しくありません。", "")
    given = first is not None or last is not None
    needed = dataset.publication == "required" and operation == "register" and (first is None or last is None)
    if needed or (given and dataset.publication == "none"):
        raise _error(position, "E104", "公開期間が正しくありません。", "")


def _values(position: int, items: Any, dataset: Dataset) -> dict[str, str]:
    values: dict[str, str] = {}
    known = dataset.items
    for child in items:
        code = child.tag.removeprefix(_NS)
        item = known.get(code)
        if item is None or len(child):
            raise _error(position, "E105", "登録されていないデータ項目があります。", code)
        value = child.text or ""
        if code in values:
            raise _error(position, "E105", "データ項目が重複しています。", code)
        values[code] = value
        if not (item.fits(value) or (not value and item.may_be_empty)):
            reason = "コードが範囲外です。" if item.coded else "値の形式が正しくありません。"
            raise _error(position, "E107" if item.coded else "E106", f"{item.name}: {reason}", value)
    return values


def _check_required(position: int, values: Mapping[str, str], dataset: Dataset) -> None:
    for item in dataset.demanding:
        if not values.get(item.code) and item.is_required(values):
            raise _error(position, "E108", f"{item.name}: 必須の項目がありません。", "")


def _error(position: int, code: str, sentence: str, value: str) -> RecordError:
    echo = f"[{value[:40].translate(_FULL_WIDTH)}]" if value else ""
    return RecordError(position, code, sentence + echo)
