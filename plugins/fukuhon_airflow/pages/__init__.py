"""The pages in Airflow's UI: 今日の作業 and the calendar (DESIGN §3.13), and the UI's language.

What is exported here is what the plugin registers. It costs nothing to import: every Airflow process loads plugins,
only the API server ever opens a page.
"""

from __future__ import annotations

from typing import Any

from fukuhon_airflow.pages.language import JapaneseFirst
from fukuhon_airflow.pages.lazy import Lazy

__all__ = ["APPS", "MIDDLEWARES", "PREFIX", "VIEWS"]

PREFIX = "/fukuhon"

APPS: list[dict[str, Any]] = [
    {"app": Lazy("fukuhon_airflow.pages.app", "app"), "url_prefix": PREFIX, "name": "fukuhon"},
]
MIDDLEWARES: list[dict[str, Any]] = [
    {"middleware": JapaneseFirst, "args": [], "kwargs": {}, "name": "fukuhon: Japanese first"},
]
# No leading slash: the UI puts its own address before it, path prefix included.
VIEWS: list[dict[str, Any]] = [
    {
        "name": name,
        "href": f"{PREFIX.strip('/')}/{page}",
        "destination": "nav",
        "url_route": f"fukuhon-{page}",
        "icon": f"{PREFIX.strip('/')}/{page}.svg",
        "nav_top_level": True,
    }
    for page, name in (("today", "今日の作業"), ("calendar", "カレンダー"))
]
