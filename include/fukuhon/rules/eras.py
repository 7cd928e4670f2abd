"""和暦: the eras with their first days, and what an officer's system may call a day.

A day is read strictly: 昭和64年1月8日 was 平成元年1月8日 already, and whoever wrote the first may have meant another
year. What cannot be read becomes :data:`UNREADABLE`, which no layout check lets pass; nothing is guessed and nothing
is lost quietly.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

__all__ = ["ERAS", "UNREADABLE", "Era", "wire_date"]

UNREADABLE = "\ufffd"


@dataclass(frozen=True, slots=True)
class Era:
    """An era: its code (住民記録 systems write 1 to 5), names, and first and last day (both included)."""

    code: str
    name: str
    letter: str
    first: date
    last: date

    def year(self, of_era: int) -> int:
        """The year of the common era."""
        return self.first.year + of_era - 1


# The day of a change belongs to both eras until 昭和; 平成 and 令和 began at 0:00 of their first days.
ERAS = (
    Era("1", "明治", "M", date(1868, 1, 25), date(1912, 7, 30)),
    Era("2", "大正", "T", date(1912, 7, 30), date(1926, 12, 25)),
    Era("3", "昭和", "S", date(1926, 12, 25), date(1989, 1, 7)),
    Era("4", "平成", "H", date(1989, 1, 8), date(2019, 4, 30)),
    Era("5", "令和", "R", date(2019, 5, 1), date(9999, 12, 31)),
)
_BY_SIGN = {sign: era for era in ERAS for sign in (era.code, era.name, era.name[0], era.letter)}

_PART = r"(\d{1,2}|不詳|不明)"
_ERA_DAY = re.compile(
    rf"([MTSHR明大昭平令]|明治|大正|昭和|平成|令和)\.?(元|\d{{1,2}}|不詳)[年./-]{_PART}[月./-]{_PART}日?"
)
_ERA_COMPACT = re.compile(r"([1-5MTSHR明大昭平令])(\d\d)(\d\d)(\d\d)")
_WESTERN_DAY = re.compile(rf"(\d{{4}})[年./-]{_PART}[月./-]{_PART}日?")
_WESTERN_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_ALL_UNKNOWN = re.compile(r"0{7,8}|0000-00-00|不詳|不明")
_KANJI = {ord(kanji): str(number) for number, kanji in enumerate("〇一二三四五六七八九")}
_TENS = re.compile(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)")


def wire_date(text: str) -> str | None:
    """What a system calls a day → ``YYYY-MM-DD``, unknown parts as zeros; blank → None; else :data:`UNREADABLE`."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"[\s()]", "", plain).upper()
    if not plain:
        return None
    if _ALL_UNKNOWN.fullmatch(plain):
        return "0000-00-00"
    plain = _TENS.sub(lambda m: f"{m[1] or '一'}{m[2] or '〇'}", plain).translate(_KANJI)
    western = _WESTERN_COMPACT.fullmatch(plain) or _WESTERN_DAY.fullmatch(plain)
    if western:
        return _day(int(western[1]), _number(western[2]), _number(western[3]), ERAS[0].first, ERAS[-1].last)
    found = _ERA_COMPACT.fullmatch(plain) or _ERA_DAY.fullmatch(plain)
    if found is None:
        return UNREADABLE
    era = _BY_SIGN[found[1]]
    year = 1 if found[2] == "元" else _number(found[2])
    if year == 0:
        return UNREADABLE  # an era without a year is known by halves: a wire date cannot say it
    return _day(era.year(year), _number(found[3]), _number(found[4]), era.first, era.last)


def _number(part: str) -> int:
    """A part of a date; 0 is unknown."""
    return 0 if part in {"不詳", "不明"} else int(part)


def _day(year: int, month: int, day: int, first: date, last: date) -> str:
    """The day in wire form where some day that it can mean lies between ``first`` and ``last``."""
    if month > 12 or (month == 0 and day != 0) or not first.year <= year <= last.year:
        return UNREADABLE
    earliest = (month or 1, day or 1)
    latest_month = month or 12
    latest = (latest_month, day or monthrange(year, latest_month)[1])
    if latest[1] > monthrange(year, latest_month)[1]:
        return UNREADABLE
    if date(year, *latest) < first or date(year, *earliest) > last:
        return UNREADABLE
    return f"{year:04d}-{month:02d}-{day:02d}"
