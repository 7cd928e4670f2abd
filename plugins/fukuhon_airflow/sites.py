"""Which sites this Airflow runs: the folders of ``FUKUHON_SITES``, separated as in PATH.

A folder's name is the site's id in dag ids when there are several; it must then be ASCII. One deployment per
municipality is the rule, so a single site's dags carry the bare name of their duty.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

__all__ = ["Duty", "SiteFolder", "sites"]

VARIABLE = "FUKUHON_SITES"


class Duty(StrEnum):
    """The duties that are dags."""

    PREFLIGHT = "preflight"
    PRETEST = "pretest_registration"
    INITIAL = "prepare_initial"
    DIFFERENTIAL = "prepare_differential"
    EXCEED = "exceed_daily_cap"
    UPLOAD = "upload"
    CONFIRM = "confirm_results"
    RECONCILE = "reconcile"
    PROGRESS = "report_progress"


@dataclass(frozen=True, slots=True)
class SiteFolder:
    """One site's folder, and whether it is the only one here."""

    path: Path
    alone: bool = True

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.path.name

    def dag_id(self, duty: Duty) -> str:
        """``<duty>``, or ``<site>__<duty>`` where there are several sites."""
        return duty.value if self.alone else f"{self.id}__{duty.value}"

    def display(self, title: str) -> str:
        """The dag's name on the screen."""
        return title if self.alone else f"{title}（{self.id}）"

    def asset_uri(self, name: str) -> str:
        """The address of one of the site's assets: an identifier, nothing is opened by it."""
        return f"fukuhon://{self.id}/{name}"


def sites() -> tuple[SiteFolder, ...]:
    """The sites of ``FUKUHON_SITES``, in its order; none when it is not set.

    Raises ValueError for names that no dag id can carry.
    """
    folders = [Path(part).resolve() for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part.strip()]
    names = [folder.name for folder in folders]
    if len(folders) > 1:
        wrong = [name for name in names if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name) or "__" in name]
        if wrong or len(set(names)) != len(names):
            raise ValueError(f"{VARIABLE}: フォルダー名は半角英数字で、互いに異なるものにしてください: {names}")
    return tuple(SiteFolder(folder, alone=len(folders) == 1) for folder in folders)
