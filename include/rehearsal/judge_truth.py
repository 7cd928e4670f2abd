"""Whether all planted dirt was caught, for its planted reason and no other, and nothing clean was kept back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from fukuhon.ledger import Ledger, runs
from fukuhon.site import Site

__all__ = ["Missed", "missed"]

_OUTCOME = "quarantined"


@dataclass(frozen=True, slots=True)
class Missed:
    """Records of one dataset and run whose quarantine is not as planted. ``planted``, ``found``: rules or nothing."""

    day: date
    dataset: str
    planted: str
    found: str
    records: int

    def __str__(self) -> str:
        planted, found = self.planted or "（清浄）", self.found or "（隔離なし）"
        return f"{self.day} {self.dataset}：{planted} のはずが {found}（{self.records}件）"


def missed(site: Site, ledger: Ledger, truth: Path) -> list[Missed]:
    """Compare the quarantine of every run but the pretest with the truth of its day."""
    with ledger.reading() as reader:
        done = [run for run in runs.find(reader, state="done") if run.key.kind != "pretest"]
    found = []
    for run in done:
        folder = site.work / "runs" / f"{run.id:06d}"
        for dataset in site.datasets():
            if run.key.spi not in {None, dataset.spi}:
                continue
            planted = _planted(truth, run.key.day, dataset.code)
            kept = _kept(folder / f"quarantine-{dataset.code}.parquet", _source_rows(truth, dataset.code, run.key.day))
            found += list(_differences(run.key.day, dataset.code, planted, kept))
    return found


def _differences(day: date, dataset: str, planted: Mapping[str, str], kept: Mapping[str, str]) -> Iterator[Missed]:
    counts: dict[tuple[str, str], int] = {}
    for row in {*planted, *kept}:
        pair = planted.get(row, ""), kept.get(row, "")
        if pair[0] != pair[1]:
            counts[pair] = counts.get(pair, 0) + 1
    for (rule, reasons), records in sorted(counts.items()):
        yield Missed(day, dataset, rule, reasons, records)


def _planted(truth: Path, day: date, dataset: str) -> dict[str, str]:
    """The rule that must hold each planted record back, by its row of the source, as of the end of ``day``."""
    path = max(each for each in truth.glob("????-??-??.parquet") if each.stem <= day.isoformat())
    rows = pq.read_table(path, columns=["dataset", "source_row", "outcome", "rule"]).to_pylist()
    return {
        str(row["source_row"]): row["rule"] for row in rows if row["dataset"] == dataset and row["outcome"] == _OUTCOME
    }


def _kept(quarantine: Path, source_rows: Sequence[str]) -> dict[str, str]:
    """The reasons of each quarantined record, by its row of the source."""
    if not quarantine.exists():
        return {}
    rows = pq.read_table(quarantine, columns=["row_no", "reasons"]).to_pylist()
    return {source_rows[row["row_no"] - 1]: ", ".join(row["reasons"]) for row in rows}


def _source_rows(truth: Path, dataset: str, day: date) -> list[str]:
    """The source's own number of each row, in the order in which the sample's queries deliver them (row 1 first)."""
    path = max(each for each in truth.glob("????-??-??.parquet") if each.stem <= day.isoformat())
    rows = pq.read_table(path, columns=["dataset", "source_row", "outcome"]).to_pylist()
    return sorted(str(row["source_row"]) for row in rows if row["dataset"] == dataset and row["outcome"] != "gone")
