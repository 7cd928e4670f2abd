"""The ``fukuhon`` command: one module a verb, and every verb calls what the dags call."""

from __future__ import annotations

from fukuhon.commands.main import main

__all__ = ["main"]
