"""The report on records held back: where they went, how long they wait, and the trend of each rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fukuhon.reports.charts import age_bars, rule_bars
from fukuhon.reports.waiting_facts import AGES, LONG

if TYPE_CHECKING:
    from datetime import date

    from markupsafe import Markup

    from fukuhon.reports.quality_facts import QualityFacts, RuleFacts
    from fukuhon.reports.style import Numbers
    from fukuhon.reports.waiting_facts import RuleTrend, WaitingFacts

__all__ = ["MOST_RULES", "TrendRow", "WaitingSheet", "old_step", "waiting_sheet"]

MOST_RULES = 30
"""Rows of the table by rule; what is cut off is told."""

_FOUND = {"before": "前から", "arrived": "新しく"}
_WENT = {
    "corrected": "訂正済み",
    "released": "解放",
    "excluded": "除外",
    "withheld": "保留へ",
    "gone": "消えた",
    "waiting": "待ち",
}


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One rule's counts: the chart, the last two, the change in words, its age, and the place of its finding."""

    wording: str
    dataset: str
    chart: Markup
    before: str
    now: str
    change: str
    level: str
    oldest: str
    finding: int | None


@dataclass(frozen=True, slots=True)
class WaitingSheet:
    """What the template shows. ``sums`` are (dataset, found, went, whether both sides are the same)."""

    found: dict[str, str]
    went: dict[str, str]
    sums: tuple[tuple[str, dict[str, int], bool], ...]
    ages: Markup | None
    oldest: str
    rows: tuple[TrendRow, ...]
    more: int
    runs: int
    first: str


def waiting_sheet(facts: QualityFacts, findings: Sequence[RuleFacts], n: Numbers) -> WaitingSheet | None:
    """The sheet; None where nothing is known and nothing ever failed."""
    waiting = facts.waiting
    if waiting is None or not (waiting.standings or waiting.trends):
        return None
    counted = [(facts.name_of(dataset), dict(counts)) for dataset, counts in waiting.standings.items()]
    if len(counted) > 1:
        counted.append(("合計", waiting.total))
    places = {(rule.dataset, rule.id): place for place, rule in enumerate(findings, 1)}
    return WaitingSheet(
        found=_FOUND,
        went=_WENT,
        sums=tuple((name, counts, _closes(counts)) for name, counts in counted),
        ages=_ages(waiting, n),
        oldest=_since(waiting, waiting.oldest),
        rows=tuple(_row(facts, waiting, trend, places, n) for trend in waiting.trends[:MOST_RULES]),
        more=max(len(waiting.trends) - MOST_RULES, 0),
        runs=len(waiting.days),
        first=f"{waiting.days[0].month}月{waiting.days[0].day}日" if waiting.days else "",
    )


def old_step(waiting: WaitingFacts, n: Numbers) -> str | None:
    """What is to be done about records that have waited too long."""
    if not waiting.old or waiting.oldest is None:
        return None
    return (
        f"{LONG}日を超えて待っている記録が{n.records(waiting.old)}あります（最も古いものは{waiting.age(waiting.oldest)}日）。"
        "正本を直せない理由を確かめ、解放（そのまま登録する）か除外（登録しない）を二人で決めてください。"
    )


def _closes(counts: dict[str, int]) -> bool:
    return sum(counts[name] for name in _FOUND) == sum(counts[name] for name in _WENT)


def _ages(waiting: WaitingFacts, n: Numbers) -> Markup | None:
    if not waiting.ages:
        return None
    first = len(AGES) - 2  # the last two classes are older than LONG
    classes = [
        (label, count, place >= first) for place, (label, count) in enumerate(zip(AGES, waiting.ages, strict=True))
    ]
    return age_bars(classes, n)


def _since(waiting: WaitingFacts, day: date | None) -> str:
    return "―" if day is None else f"{day.month}月{day.day}日から{waiting.age(day)}日"


def _row(
    facts: QualityFacts,
    waiting: WaitingFacts,
    trend: RuleTrend,
    places: dict[tuple[str, str], int],
    n: Numbers,
) -> TrendRow:
    key = (trend.dataset, trend.id)
    held = waiting.waits.get(key)
    change, level = _change(trend, n)
    return TrendRow(
        wording=trend.wording,
        dataset=facts.name_of(trend.dataset),
        chart=rule_bars(trend.counts, n, max(count or 0 for count in trend.counts)),
        before=_count(trend.before, n),
        now=_count(trend.now, n),
        change=change,
        level=level,
        oldest=_since(waiting, held.oldest if held else None),
        finding=places.get(key),
    )


def _count(count: int | None, n: Numbers) -> str:
    return "―" if count is None else n.count(count)


def _change(trend: RuleTrend, n: Numbers) -> tuple[str, str]:
    """More or fewer than in the run before, in a word with its sign; outside without the number."""
    if trend.now is None or trend.before is None:
        return "－ 比較なし", "plain"
    more = n.drawn(trend.now) - n.drawn(trend.before)
    much = "" if n.outside else f" {abs(more):,}"
    if not more:
        return "－ 同じ", "plain"
    if more > 0:
        return f"▲ 増えた{much}", "warn"
    return (f"▼ 減った{much}", "good") if trend.now else ("✓ なくなった", "good")
