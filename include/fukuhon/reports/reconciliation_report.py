"""The reconciliation report: do 正本 and 副本 agree, how sure is that, who asked and released, what is next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fukuhon.reports.quality_report import Judgement, Step
from fukuhon.reports.style import Numbers, render

__all__ = [
    "PersonFacts",
    "ReconciliationFacts",
    "RequestFacts",
    "StratumFacts",
    "reconciliation_judgement",
    "reconciliation_report",
    "reconciliation_steps",
]

_REQUESTER, _MANAGER, _ADMINISTRATOR = "突合用ファイル出力担当者", "特定個人情報取扱責任者", "システム管理者"
_OFFICE = "業務担当課"
_ROUGH = 100  # in 10,000: a bound above it is said to be rough
_LEAST = 10


@dataclass(frozen=True, slots=True)
class StratumFacts:
    """One dataset's records of one business variation."""

    dataset: str
    variation: str
    held: int
    compared: int
    wrong: int
    bound: int


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """One request as the books have it: its number at the server, the minute asked for, how far it came."""

    number: str | None
    dataset: str
    minute: datetime
    state: str
    expected: int
    records: int | None
    mismatches: int | None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What one person did, and when."""

    duty: str
    who: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ReconciliationFacts:
    """All that the report tells; counts and codes only."""

    body_name: str
    body_code: str
    at: datetime
    plan_sha256: str
    records: int
    matches: int
    mismatches: int
    missing: int
    lost: int
    in_flight: int
    empty: int
    bound: int
    bound_by_request: int
    strata: tuple[StratumFacts, ...]
    requests: tuple[RequestFacts, ...]
    people: tuple[PersonFacts, ...]

    @property
    def held(self) -> int:
        """Records held as far as the books know."""
        return sum(stratum.held for stratum in self.strata)

    @property
    def elsewhere(self) -> int:
        """Records expected in a minute that most likely were processed in another one."""
        short = sum(max(r.expected - (r.records or 0), 0) for r in self.requests if r.state == "compared")
        return max(short - self.missing, 0)

    @property
    def open_requests(self) -> int:
        """Requests of the plan that were not compared."""
        return sum(request.state != "compared" for request in self.requests)

    @property
    def minutes(self) -> int:
        """How many different minutes were asked for."""
        return len({request.minute for request in self.requests})

    @property
    def disagrees(self) -> bool:
        """Whether the outcome's file and the books count differently."""
        told = sum(r.records or 0 for r in self.requests if r.state == "compared")
        return told != self.records + self.in_flight


def reconciliation_report(facts: ReconciliationFacts, *, outside: bool = False) -> str:
    """Return the report as one self-contained HTML page; ``outside`` hides counts under 10 and rounds the others."""
    n = Numbers(outside=outside)
    return render(
        "reconciliation.html",
        outside=outside,
        facts=facts,
        verdict=reconciliation_judgement(facts, n),
        steps=reconciliation_steps(facts, n),
        sure=bound_text,
        told=lambda stratum: _told(stratum, n),
        names=list(dict.fromkeys(stratum.dataset for stratum in facts.strata)),
    )


def bound_text(bound: int) -> str:
    """What a bound means, in plain words."""
    if bound > 10_000:
        return "何も言えません"
    return f"1万件当たり{bound:,}件未満"


def reconciliation_judgement(facts: ReconciliationFacts, n: Numbers) -> Judgement:
    """Say in one sentence whether 正本 and 副本 agree."""
    if facts.mismatches or facts.lost:
        return Judgement("stop", "副本に、正本と一致しない記録があります。", tuple(_wrong(facts, n)))
    if not facts.records:
        return Judgement("partial", "突合用ファイルに記録がなく、何も確かめられていません。", ())
    doubts = tuple(_doubts(facts, n))
    compared = f"突合した{n.records(facts.records)}は、すべて正本と一致しています。"
    if doubts:
        return Judgement("partial", f"{compared}ただし、確認が残っています。", doubts)
    return Judgement("ok", compared, ())


def _wrong(facts: ReconciliationFacts, n: Numbers) -> list[str]:
    found = []
    if facts.mismatches:
        found.append(f"副本の内容が、送った内容と違う記録：{n.records(facts.mismatches)}")
    if facts.lost:
        found.append(f"探し直しても副本に見つからない記録：{n.records(facts.lost)}")
    return found + _doubts(facts, n)


def _doubts(facts: ReconciliationFacts, n: Numbers) -> list[str]:
    found = []
    if facts.missing > facts.lost:
        found.append(f"指定した一分間に見つからず、まだ探し直していない記録：{n.records(facts.missing - facts.lost)}")
    if facts.open_requests:
        found.append(f"計画のうち突合が終わっていない依頼：{facts.open_requests}件")
    if facts.empty:
        found.append(f"記録が一件も無かった突合用ファイル：{facts.empty}件（一致の証拠になりません）")
    if facts.disagrees:
        found.append("結果の記録と帳簿の件数が違います（途中で中断し、再開した突合の可能性があります）")
    return found


def reconciliation_steps(facts: ReconciliationFacts, n: Numbers) -> list[Step]:
    """What is to be done next, and by whom."""
    found = []
    if facts.mismatches or facts.lost:
        office = (
            "一致しない記録を正本と見比べ、正本が正しければ登録し直してください。"
            "原因が分かるまでは、自動応答制限の設定を検討してください。"
        )
        found.append(Step(_OFFICE, office))
        found.append(Step(_ADMINISTRATOR, "登録し直したあとで、新しい計画で突合をやり直してください。"))
    if facts.missing > facts.lost:
        found.append(
            Step(
                _ADMINISTRATOR,
                "見つからなかった記録を副本の検索で一件ずつ確かめてください。確かめるまでは「失われた」としません。",
            )
        )
    if facts.open_requests:
        found.append(
            Step(f"{_REQUESTER}と{_MANAGER}", "「fukuhon reconcile」で、同じ計画の残りの依頼を続けてください。")
        )
    if facts.in_flight:
        found.append(
            Step(
                _ADMINISTRATOR,
                f"結果をまだ確認していないファイルの記録が{n.records(facts.in_flight)}あります。登録結果を確認してください。",
            )
        )
    if facts.strata and any(stratum.bound > _ROUGH for stratum in facts.strata):
        found.append(
            Step(
                _REQUESTER,
                "突合した件数が少ない区分があります（下の表の「まだ粗い」）。次の計画で件数を積み増してください。",
            )
        )
    return found or [Step(_ADMINISTRATOR, "することはありません。次の登録のあとで、また突合してください。")]


def _told(stratum: StratumFacts, n: Numbers) -> str:
    """A stratum's bound; outside, one of few records would tell how many they are."""
    if n.outside and stratum.compared < _LEAST:
        return "―"
    return bound_text(stratum.bound) if stratum.compared else "未突合"
