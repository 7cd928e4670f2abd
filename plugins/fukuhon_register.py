"""The one plugin file that Airflow's loader reads; the classes live in the package beside it.

The loader imports every file here by its bare stem, so a timetable *defined* in one would not be found again by the
name under which a dag file imports it.
"""

from __future__ import annotations

from typing import Any

from airflow.plugins_manager import AirflowPlugin

from fukuhon_airflow.pages import APPS, MIDDLEWARES, VIEWS
from fukuhon_airflow.timetables import BusinessDayTimetable, DutyTimetable, WindowTimetable

__all__ = ["FukuhonPlugin"]


class FukuhonPlugin(AirflowPlugin):
    """What the project adds to Airflow."""

    name = "fukuhon"
    timetables: list[Any] = [WindowTimetable, BusinessDayTimetable, DutyTimetable]  # noqa: RUF012 - as the base has it
    fastapi_apps: list[Any] = APPS
    fastapi_root_middlewares: list[Any] = MIDDLEWARES
    external_views: list[Any] = VIEWS
