"""介護保険 in the 福祉総合システム, which exports records of fixed length and only the present state."""

from __future__ import annotations

from rehearsal.city.care.subject import CARE

__all__ = ["CARE"]
