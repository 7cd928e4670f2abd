"""From the bytes of an exported file to UTF-8, strictly: what cannot be read is told by its place, never replaced."""

from __future__ import annotations

import re
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Encoding", "Undecodable", "foreign", "to_utf8"]

Encoding = Literal["utf-8", "cp932"]

# Python's cp932 takes single bytes that Windows does not know (0x80, 0xA0, 0xFD to 0xFF) for characters.
_UNKNOWN = {b"\xc2\x80", b"\xc2\xa0", b"\xef\xa3\xb0", b"\xef\xa3\xb1", b"\xef\xa3\xb2", b"\xef\xa3\xb3"}
# A Japanese character in UTF-8: punctuation and kana, kanji, full-width forms.
_WIDE = rb"(?:\xe3[\x80-\x83][\x80-\xbf]|[\xe4-\xe9][\x80-\xbf][\x80-\xbf]|\xef[\xbc-\xbe][\x80-\xbf])"
_PLAIN = rb"[ -!#-+\--~]*"
# A field of nothing but ASCII and at least four of them. Four, since single kanji of cp932 look like that, too.
_UTF8_FIELD = rb'(?:^|[,"\n\t])' + _PLAIN + rb"(?:" + _WIDE + _PLAIN + rb'){4,}(?:$|[,"\r\n\t])'


class Undecodable(Exception):  # noqa: N818 - not an error by itself: whoever catches it knows the line
    """Bytes that mean nothing in the encoding. ``position`` counts bytes from the start of what was given."""

    def __init__(self, position: int, length: int, hint: str) -> None:
        self.position = position
        self.length = length
        self.hint = hint
        super().__init__(position)


def to_utf8(data: bytes, encoding: Encoding) -> bytes:
    """``data`` in UTF-8. Raises Undecodable."""
    if data.isascii():
        return data
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Undecodable(error.start, error.end - error.start, _hint(data, error.start, encoding)) from None
    if encoding == "utf-8":
        return data
    if len(text) == len(data):  # ASCII and half-width kana only
        return _checked(text)
    found = _utf8_field(data)
    if found >= 0:
        raise Undecodable(found, 1, "UTF-8の文字が混ざっています")
    return _checked(text)


def _checked(text: str) -> bytes:
    encoded = text.encode()
    if any(sign in encoded for sign in _UNKNOWN):
        match = re.search("[\x80\xa0\uf8f0-\uf8f3]", text)
        assert match is not None
        raise Undecodable(len(text[: match.start()].encode("cp932")), 1, "")
    return encoded


def _utf8_field(data: bytes) -> int:
    """Where a field of UTF-8 begins in what should be cp932 and can be read as such by accident; -1 for nowhere."""
    return int(pc.find_substring_regex(pa.array([data], pa.binary()), _UTF8_FIELD)[0].as_py())


def _hint(data: bytes, position: int, encoding: Encoding) -> str:
    """What the line looks like instead."""
    start = data.rfind(b"\n", 0, position) + 1
    end = data.find(b"\n", position)
    line = data[start : end if end >= 0 else len(data)]
    other: Encoding = "cp932" if encoding == "utf-8" else "utf-8"
    try:
        line.decode(other)
    except UnicodeDecodeError:
        return ""
    return f"この行は{other}のように見えます"


def foreign(head: bytes, encoding: Encoding) -> str:
    """What the first bytes of a file say against ``encoding``, in words; empty where they say nothing."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16のファイルです"
    if encoding == "cp932" and head.startswith(b"\xef\xbb\xbf"):
        return "UTF-8（BOM付き）のファイルです"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "Excelなどのファイルで、文字のファイルではありません"
    return ""
