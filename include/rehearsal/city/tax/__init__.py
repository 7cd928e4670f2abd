"""税総合システム: assessments and notices of the municipal tax, in a database with a change log."""

from __future__ import annotations

from rehearsal.city.tax.subject import TAX

__all__ = ["TAX"]
