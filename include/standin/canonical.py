"""A fast way through files in the plain form that programs write: one regular expression a record, made of the layout.

It vouches only for what it can prove: a record that matches is well formed, fits the envelope and the layout. A record
that does not is looked at singly, by the slow way; where even that is no whole record, the slow way reads it all again.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from standin.contents import FileHead, Record, RecordError
from standin.layouts import DATE, Dataset, Item

__all__ = ["read_plain"]

_BLOCK = 1 << 20
_ROOT = re.compile(r'\s*(?:<\?xml version="1\.0" encoding="UTF-8"\?>\s*)?<File((?: [a-z]+="[^"<&\s]+")+)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]+)"')
_END = re.compile(r"\s*</File>\s*\Z")
_RECORD_END = "</Record>"
# Looks at the text of one record, of which the position is given: the record, its error, or None where it is neither.
Single = Callable[[int, str], Record | RecordError | None]


def read_plain(
    path: Path, head: FileHead, dataset: Dataset, single: Single
) -> Generator[Record | RecordError, None, bool]:
    """Yield records from the start of a file; the value returned says whether the whole file was read."""
    with path.open("rb") as file:
        text = _Text(file)
        if not text.skip_root(head):
            return False
        plain = _Plain(head, dataset)
        position = 0
        while not text.at_end():
            record: Record | RecordError | None = plain.match(text, position + 1)
            if record is None and (fragment := text.record()) is not None:
                record = single(position + 1, fragment)
            if record is None:
                return False
            position += 1
            yield record
        return True


class _Text:
    """The file's text as far as it is needed; bytes that are no UTF-8 end it early."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.buffer = ""
        self.place = 0
        self._over = False
        self._more()

    def _more(self) -> None:
        block = self._file.read(_BLOCK)
        self._over = not block
        try:
            text = self._decoder.decode(block, final=self._over)
        except UnicodeDecodeError:
            text, self._over = "", True
        self.buffer = self.buffer[self.place :] + text
        self.place = 0

    def skip_root(self, head: FileHead) -> bool:
        """Step behind the root's tag, if it says nothing but what the head says."""
        found = _ROOT.match(self.buffer)
        if found is None:
            return False
        self.place = found.end()
        pairs = _ATTRIBUTE.findall(found[1])
        wanted = {"xmlns": "urn:fukuhon:file:1", "body": head.body, "spi": head.spi, "dataset": head.dataset}
        wanted |= {"layout": head.layout, "operation": head.operation, "records": str(head.records)}
        return len(pairs) == len(wanted) and dict(pairs) == wanted

    def ready(self) -> bool:
        """Whether a whole record lies ahead, read on for if need be."""
        while self.buffer.find(_RECORD_END, self.place) < 0:
            if self._over:
                return False
            self._more()
        return True

    def record(self) -> str | None:
        """Take the text up to the end of a record, and step behind it."""
        if not self.ready():
            return None
        start, self.place = self.place, self.buffer.find(_RECORD_END, self.place) + len(_RECORD_END)
        return self.buffer[start : self.place]

    def at_end(self) -> bool:
        """Whether nothing but the root's end lies ahead."""
        return not self.ready() and _END.match(self.buffer, self.place) is not None


class _Plain:
    """The expression of a dataset's records, and the few checks that no expression makes."""

    def __init__(self, head: FileHead, dataset: Dataset) -> None:
        self._register = head.operation == "register"
        self._checked = [item for item in dataset.items.values() if not item.exact] if self._register else []
        self._demanding = [item for item in dataset.demanding if item.condition] if self._register else []
        named = {item.code for item in self._checked + self._demanding}
        named |= {item.condition[0] for item in self._demanding if item.condition}
        self._expression = re.compile(_record(dataset, named, register=self._register))

    def match(self, text: _Text, position: int) -> Record | None:
        """Match the record ahead and step behind it; None where it is not plain."""
        if not text.ready():
            return None
        found = self._expression.match(text.buffer, text.place)
        if found is None or not self._holds(found):
            return None
        text.place = found.end()
        addressee, key, version, first, last, items = found.group("a", "k", "v", "f", "t", "i")
        return Record(position, addressee, key, version or "", first, last, items or "")

    def _holds(self, found: re.Match[str]) -> bool:
        first, last = found.group("f", "t")
        if first and last and first > last:
            return False
        values = found.groupdict()
        if any(values[item.code] is not None and not item.fits(values[item.code]) for item in self._checked):
            return False
        return all(values[item.code] or not item.is_required(values) for item in self._demanding)


def _record(dataset: Dataset, named: set[str], *, register: bool) -> str:
    """Return the expression of a whole record; one alternative only, so that it never tries twice."""
    items = "".join(_items(dataset.items.values(), named)) if register else ""
    parts = [
        r"\s*<Record>",
        "<Addressee>(?P<a>[0-9]{15})</Addressee>",
        rf"<Key>(?P<k>(?=[0-9A-Za-z]{{1,64}}<)(?:{dataset.key.pattern}))</Key>",
        r"<Version>(?P<v>[0-9]{1,8}(?:\.[0-9]{1,4})?)</Version>" if dataset.versioned else "(?P<v>(?!))?",
        _published("PublishedFrom", "f", dataset, register=register),
        _published("PublishedTo", "t", dataset, register=register),
        f"<Items>(?P<i>{items})</Items>" if register else "(?P<i>(?!))?",
        _RECORD_END,
    ]
    return "".join(parts)


def _published(name: str, group: str, dataset: Dataset, *, register: bool) -> str:
    if dataset.publication == "none":
        return f"(?P<{group}>(?!))?"
    element = f"<{name}>(?P<{group}>{DATE})</{name}>"
    return element if dataset.publication == "required" and register else f"(?:{element})?"


def _items(items: Iterable[Item], named: set[str]) -> Iterator[str]:
    for item in items:
        value = f"(?P<{item.code}>{item.pattern})" if item.code in named else f"(?:{item.pattern})"
        element = f"<{item.code}>{value}</{item.code}>"
        yield element if item.required else f"(?:{element})?"
