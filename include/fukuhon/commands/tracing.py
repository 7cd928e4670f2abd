"""What the books know of one file, and of one run: counts, codes, names and instants."""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fukuhon.ledger import File, Reader
    from fukuhon.ledger.audit import Line

__all__ = ["life_of_file", "life_of_run"]


def life_of_file(reader: Reader, file: File) -> dict[str, Any]:
    """One file: what it is, each attempt to send it, each look at its result, and every line of the trail about it."""
    from fukuhon.ledger import approvals, attempts, files, results

    tried = attempts.find(reader, file_id=file.id)
    last = results.latest(reader, file.receipt) if file.receipt else None
    subjects = [f"files:{file.id}", *(f"attempts:{attempt.id}" for attempt in tried)]
    decisions = [each for each in approvals.find(reader, kind="settle") if each.subject.startswith(file.name)]
    subjects += [f"approvals:{each.id}" for each in decisions]
    return {
        "file": _file(file),
        "variations": files.variations(reader, file.id),
        "attempts": [asdict(attempt) for attempt in tried],
        "result": asdict(last) if last else None,
        "approvals": [asdict(each) for each in decisions],
        "events": _events(reader, subjects),
    }


def life_of_run(reader: Reader, run_id: int) -> dict[str, Any]:
    """One run: its accounting by dataset and variation, its files, and every line of the trail about it."""
    from fukuhon.ledger import files, runs, tallies

    run = runs.get(reader, run_id)
    cells = tallies.of_run(reader, run_id)
    return {
        "run": {"id": run.id, "state": run.state, "opened": run.opened_at, "ended": run.ended_at, **asdict(run.key)},
        "tallies": [{"dataset": name, "variation": part, **tally.as_dict()} for (name, part), tally in cells.items()],
        "files": [_file(file) for file in files.find(reader, run_id=run_id)],
        "events": _events(reader, [f"runs:{run_id}"]),
    }


def _file(file: File) -> dict[str, Any]:
    return asdict(file) | {"state": file.state.value}


def _events(reader: Reader, subjects: list[str]) -> list[dict[str, Any]]:
    found = [asdict(line) for subject in subjects for line in _lines(reader, subject)]
    return sorted(found, key=lambda line: int(line["seq"]))


def _lines(reader: Reader, subject: str) -> Iterator[Line]:
    from fukuhon.ledger import audit

    return audit.lines(reader, subject=subject)
