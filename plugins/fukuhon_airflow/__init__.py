"""What Airflow itself must load: timetables, triggers, operators, the factory of dags and a mask for task logs.

No rule of the domain lives here. The library (``fukuhon``) is imported inside tasks, so that reading a dag file needs
neither pandas nor Great Expectations nor DuckDB.
"""

from __future__ import annotations

__all__: list[str] = []
