"""The look that all reports share: one page, no asset from outside, no script, made for A4 and for screen readers.

Colours, sizes and spacing follow the design system of Japan's Digital Agency (DADS, https://design.digital.go.jp/) in
CSS of our own. A report extends ``base.html`` and is rendered by :func:`render`.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fukuhon.clock import TOKYO

__all__ = ["COLOURS", "Numbers", "hours", "in_japanese", "render", "short"]

_SMALL = 10

# Text colours are dark enough for WCAG AA (4.5:1) on the backgrounds beside them; a test computes it.
COLOURS = {
    "text": "#1A1A1C",
    "muted": "#626264",
    "line": "#D8D8DB",
    "strong_line": "#949497",
    "page": "#FFFFFF",
    "soft": "#F8F8FB",
    "primary": "#0017C1",
    "primary_soft": "#E8F1FE",
    "good": "#115A36",
    "good_soft": "#E6F5EC",
    "good_line": "#259D63",
    "warn": "#6E5600",
    "warn_soft": "#FBF5E0",
    "warn_line": "#B78F00",
    "bad": "#CE0000",
    "bad_soft": "#FDEEEE",
    "bad_line": "#EC0000",
}


class Numbers:
    """Counts as they may be shown.

    In what leaves the site, a count under 10 is not told, and the others are rounded to tens, so that none can be
    worked out from the rest; 0 stays 0.
    """

    def __init__(self, *, outside: bool) -> None:
        self.outside = outside

    def count(self, number: int) -> str:
        """``number`` with thousands, or what may be told of it."""
        if not self.outside or number == 0:
            return f"{number:,}".replace("-", "−")
        if 0 < number < _SMALL:
            return f"{_SMALL}未満"
        return f"約{round(number, -1):,}"

    def drawn(self, number: int) -> int:
        """``number`` as a chart may draw it: outside only tens, and one height for all under 10."""
        if not self.outside or number == 0:
            return number
        return _SMALL // 2 if 0 < number < _SMALL else round(number, -1)

    def records(self, number: int) -> str:
        """The same with its unit."""
        if self.outside and 0 < number < _SMALL:
            return f"{_SMALL}件未満"
        return f"{self.count(number)}件"

    def percent(self, part: int, whole: int, digits: int = 2) -> str:
        """``part`` of ``whole`` in percent; a dash of nothing, and where ``part`` may not be told.

        In what leaves the site never finer than a tenth, or the count could be worked out.
        """
        if not whole or (self.outside and 0 < part < _SMALL):
            return "―"
        return f"{100 * part / whole:.{min(digits, 1) if self.outside else digits}f}%"


def in_japanese(moment: date | datetime) -> str:
    """A day or an instant as officers write it: 2017年5月8日（月） 18時30分."""
    if isinstance(moment, datetime):
        local = moment.astimezone(TOKYO)
        return f"{in_japanese(local.date())} {local.hour}時{local.minute:02d}分"
    return f"{moment.year}年{moment.month}月{moment.day}日（{'月火水木金土日'[moment.weekday()]}）"


def short(moment: date | datetime) -> str:
    """The same where there is little room: 5月8日（月） 18:30; the year is told elsewhere."""
    if isinstance(moment, datetime):
        local = moment.astimezone(TOKYO)
        return f"{short(local.date())} {local:%H:%M}"
    return f"{moment.month}月{moment.day}日（{'月火水木金土日'[moment.weekday()]}）"


def hours(moment: datetime, day: date | None = None) -> str:
    """The time of day in Tokyo; midnight at the end of a day is 24:00 for whoever reads of that day."""
    local = moment.astimezone(TOKYO)
    ended = day is not None and local.date() > day and (local.hour, local.minute) == (0, 0)
    return "24:00" if ended else f"{local:%H:%M}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["japanese"] = in_japanese
    environment.filters["short"] = short
    environment.filters["hm"] = hours
    environment.globals["colours"] = COLOURS
    return environment


def render(template: str, *, outside: bool = False, **facts: object) -> str:
    """Fill a template. It sees ``n`` (:class:`Numbers`), ``outside``, the filter ``japanese`` and ``facts``."""
    return _environment().get_template(template).render(n=Numbers(outside=outside), outside=outside, **facts)
