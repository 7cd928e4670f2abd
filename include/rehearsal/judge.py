"""The judge: whether the sums close, whether the stand-in agrees, and whether all planted dirt was caught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fukuhon.ledger import Ledger, Tally, files, runs, tallies
from fukuhon.ledger.tallies import Cell
from fukuhon.ledger.tally import NAMES, total
from fukuhon.site import Site
from rehearsal.driver_standin import StandIn
from rehearsal.judge_order import overwritten_by_older
from rehearsal.judge_truth import Missed, missed
from rehearsal.terminal import table

__all__ = ["Accounts", "Judgement", "accounts", "as_record", "judge", "problems_of"]

_COUNTED = ("initial", "differential", "deletion")


@dataclass(frozen=True, slots=True)
class Accounts:
    """The sums of the ledger as DESIGN §6 groups them."""

    records: Tally
    pretest: Tally
    by_spi: Mapping[str, Tally]
    by_dataset: Mapping[str, Tally]
    runs: Sequence[tuple[runs.Run, Tally]]
    files: Mapping[str, int]

    def groups(self) -> Iterable[tuple[str, Tally]]:
        """Every group by a name for people."""
        yield "全体", self.records
        yield "事前アップロード", self.pretest
        yield from self.by_spi.items()
        yield from self.by_dataset.items()
        for run, tally in self.runs:
            yield f"{run.key.day} {run.key.kind}", tally


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge found."""

    accounts: Accounts
    violations: Sequence[Mapping[str, str]]
    held: Mapping[str, int]
    missed: Sequence[Missed]
    overwritten: int
    problems: Sequence[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.problems or self.violations or self.missed or self.overwritten)

    def table(self) -> str:
        """The equations of the whole, with their sums."""
        records = self.accounts.records
        rows = [
            (equation, left, right, "一致" if left == right else "不一致")
            for equation, left, right in _equations(records)
        ]
        shown = [(equation, f"{left:,}", f"{right:,}", verdict) for equation, left, right, verdict in rows]
        return table(("等式（初期登録と差分登録の全体）", "左辺", "右辺", ""), shown)

    def verdict(self) -> list[str]:
        """What to tell, line by line; the last one is the verdict."""
        counts = (
            f"等式の不一致：{len(self.problems)}件　違反：{len(self.violations)}件　"
            f"見逃した不良記録：{len(self.missed)}件　古い内容による上書き：{self.overwritten}件"
        )
        lines = [counts, *(f"  {problem}" for problem in self.problems[:10])]
        lines += [f"  違反 {each['at']} {each['kind']}：{each['detail']}" for each in self.violations[:10]]
        lines += [f"  {each}" for each in self.missed[:10]]
        records = self.accounts.records
        lines.append(
            f"判定：{'合格' if self.good else '不合格'}（登録済み {records.registered:,}件、"
            f"隔離 {records.quarantined:,}件、代行サーバーの保有 {sum(self.held.values()):,}件）"
        )
        return lines


def judge(site: Site, ledger: Ledger, standin: StandIn, truth: Path) -> Judgement:
    """Judge what lies in the ledger against the stand-in's own counts and the truth of the city."""
    found = accounts(ledger, {dataset.code: dataset.spi for dataset in site.datasets()})
    held = standin.held()
    return Judgement(
        accounts=found,
        violations=standin.violations(),
        held=held,
        missed=missed(site, ledger, truth),
        overwritten=overwritten_by_older(ledger),
        problems=problems_of(found, held),
    )


def accounts(ledger: Ledger, spi_of: Mapping[str, str]) -> Accounts:
    """Read the sums out of a ledger. ``spi_of``: the 特定個人情報 of each dataset."""
    with ledger.reading() as reader:
        done = [run for run in runs.find(reader) if run.state == "done"]
        counted = sorted((run for run in done if run.key.kind in _COUNTED), key=lambda run: (run.key.as_of, run.id))
        pretest = [run.id for run in done if run.key.kind == "pretest"]
        cells = tallies.over_runs(reader, [run.id for run in counted])
        of_run = [(run, total(tallies.of_run(reader, run.id).values())) for run in counted]
        before = total(tallies.over_runs(reader, pretest).values())
        states = Counter(file.state.value for file in files.find(reader))
    return Accounts(
        records=total(cells.values()),
        pretest=before,
        by_spi=tallies.by_spi(cells, spi_of),
        by_dataset=_by_dataset(cells),
        runs=of_run,
        files=dict(states),
    )


def _by_dataset(cells: Mapping[Cell, Tally]) -> dict[str, Tally]:
    datasets = sorted({dataset for dataset, _ in cells})
    return {name: total(tally for (dataset, _), tally in cells.items() if dataset == name) for name in datasets}


def _equations(tally: Tally) -> list[tuple[str, int, int]]:
    """Name, left and right side of each equation of DESIGN §3.4."""
    t = tally
    return [
        ("読込 = 対象外 + 対象", t.read, t.out_of_scope + t.in_scope),
        ("対象 = 変更なし + 登録 + 隔離 + 保留", t.in_scope, t.unchanged + t.to_register + t.quarantined + t.withheld),
        ("登録 + 削除 = ファイル + 取り下げ", t.to_register + t.to_delete, t.filed + t.superseded),
        (
            "ファイル = 待機 + 不明 + 処理待ち + 全件拒否 + 処理",
            t.filed,
            t.queued + t.in_doubt + t.waiting + t.rejected_whole + t.processed,
        ),
        ("処理 = 正常 + エラー", t.processed, t.ok + t.errors),
        ("正常 = 新規 + 上書き + 削除", t.ok, t.new + t.overwritten + t.deleted),
        ("事後 = 事前 + 新規 − 削除 − 期限切れ", t.state_after, t.state_before + t.new - t.deleted - t.expired),
        ("登録済み = 事後", t.registered, t.state_after),
    ]


def problems_of(found: Accounts, held: Mapping[str, int]) -> list[str]:
    """What does not add up: in the ledger, and between it and what the stand-in holds."""
    wrong = [f"{name}：{problem}" for name, tally in found.groups() for problem in tally.problems()]
    for dataset in sorted({*found.by_dataset, *held}):
        ours = found.by_dataset[dataset].state_after if dataset in found.by_dataset else 0
        if ours != held.get(dataset, 0):
            wrong.append(f"{dataset}：台帳では{ours:,}件、代行サーバーの保有は{held.get(dataset, 0):,}件")
    return wrong


def as_record(tally: Tally) -> dict[str, Any]:
    """A tally as ``summary.json`` has it."""
    return {name: getattr(tally, name) for name in NAMES}
