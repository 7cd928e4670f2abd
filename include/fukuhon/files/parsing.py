"""Pulling records out of XML that came from elsewhere, or that we wrote ourselves: nothing in it is trusted.

Before the parser sees a byte the prolog is looked at: UTF-8 only and no DTD at all, so no entity can be declared. The
parser asks no network, keeps its own limits on and is fed by pieces; a record past :data:`RECORD_BYTES` or a source
past its cap ends the reading.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from lxml import etree

from fukuhon.errors import DataError, RetriableError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FILE_BYTES", "RECORD_BYTES", "Element", "Records", "Source"]

Source = Path | bytes
Element = etree._Element  # noqa: SLF001  # the stubs have no other name for it

RECORD_BYTES = 4 << 20
FILE_BYTES = 8 << 30
_PIECE = 256 << 10

# What may stand before the root's start tag: a declaration, white space, comments, processing instructions. No
# <!DOCTYPE.
_PROLOG = re.compile(
    rb"(?:\xef\xbb\xbf)?(<\?xml\s[^<>]*\?>)?(?:\s|<!--(?:[^-]|-[^-]){0,4096}-->|<\?(?!xml)[^<>]*\?>)*<[A-Za-z_]"
)
_ENCODING = re.compile(rb"""\sencoding\s*=\s*["'](?i:utf-8|us-ascii)["']|^(?:(?!encoding).)*$""", re.DOTALL)


class Records:
    """The ``Record`` elements of one source, one at a time.

    ``attributes`` are the root's, known from the first record on; ``number`` counts the records given so far.
    """

    def __init__(self, source: Source, root: str, namespace: str, cap: int = FILE_BYTES) -> None:
        self.name = source.name if isinstance(source, Path) else "XML"
        self.attributes: dict[str, str] = {}
        self.number = 0
        self._source = source
        self._root = f"{{{namespace}}}{root}"
        self._record = f"{{{namespace}}}Record"
        self._cap = cap

    def __iter__(self) -> Iterator[Element]:
        """Give each record; it is taken out of the tree when the next one is asked for.

        Raises DataError FILES-007 (DTD or entity), FILES-008 (not well-formed or cut off), FILES-009 (other than the
        form), FILES-010 (too large); RetriableError FILES-002 (cannot be read).
        """
        parser = etree.XMLPullParser(
            events=("end",), tag=self._record, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            yield from self._pull(parser)
            root = parser.close()
        except etree.XMLSyntaxError as error:
            raise DataError("FILES-008", file=self.name, line=error.lineno or 0) from None
        self._look_at_root(root)
        if len(root):  # every record was taken out
            raise self.refuse("Record")

    def refuse(self, why: str) -> DataError:
        """The error for a source that is not in the form; ``why`` names elements and attributes only."""
        return DataError("FILES-009", file=self.name, record=self.number, why=why)

    def _pull(self, parser: etree.XMLPullParser) -> Iterator[Element]:
        unfinished = 0
        for piece in self._pieces():
            parser.feed(piece)
            unfinished += len(piece)
            for _, record in parser.read_events():
                unfinished = 0
                yield from self._one(cast("Element", record))
            if unfinished > RECORD_BYTES:
                raise DataError("FILES-010", file=self.name, limit=RECORD_BYTES)

    def _one(self, record: Element) -> Iterator[Element]:
        root = record.getparent()
        if root is None or root.getparent() is not None:
            raise self.refuse("Record")
        if not self.attributes:
            self._look_at_root(root)
        self.number += 1
        if record.getprevious() is not None or (record.tail or "").strip():
            raise self.refuse("Record")
        yield record
        root.remove(record)

    def _look_at_root(self, root: Element) -> None:
        if root.tag != self._root:
            raise self.refuse(etree.QName(root).localname)
        if (root.text or "").strip():
            raise self.refuse(self._root.rpartition("}")[2])
        self.attributes = {str(name): str(value) for name, value in root.attrib.items()}

    def _pieces(self) -> Iterator[bytes]:
        try:
            with self._open() as stream:
                first = stream.read(_PIECE)
                self._look_at_prolog(first)
                total = 0
                while first:
                    total += len(first)
                    if total > self._cap:
                        raise DataError("FILES-010", file=self.name, limit=self._cap)
                    yield first
                    first = stream.read(_PIECE)
        except OSError as error:
            raise RetriableError("FILES-002", path=self.name, why=type(error).__name__) from None

    def _open(self) -> IO[bytes]:
        return io.BytesIO(self._source) if isinstance(self._source, bytes) else self._source.open("rb")

    def _look_at_prolog(self, first: bytes) -> None:
        if b"<!DOCTYPE" in first or b"<!ENTITY" in first:
            raise DataError("FILES-007", file=self.name)
        prolog = _PROLOG.match(first)
        if prolog is None:
            raise DataError("FILES-008", file=self.name, line=1)
        if prolog[1] and not _ENCODING.search(prolog[1]):
            raise DataError("FILES-008", file=self.name, line=1)
