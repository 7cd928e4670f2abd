"""障害者手帳 in the 福祉総合システム, which exports records of fixed length and only the present state."""

from __future__ import annotations

from rehearsal.city.handbook.subject import HANDBOOK

__all__ = ["HANDBOOK"]
