"""Reports for people: one self-contained Japanese page each, counts and codes only."""

from __future__ import annotations

from fukuhon.reports.quality_facts import (
    ClassFacts,
    ControlFacts,
    DatasetFacts,
    EvidenceFacts,
    FileFacts,
    QualityFacts,
    RuleFacts,
    RunFacts,
    TrendPoint,
    evidence_of,
    rules_of,
)
from fukuhon.reports.quality_report import quality_report

__all__ = [
    "ClassFacts",
    "ControlFacts",
    "DatasetFacts",
    "EvidenceFacts",
    "FileFacts",
    "QualityFacts",
    "RuleFacts",
    "RunFacts",
    "TrendPoint",
    "evidence_of",
    "quality_report",
    "rules_of",
]
