"""Japanese text: shrinking to JIS X 0213, width and kana.

Officers' systems hold 外字 (private use) and characters of 文字情報基盤 (MJ); the wire wants JIS X 0213. What the
official shrink maps know is shrunk; what they do not know becomes U+FFFD, which no layout check lets pass, and never
a question mark.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import jntajis
import numpy as np

from fukuhon.rules.eras import UNREADABLE

__all__ = [
    "in_jisx0213",
    "jisx0213_pattern",
    "jisx0213_ranges",
    "kana",
    "shrink",
    "to_hiragana",
    "to_katakana",
    "to_narrow",
    "to_wide",
]

# The same signs, which Windows (cp932) and JIS map to different code points.
_SAME = {"～": "〜", "￠": "¢", "￡": "£", "￢": "¬", "￤": "¦", "—": "―"}
# Official maps, the strongest first: unification rules, two notices of the Ministry of Justice, readings and shapes.
_SCHEMES = (1, 4, 8, 2)


@cache
def in_jisx0213(character: str) -> bool:
    """Whether one character is ASCII or of JIS X 0213; no control character, no half-width katakana (JIS X 0201)."""
    if " " <= character <= "~":
        return True
    if "｡" <= character <= "ﾟ" or unicodedata.category(character) in {"Cc", "Co", "Cn", "Cs"} or character == UNREADABLE:
        return False
    try:
        character.encode("shift_jis_2004")  # its EUC sister would let JIS X 0212 pass
    except UnicodeEncodeError:
        return False
    return True


@cache
def jisx0213_ranges() -> tuple[tuple[int, int], ...]:
    """The code points of which :func:`in_jisx0213` is true, as first and last of each unbroken range."""
    known = np.fromiter((in_jisx0213(chr(code)) for code in range(0x20, 0x30000)), np.bool_)
    edges = np.flatnonzero(np.diff(known, prepend=False, append=False)) + 0x20
    return tuple((int(first), int(behind) - 1) for first, behind in zip(edges[::2], edges[1::2], strict=True))


@cache
def jisx0213_pattern() -> str:
    """A regular expression (RE2) that matches a text wholly within JIS X 0213; compiled once, it costs little."""
    inside = "".join(rf"\x{{{first:x}}}-\x{{{last:x}}}" for first, last in jisx0213_ranges())
    return f"^[{inside}]*$"


class _Shrunk(dict[int, str]):
    """Code point → what it shrinks to, found out when first met: a table for ``str.translate``."""

    def __missing__(self, code: int) -> str:
        self[code] = shrunk = _shrink_one(chr(code))
        return shrunk


def _shrink_one(character: str) -> str:
    if in_jisx0213(character):
        return character
    if 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF:
        return ""  # a variation selector: the character before it stands for all its shapes
    if character in _SAME:
        return _SAME[character]
    for scheme in _SCHEMES:
        for candidate in jntajis.mj_shrink_candidates(character, scheme):
            if candidate != character and all(map(in_jisx0213, candidate)):
                return candidate
    for candidate in (unicodedata.normalize("NFC", character), jntajis.jnta_shrink_translit(character)):
        if candidate and all(map(in_jisx0213, candidate)):
            return candidate
    return UNREADABLE


_SHRUNK = _Shrunk()


def shrink(text: str) -> str:
    """The text in JIS X 0213, half-width katakana widened; U+FFFD for each character that no official map knows."""
    return _wide_kana(text).translate(_SHRUNK)


_NARROW_KANA = "".join(chr(code) for code in range(0xFF61, 0xFFA0))
_WIDE_KANA = unicodedata.normalize("NFKC", _NARROW_KANA[:-2]) + "゛゜"
_FROM_NARROW = str.maketrans(_NARROW_KANA, _WIDE_KANA)
_VOICED = {f"{narrow}ﾞ": unicodedata.normalize("NFKC", f"{narrow}ﾞ") for narrow in "ｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾊﾋﾌﾍﾎｳﾜｦ"}
_HALF_VOICED = {f"{narrow}ﾟ": unicodedata.normalize("NFKC", f"{narrow}ﾟ") for narrow in "ﾊﾋﾌﾍﾎ"}
_COMPOSED = _VOICED | _HALF_VOICED
_ASCII_WIDE = {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {0x20: "　"}
_TO_WIDE = str.maketrans(_ASCII_WIDE)
_TO_NARROW = str.maketrans(
    {ord(wide): chr(code) for code, wide in _ASCII_WIDE.items()}
    | {ord(w): n for n, w in zip(_NARROW_KANA, _WIDE_KANA, strict=True)}
    | {ord(wide): narrow for narrow, wide in _COMPOSED.items()}
)
_TO_KATAKANA = str.maketrans({code: chr(code + 0x60) for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)})
_TO_HIRAGANA = str.maketrans({code + 0x60: chr(code) for code in (*range(0x3041, 0x3097), 0x309D, 0x309E)})


def _wide_kana(text: str) -> str:
    """Half-width katakana as full-width; a mark joins its kana."""
    if not any("｡" <= character <= "ﾟ" for character in text):
        return text
    for narrow, wide in _COMPOSED.items():
        text = text.replace(narrow, wide)
    return text.translate(_FROM_NARROW)


def to_wide(text: str) -> str:
    """ASCII and half-width katakana as full-width; a mark joins its kana."""
    return _wide_kana(text).translate(_TO_WIDE)


def to_narrow(text: str) -> str:
    """Full-width ASCII and katakana as half-width; a voiced kana becomes two characters."""
    return text.translate(_TO_NARROW)


def to_katakana(text: str) -> str:
    """Hiragana as katakana."""
    return text.translate(_TO_KATAKANA)


def to_hiragana(text: str) -> str:
    """Katakana as hiragana, where there is one."""
    return text.translate(_TO_HIRAGANA)


def kana(text: str) -> str:
    """A reading as a kana item wants it: full-width katakana, one full-width space between words, none around.

    Hyphens of all kinds between kana are long-vowel marks.
    """
    wide = to_katakana(to_wide(unicodedata.normalize("NFC", text)))
    wide = wide.translate(_LONG)
    return "　".join(wide.replace("　", " ").split())


_LONG = str.maketrans(dict.fromkeys("－−‐―—‑ｰ", "ー"))
