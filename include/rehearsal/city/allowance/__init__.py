"""児童手当システム: who receives the allowance, and what was paid; exported as CSV, a file a table and day."""

from __future__ import annotations

from rehearsal.city.allowance.subject import ALLOWANCE

__all__ = ["ALLOWANCE"]
