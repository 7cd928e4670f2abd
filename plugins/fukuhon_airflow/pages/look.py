"""How the pages look: the reports' own style, filled in by Jinja with everything escaped."""
# ruff: noqa: PLC0415 - the library is loaded with the first page

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["ICONS", "clock", "lasting", "page", "stylesheet"]

_HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#7C8DA8" stroke-width="2">'
ICONS = {
    "today": f'{_HEAD}<path d="M4 5h3M4 12h3M4 19h3M11 5h9M11 12h9M11 19h9"/></svg>',
    "calendar": f'{_HEAD}<path d="M4 6h16v14H4zM4 11h16M8 3v5M16 3v5"/></svg>',
}


def clock(at: datetime, now: datetime) -> str:
    """An hour of today, or the day with it: 18:30, 5/8 18:30."""
    from fukuhon.clock import TOKYO

    local = at.astimezone(TOKYO)
    hour = f"{local.hour}:{local.minute:02d}"
    if local.date() == now.astimezone(TOKYO).date():
        return hour
    year = f"{local.year}/" if local.year != now.astimezone(TOKYO).year else ""
    return f"{year}{local.month}/{local.day} {hour}"


def lasting(span: timedelta) -> str:
    """A span for a person: 3日4時間, 2時間5分, 1時間, 40分."""
    minutes = max(int(span.total_seconds()) // 60, 0)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{days}日{hours}時間" if hours else f"{days}日"
    if hours:
        return f"{hours}時間{minutes}分" if minutes else f"{hours}時間"
    return f"{minutes}分"


def page(template: str, **facts: object) -> str:
    """Fill a page."""
    return _environment().get_template(template).render(**facts)


@cache
def stylesheet() -> str:
    """The style of the reports and what pages have besides."""
    from fukuhon.reports.style import COLOURS

    environment = _environment()
    parts = [environment.get_template(name).render(colours=COLOURS) for name in ("style.css", "pages.css")]
    return "\n".join(parts)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from fukuhon.commands.wording import KINDS, STATES, bytes_text
    from fukuhon.reports import style

    folders = [Path(__file__).parent / "templates", Path(style.__file__).parent / "templates"]
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "japanese": style.in_japanese,
        "bytes": bytes_text,
        "clock": clock,
        "lasting": lasting,
        "count": style.Numbers(outside=False).count,
    }
    environment.globals |= {"kinds": KINDS, "states": STATES}
    return environment
