"""The facts of a run's data-quality report, gathered from the books, the run's evidence and its files.

A run that a rule has stopped has evidence but no accounting: what is known of it is told, and no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from fukuhon.errors import DataError
from fukuhon.files import write_bytes
from fukuhon.ledger import Reader, Tally, files, runs, tallies
from fukuhon.ledger.runs import Run
from fukuhon.registration.corrections import correction_list
from fukuhon.registration.desk import Desk
from fukuhon.registration.evidence import read_evidence, run_folder
from fukuhon.registration.material import data_day
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
)
from fukuhon.reports.quality_report import Judgement, judgement, quality_report
from fukuhon.reports.style import Numbers
from fukuhon.reports.waiting_reading import waiting_facts

__all__ = ["quality_facts", "write_quality_report"]

Evidence = Mapping[str, Any]

_KINDS = {"pretest": "事前の副本アップロード", "initial": "初期登録", "differential": "差分登録", "deletion": "削除"}
_BASES = {"count_query": "件数の問合せ", "control_total": "件数の控え"}
_PREPARED = (
    "read",
    "out_of_scope",
    "in_scope",
    "unchanged",
    "to_register",
    "quarantined",
    "withheld",
    "to_delete",
)
_POINTS = 12


def write_quality_report(desk: Desk, run: int, path: Path, *, outside: bool = False) -> Judgement:
    """Write the report of a run to ``path`` (0600), whole or not at all; returns its verdict.

    Raises as :func:`quality_facts`, and RetriableError FILES-001, FILES-002.
    """
    facts = quality_facts(desk, run)
    write_bytes(path, quality_report(facts, outside=outside).encode())
    return judgement(facts, Numbers(outside=outside))


def quality_facts(desk: Desk, run_id: int) -> QualityFacts:
    """All that the report of a run tells.

    Raises FatalError LEDGER-011 (no such run), DataError REPORTS-001 (a run that never came to a judgement).
    """
    with desk.ledger.reading() as reader:
        run = runs.get(reader, run_id)
        cells = tallies.of_run(reader, run_id) if run.state == "done" else {}
        made = [_file(file) for file in files.find(reader, run_id=run_id)]
        earlier = _earlier(reader, run)
        trend = tuple(_point(reader, each) for each in earlier)
        seen = _evidence(desk, run)
        waiting = waiting_facts(desk, reader, run, seen, earlier)
    if not seen:
        raise DataError("REPORTS-001", run=run_id)
    return QualityFacts(
        run=_run(desk, run, seen.values()),
        datasets=tuple(_dataset(desk, run, code, evidence, cells) for code, evidence in seen.items()),
        rules=tuple(_rule(code, rule) for code, evidence in seen.items() for rule in evidence["rules"]),
        evidence=tuple(_proof(code, evidence["evidence"]) for code, evidence in seen.items()),
        controls=tuple(fact for code, evidence in seen.items() for fact in _controls(code, evidence)),
        files=tuple(made),
        trend=trend,
        waiting=waiting,
        correction_list=_correction_list(desk, run, seen),
    )


def _correction_list(desk: Desk, run: Run, seen: Iterable[str]) -> str | None:
    """The names of the lists of rows to correct; they lie beside the run, readable by their owner only."""
    sources = dict.fromkeys(desk.site.dataset(dataset).source for dataset in seen)
    lists = [correction_list(run_folder(desk, run.id), source) for source in sources]
    return "、".join(path.name for path in lists if path.exists()) or None


def _evidence(desk: Desk, run: Run) -> dict[str, Evidence]:
    """The evidence by dataset, in the order of the settings; those that the run did not come to are left out."""
    folder = run_folder(desk, run.id)
    wanted = [dataset for dataset in desk.site.datasets() if run.key.spi in {None, dataset.spi}]
    found = {dataset.code: read_evidence(folder, dataset.code) for dataset in wanted}
    return {code: evidence for code, evidence in found.items() if evidence is not None}


def _run(desk: Desk, run: Run, seen: Iterable[Evidence]) -> RunFacts:
    day = data_day(run.key.as_of)
    wanted = [dataset for dataset in desk.site.datasets() if run.key.spi in {None, dataset.spi}]
    names = {dataset.spi: desk.packs.in_force(dataset.code, day).spi_name for dataset in wanted}
    return RunFacts(
        body_name=desk.site.body.name,
        body_code=desk.site.body.code,
        spi="、".join(names),
        spi_name="、".join(names.values()),
        run_id=str(run.id),
        kind=_KINDS[run.key.kind],
        day=run.key.day,
        as_of=run.key.as_of,
        made_at=run.ended_at or desk.now(),
        layout_version="、".join(dict.fromkeys(evidence["layout"] for evidence in seen)),
    )


def _dataset(
    desk: Desk, run: Run, code: str, evidence: Evidence, cells: Mapping[tuple[str, str], Tally]
) -> DatasetFacts:
    name = desk.packs.in_force(code, data_day(run.key.as_of)).name
    counted = {variation: tally.as_dict() for (dataset, variation), tally in cells.items() if dataset == code}
    return DatasetFacts(code, name, counted or _judged(evidence))


def _judged(evidence: Evidence) -> dict[str, dict[str, int]]:
    """What a run that was stopped knows of each variation."""
    census = evidence["census"]
    counts: dict[str, dict[str, int]] = {}
    for variation, read in census["read"].items():
        outside = census["out_of_scope"].get(variation, 0)
        counts[variation] = {
            "read": read,
            "out_of_scope": outside,
            "in_scope": read - outside,
            "withheld": census["withheld"].get(variation, 0),
            "quarantined": evidence["quarantined"].get(variation, 0),
        }
    return counts


def _rule(dataset: str, rule: Evidence) -> RuleFacts:
    plain = ("id", "kind", "severity", "origin", "wording", "guards", "judged", "failed", "success", "stops")
    more = ("compared", "by_variation", "correct", "incident", "reason")
    share = rule["share"]
    return RuleFacts(
        dataset=dataset,
        **{name: rule[name] for name in (*plain, *more)},
        classes=tuple(_class(entry, share=share) for entry in rule["classes"]),
    )


def _class(entry: Evidence, *, share: bool) -> ClassFacts:
    now, before = entry["now"], entry["before"]
    return ClassFacts(
        label=now["label"],
        now=now["count"],
        total=now["total"],
        before=None if before is None else _measure(before, share=share),
        low=entry["low"],
        high=entry["high"],
        share=share,
        failed=entry["failed"],
    )


def _measure(count: Evidence, *, share: bool) -> float:
    if not share:
        return float(count["count"])
    return count["count"] / count["total"] if count["total"] else 0.0


def _proof(dataset: str, proof: Evidence) -> EvidenceFacts:
    return EvidenceFacts(dataset, proof["declared"], proof["loaded"], proof["run"], proof["great_expectations"])


def _controls(dataset: str, evidence: Evidence) -> list[ControlFacts]:
    """Each count against the one taken another way; a variation that only one of them knows is 0 in the other."""
    read = evidence["census"]["read"]
    found = []
    for basis, expected in evidence["control"].items():
        for variation in sorted({*expected, *read}):
            low, high, reason = expected.get(variation, (0, 0, ""))
            found.append(
                ControlFacts(dataset, variation, read.get(variation, 0), (low, high), _BASES.get(basis, basis), reason)
            )
    return found


def _file(file: files.File) -> FileFacts:
    return FileFacts(file.name, file.dataset, file.records, file.bytes, file.sha256, file.state.value)


def _earlier(reader: Reader, run: Run) -> list[Run]:
    """The runs of the same datasets up to this one, the last of each day; the pretest stands apart."""
    found: dict[date, Run] = {}
    for each in runs.find(reader, state="done"):
        apart = "pretest" in {each.key.kind, run.key.kind}
        if each.id <= run.id and not apart and run.key.spi in {None, each.key.spi}:
            found[each.key.day] = each
    return [found[day] for day in sorted(found)][-_POINTS:]


def _point(reader: Reader, run: Run) -> TrendPoint:
    total = sum(tallies.by_dataset(reader, run.id).values(), Tally())
    return TrendPoint(run.key.day, total.in_scope, total.quarantined)
