"""How Airflow opens its SQLite database in the demo: it waits for a lock for as long as a busy machine may take.

Airflow imports this by name (``DATABASE__SQL_ALCHEMY_CONNECT_ARGS``) in each of its processes, so it imports nothing.
"""

from __future__ import annotations

__all__ = ["CONNECT_ARGS"]

CONNECT_ARGS = {"timeout": 60}
