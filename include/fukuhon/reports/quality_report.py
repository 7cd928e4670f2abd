"""The data-quality report: may the 副本 be registered, what is wrong, and who does what next; on one page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fukuhon.reports.charts import Segment, flow_bar, trend_line
from fukuhon.reports.style import Numbers, render
from fukuhon.reports.waiting_sheet import old_step, waiting_sheet

if TYPE_CHECKING:
    from fukuhon.reports.quality_facts import QualityFacts, RuleFacts

__all__ = ["Equation", "Judgement", "Step", "equations", "judgement", "quality_report", "steps"]

NAMES = {
    "read": "読み込み",
    "out_of_scope": "対象外",
    "in_scope": "対象",
    "unchanged": "変更なし",
    "to_register": "登録予定",
    "quarantined": "留め置き",
    "withheld": "保留",
    "to_delete": "削除予定",
    "filed": "ファイル",
    "superseded": "作り直し",
    "queued": "送信待ち",
    "in_doubt": "結果不明",
    "waiting": "処理待ち",
    "rejected_whole": "全体エラー",
    "processed": "処理済み",
    "ok": "正常",
    "errors": "記録エラー",
    "new": "新規",
    "overwritten": "上書き",
    "deleted": "削除",
    "expired": "公開終了",
    "state_before": "前の登録数",
    "state_after": "後の登録数",
    "registered": "登録数",
}
# left = right, as the accounting has them; the last ones are told once a file was made.
_PREPARED = (
    (("read",), ("out_of_scope", "in_scope")),
    (("in_scope",), ("unchanged", "to_register", "quarantined", "withheld")),
)
_SENT = (
    (("to_register", "to_delete"), ("filed", "superseded")),
    (("filed",), ("queued", "in_doubt", "waiting", "rejected_whole", "processed")),
    (("processed",), ("ok", "errors")),
    (("ok",), ("new", "overwritten", "deleted")),
    (("state_after",), ("state_before", "new", "-deleted", "-expired")),
)
_CORRECTIONS = {
    "row": "既存システムで記録を確かめ、正本を訂正する。正本が正しければ、登録ルールを確認する。",
    "unique": "同じ番号の記録を並べて確かめ、重複または番号の誤りを正本で訂正する。",
    "baseline": "前に登録した人と今回の人のどちらが正しいかを台帳で確認し、正本の番号を訂正する。",
    "table": "抽出条件、判定の設定、年度の切り替えを確認する。正しい変化であれば、理由を書いて範囲を改める。",
}
_SEVERITIES = {"stop": 0, "quarantine": 1, "warn": 2}
_OFFICE, _ADMINISTRATOR, _VENDOR = "業務担当課", "システム管理者", "保守業者"


@dataclass(frozen=True, slots=True)
class Equation:
    """One sum of the accounting: terms with their sign, and whether both sides are the same."""

    left: tuple[tuple[str, int], ...]
    right: tuple[tuple[str, int], ...]

    @property
    def closes(self) -> bool:
        """Whether the sides are equal."""
        return sum(count for _, count in self.left) == sum(count for _, count in self.right)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict: ``level`` is ok, partial or stop; one sentence, and why."""

    level: str
    sentence: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody does next."""

    who: str
    what: str


def quality_report(facts: QualityFacts, *, outside: bool = False) -> str:
    """Return the report as one self-contained HTML page.

    ``outside`` makes the version that leaves the site: counts under 10 are not told, others are rounded to tens, and
    the names of files and of the correction list are left out.
    """
    n = Numbers(outside=outside)
    total = facts.total
    found = sorted((rule for rule in facts.rules if not rule.success), key=_weight)
    return render(
        "quality.html",
        outside=outside,
        facts=replace(facts, correction_list=None) if outside else facts,
        total=total,
        names=NAMES,
        verdict=judgement(facts, n),
        steps=steps(facts, n),
        equations=equations(total),
        findings=found,
        who=_who,
        next_of=_next,
        corrections=_CORRECTIONS,
        proof=_proof(facts, n),
        flow=flow_bar(_segments(total), n),
        trend=trend_line(facts.trend, n) if len(facts.trend) > 1 else None,
        waiting=waiting_sheet(facts, found, n),
    )


def equations(counts: dict[str, int]) -> list[Equation]:
    """The sums that can be told: those of the preparation, and those of the registration once there are files."""
    wanted = _PREPARED + (_SENT if counts.get("filed") or counts.get("processed") else ())
    known = [sides for sides in wanted if all(_key(name) in counts for side in sides for name in side)]
    return [Equation(_terms(left, counts), _terms(right, counts)) for left, right in known]


def judgement(facts: QualityFacts, n: Numbers) -> Judgement:
    """Say in one sentence whether the 副本 may be registered."""
    reasons = tuple(_stops(facts))
    total = facts.total
    held, errors = total.get("quarantined", 0), total.get("errors", 0)
    if reasons:
        return Judgement("stop", "この副本は登録できません。何も送信していません。", reasons)
    if total.get("processed"):
        done = f"{n.records(total.get('ok', 0))}を登録しました"
        if errors or total.get("rejected_whole"):
            return Judgement("partial", f"{done}が、中間サーバーで受け付けられなかった記録があります。", ())
        if held:
            return Judgement("partial", f"{done}。{n.records(held)}は留め置き、正本の訂正を待っています。", ())
        return Judgement("ok", f"{done}。すべての検査に適合しています。", ())
    if held:
        sentence = f"登録できます。ただし{n.records(held)}は留め置き、正本の訂正を待ちます。"
        return Judgement("partial", sentence, ())
    return Judgement("ok", "登録できます。すべての検査に適合しました。", ())


def steps(facts: QualityFacts, n: Numbers) -> list[Step]:
    """What is to be done next, and by whom; in the order in which it is done."""
    total = facts.total
    found = []
    if any(not evidence.complete for evidence in facts.evidence) or _open_sums(facts):
        found.append(
            Step(
                _VENDOR, "検査の記録または件数の合計に食い違いがあります。原因が分かるまで登録を再開しないでください。"
            )
        )
    if any(not control.agrees for control in facts.controls):
        found.append(Step(_ADMINISTRATOR, "正本の件数と一致しない区分の抽出条件を確認し、抽出をやり直してください。"))
    if any(rule.stops for rule in facts.rules):
        found.append(
            Step(
                f"{_OFFICE}と{_ADMINISTRATOR}", "「登録を止めた検査」の原因を調べ、直してから準備をやり直してください。"
            )
        )
    if total.get("quarantined"):
        listed = f"訂正一覧「{facts.correction_list}」で" if facts.correction_list and not n.outside else "訂正一覧で"
        held = n.records(total["quarantined"])
        found.append(
            Step(_OFFICE, f"{listed}対象の{held}を確認し、正本を訂正してください。次の抽出で自動的に検査し直します。")
        )
    if facts.waiting and (what := old_step(facts.waiting, n)):
        found.append(Step(_OFFICE, what))
    if total.get("withheld"):
        held = n.records(total["withheld"])
        found.append(
            Step(_OFFICE, f"保留した{held}は、自動応答制限または不開示の設定を確認してから扱いを決めてください。")
        )
    if total.get("errors") or total.get("rejected_whole"):
        found.append(
            Step(_ADMINISTRATOR, "中間サーバーの処理結果の詳細を確認し、エラーになった記録を担当課へ伝えてください。")
        )
    return found or [Step(_ADMINISTRATOR, "することはありません。割り当てられた時間に自動で送信し、結果を確認します。")]


def _stops(facts: QualityFacts) -> list[str]:
    found = [f"検査「{rule.wording}」に適合しません（{rule.id}）。" for rule in facts.rules if rule.stops]
    found += [f"件数の合計が一致しません：{text}。" for text in _open_sums(facts)]
    found += [
        f"{facts.name_of(control.dataset)}（{control.variation}）の件数が正本と一致しません。"
        for control in facts.controls
        if not control.agrees
    ]
    found += [
        f"{facts.name_of(evidence.dataset)}の検査の一部が行われていません。"
        for evidence in facts.evidence
        if not evidence.complete
    ]
    return found


def _open_sums(facts: QualityFacts) -> list[str]:
    """Equations that do not close: of each dataset's variations, then of the whole."""
    wrong = []
    for dataset in facts.datasets:
        for variation, counts in dataset.variations.items():
            wrong += [
                f"{dataset.name}（{variation}）の「{NAMES[_key(equation.left[0][0])]}」"
                for equation in equations(dict(counts))
                if not equation.closes
            ]
    return wrong


def _segments(total: dict[str, int]) -> list[Segment]:
    looks = (("to_register", "solid"), ("unchanged", "soft"), ("withheld", "dots"), ("quarantined", "lines"))
    return [Segment(NAMES[name], total.get(name, 0), look) for name, look in (*looks, ("out_of_scope", "empty"))]


def _weight(rule: RuleFacts) -> tuple[bool, int, int, str]:
    return (not rule.stops, _SEVERITIES[rule.severity], -rule.failed, rule.id)


def _who(rule: RuleFacts) -> str:
    """Who corrects: counts by class are a matter of extracts and rules, single records of the department."""
    if rule.kind == "table" or rule.stops:
        return f"{_OFFICE}と{_ADMINISTRATOR}"
    return _OFFICE


def _next(rule: RuleFacts) -> str:
    if rule.stops:
        return "直したあとで準備（抽出から検査まで）をやり直す。直すまで何も送信しない。"
    if rule.severity == "quarantine":
        return "正本を訂正すれば、次の抽出で検査し直し、登録する。"
    return "登録は進めている。内容を確認し、必要なら正本を訂正する。"


def _proof(facts: QualityFacts, n: Numbers) -> str:
    run = sum(evidence.run for evidence in facts.evidence)
    judged = n.records(facts.total.get("in_scope", 0) - facts.total.get("withheld", 0))
    text = f"{judged}を{run}項目の検査で確かめました。読み込んだ記録の合計は一致しています。"
    return text + ("正本の件数とも一致しています。" if facts.controls else "")


def _key(name: str) -> str:
    return name.removeprefix("-")


def _terms(side: tuple[str, ...], counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((name, -counts[name[1:]] if name.startswith("-") else counts[name]) for name in side)
