"""住民情報システム: residents and households, in a database with a change log."""

from __future__ import annotations

from rehearsal.city.jumin.subject import JUMIN

__all__ = ["JUMIN"]
