"""A local executor whose workers have the library loaded before they are forked.

A task is a fork of a worker, and a worker one of the scheduler. What only the tasks import (pandas, Great Expectations,
DataFusion) each of them would load anew, for seconds of a processor each; loaded before the workers are made, it is
there already. Other programs that know of the executor load nothing.
"""

from __future__ import annotations

from importlib import import_module

from airflow.executors.local_executor import LocalExecutor

__all__ = ["LoadedExecutor"]

_LIBRARY = (
    "fukuhon.quality.gx",
    "fukuhon.reconciliation",
    "fukuhon.registration.desk",
    "fukuhon.reports.cut_off",
    "fukuhon.vigilance",
)
"""What the duties (``fukuhon_airflow.duties``) and the checks import when they begin."""


class LoadedExecutor(LocalExecutor):
    """The local executor, with the library loaded when it starts."""

    def start(self) -> None:
        """Load the library, then make the workers."""
        for module in _LIBRARY:
            import_module(module)
        super().start()
