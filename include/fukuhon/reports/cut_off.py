"""The paper of a cut-off day: 別紙5 as of today, written where the site keeps its reports (seed 1.4.3)."""

from __future__ import annotations

from fukuhon.calendars import tokyo_day
from fukuhon.registration.desk import Desk
from fukuhon.registration.summary import Summary
from fukuhon.reports.progress_model import contradictions
from fukuhon.reports.progress_sheet import write_progress

__all__ = ["progress_of_the_day"]


def progress_of_the_day(desk: Desk) -> Summary:
    """Write ``reports/progress-<day>.xlsx`` below the work files; on the same day again it is written anew.

    Municipality → prefecture → J-LIS: it still has to be handed in by a person. Raises as ``write_progress``.
    """
    day = tokyo_day(desk.now())
    path = desk.folder("reports") / f"progress-{day:%Y-%m-%d}.xlsx"
    sheet = write_progress(desk, path)
    rows = [row for row in sheet.rows if not row.out]
    counts = {
        "rows": len(rows),
        "open": sum(row.open for row in rows),
        "findings": len(contradictions(sheet)),
    }
    return Summary("progress", counts=counts, facts={"file": path.name, "complete": sheet.complete})
