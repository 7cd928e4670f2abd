"""A realistic report's facts: an invented city, invented counts."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from fukuhon.clock import tokyo
from fukuhon.reports import (
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
from fukuhon.reports.waiting_facts import RuleTrend, WaitingFacts, WaitingRule

LEVY, NOTICE = "TK00000200000001", "TK00000200000002"


def counts(read: int, out: int, unchanged: int, held: int, withheld: int, **more: int) -> dict[str, int]:
    """Counts of a preparation that close."""
    scope = read - out
    return {
        "read": read,
        "out_of_scope": out,
        "in_scope": scope,
        "unchanged": unchanged,
        "to_register": scope - unchanged - held - withheld,
        "quarantined": held,
        "withheld": withheld,
        "to_delete": 0,
        **more,
    }


def rule(dataset: str, name: str, wording: str, judged: int, failed: int = 0, **more: object) -> RuleFacts:
    """A rule of the layout that quarantines, unless said otherwise."""
    facts: dict[str, object] = {
        "kind": "row",
        "severity": "quarantine",
        "origin": "layout",
        "guards": "必要な情報が欠けたまま回答されること",
        "success": failed == 0,
        "stops": False,
    }
    return RuleFacts(dataset=dataset, id=name, wording=wording, judged=judged, failed=failed, **(facts | more))  # type: ignore[arg-type]


RUN = RunFacts(
    body_name="見本市",
    body_code="992011",
    spi="TM00000000000002",
    spi_name="地方税",
    run_id="R-20170508-0007",
    kind="差分登録",
    day=date(2017, 5, 8),
    as_of=tokyo(date(2017, 5, 8), 18, 30),
    made_at=tokyo(date(2017, 5, 8), 19, 2),
    layout_version="2017.1",
)
LAYOUT_ITEMS = (
    ("賦課年度", "半角数字4桁"),
    ("合計所得金額", "12桁以内の数（負の数も可）"),
    ("総所得金額等", "12桁以内の数（負の数も可）"),
    ("賦課期日", "暦にある日付"),
    ("徴収区分", "コード表にある値"),
    ("課税区分", "コード表にある値"),
    ("市町村民税所得割額", "10桁以内の数"),
    ("都道府県民税所得割額", "10桁以内の数"),
    ("均等割額", "6桁以内の数"),
    ("配偶者控除", "コード表にある値"),
    ("扶養親族の数", "2桁以内の数"),
    ("特別徴収義務者番号", "半角数字8〜10桁"),
)
REVIEWED = (
    rule(
        LEVY,
        "tax-birth-and-sex-agree",
        "生年月日と性別が、宛名台帳のものと一致すること",
        9870,
        12,
        origin="reviewed",
        guards="宛名番号の取り違えにより、家族や別人の税情報として回答されること",
        correct="税務システムで宛名番号を確認し、正しい人の番号に付け替える。家族の番号が入っていないかも確認する",
        by_variation={"特別徴収": 7, "普通徴収": 5},
        incident="family-number",
    ),
    rule(
        LEVY,
        "tax-income-recomputed",
        "総所得金額等が、所得の合計から純損失の繰越控除を引いた額と一致すること",
        9870,
        4,
        origin="reviewed",
        guards="繰越控除を引かない額が登録され、他団体の判定を誤らせること",
        correct="税務システムの繰越控除の入力を確認する",
        by_variation={"普通徴収": 4},
        incident="wrong-income-mapping",
    ),
    rule(
        LEVY,
        "tax-levies-ratio",
        "市町村民税と都道府県民税の所得割額が、税率の比の範囲にあること",
        9870,
        3,
        origin="reviewed",
        severity="warn",
        guards="二つの税額を取り違えて登録すること",
        by_variation={"特別徴収": 3},
        incident="wrong-levy",
    ),
    rule(
        LEVY,
        "tax-class-distribution",
        "課税区分の構成が前回から大きく変わらないこと",
        3,
        origin="reviewed",
        kind="table",
        severity="stop",
        guards="課税区分の判定の設定誤りにより、多数の人が誤った区分で回答されること",
        reason="課税区分の構成比は年度内に一割を超えて動かない",
        classes=(
            ClassFacts("課税", 6120, 9870, 0.618, 0.556, 0.680, share=True, failed=False),
            ClassFacts("均等割のみ", 1080, 9870, 0.110, 0.099, 0.121, share=True, failed=False),
            ClassFacts("非課税", 2670, 9870, 0.272, 0.245, 0.299, share=True, failed=False),
        ),
    ),
    rule(
        NOTICE,
        "tax-notice-one-person",
        "通知書番号が一人だけのものであること",
        11420,
        2,
        origin="reviewed",
        kind="unique",
        guards="同じ番号が二人に使われ、他人の情報が回答されること",
        by_variation={"普通徴収": 2},
    ),
    rule(
        NOTICE,
        "tax-notice-never-reissued",
        "以前に登録した通知書番号が、別の人に使われていないこと",
        11420,
        origin="reviewed",
        kind="baseline",
        guards="番号の使い回しにより、前の人の情報が別人のものとして回答されること",
        incident="reissued-number",
    ),
)
BASE = tuple(
    rule(dataset, f"layout:I01{number:02d}:{'pattern' if '桁' in form else 'code'}", f"{item}は{form}", judged, failed,
         by_variation={"年金特別徴収": failed} if failed else {})
    for dataset, judged in ((LEVY, 9870), (NOTICE, 11420))
    for number, (item, form) in enumerate(LAYOUT_ITEMS, 1)
    for failed in (5 if (dataset, number) == (LEVY, 12) else 0,)
)  # fmt: skip


def waiting() -> WaitingFacts:
    """What waits after the run: 23 records, two of them since before the year began to be entered."""
    names = ("before", "arrived", "corrected", "released", "excluded", "withheld", "gone", "waiting")
    family, income, notice = REVIEWED[0], REVIEWED[1], REVIEWED[4]
    counts = ((family, (61, 44, 36, 25, 12)), (income, (0, 0, 0, 0, 4)), (notice, (3, 3, 3, 2, 2)))
    healed = RuleTrend(LEVY, "layout:I0104:code", "賦課期日は暦にある日付", "quarantine", (None, 24, 19, 14, 0))
    return WaitingFacts(
        day=RUN.day,
        standings={
            LEVY: dict(zip(names, (39, 9, 21, 3, 2, 0, 1, 21), strict=True)),
            NOTICE: dict(zip(names, (2, 0, 0, 0, 0, 0, 0, 2), strict=True)),
        },
        ages=(9, 8, 4, 0, 2),
        oldest=date(2017, 2, 1),
        waits={
            (LEVY, family.id): WaitingRule(12, date(2017, 4, 10)),
            (LEVY, income.id): WaitingRule(4, RUN.day),
            (NOTICE, notice.id): WaitingRule(2, date(2017, 2, 1)),
        },
        days=(date(2017, 4, 10), date(2017, 4, 24), date(2017, 5, 1), date(2017, 5, 2), RUN.day),
        trends=(
            *(RuleTrend(rule.dataset, rule.id, rule.wording, rule.severity, past) for rule, past in counts),
            healed,
        ),
    )


def example() -> QualityFacts:
    """A differential run after it was registered, with some records held back."""
    levy = {
        "特別徴収": counts(5210, 310, 4520, 7, 6),
        "普通徴収": counts(3640, 280, 3110, 9, 8),
        "年金特別徴収": counts(1690, 60, 1571, 5, 0),
    }
    notice = {
        "特別徴収": counts(5300, 120, 5002, 0, 9),
        "普通徴収": counts(6310, 70, 5960, 2, 3),
    }
    return QualityFacts(
        run=RUN,
        datasets=(DatasetFacts(LEVY, "個人住民税課税情報", levy), DatasetFacts(NOTICE, "個人住民税納付情報", notice)),
        rules=(*REVIEWED, *BASE),
        evidence=(EvidenceFacts(LEVY, 16, 16, 16, "1.24.1"), EvidenceFacts(NOTICE, 14, 14, 14, "1.24.1")),
        controls=(
            ControlFacts(LEVY, "特別徴収", 5210, (5210, 5210), "件数の問合せ"),
            ControlFacts(LEVY, "普通徴収", 3640, (3600, 3700), "システムの統計", "月次の締め前のため"),
            ControlFacts(LEVY, "年金特別徴収", 1690, (1690, 1690), "件数の問合せ"),
            ControlFacts(NOTICE, "特別徴収", 5300, (5300, 5300), "件数の問合せ"),
            ControlFacts(NOTICE, "普通徴収", 6310, (6310, 6310), "件数の問合せ"),
        ),
        files=(
            FileFacts("TK00000200000001_20170508_01.xml", LEVY, 624, 402_118, _hash("a"), "planned"),
            FileFacts("TK00000200000002_20170508_01.xml", NOTICE, 444, 261_907, _hash("b"), "planned"),
        ),
        trend=(
            TrendPoint(date(2017, 4, 10), 21_300, 96),
            TrendPoint(date(2017, 4, 24), 21_340, 71),
            TrendPoint(date(2017, 5, 1), 21_290, 58),
            TrendPoint(date(2017, 5, 2), 21_301, 41),
            TrendPoint(date(2017, 5, 8), 21_310, 23),
        ),
        waiting=waiting(),
        correction_list="訂正一覧-tax.xlsx",
    )


def stopped() -> QualityFacts:
    """The same run, stopped: the tax classes have moved, and one variation is missing from the extract."""
    facts = example()
    moved = replace(
        REVIEWED[3],
        failed=2,
        success=False,
        stops=True,
        classes=(
            ClassFacts("課税", 4410, 9870, 0.618, 0.556, 0.680, share=True, failed=True),
            ClassFacts("均等割のみ", 1080, 9870, 0.110, 0.099, 0.121, share=True, failed=False),
            ClassFacts("非課税", 4380, 9870, 0.272, 0.245, 0.299, share=True, failed=True),
        ),
    )
    controls = (*facts.controls[:2], replace(facts.controls[2], extracted=0), *facts.controls[3:])
    rules = tuple(moved if known.id == moved.id else known for known in facts.rules)
    return replace(facts, rules=rules, controls=controls, files=())


def clean() -> QualityFacts:
    """A first run without a finding."""
    facts = example()
    datasets = tuple(
        replace(d, variations={name: counts(c["read"], c["out_of_scope"], 0, 0, 0) for name, c in d.variations.items()})
        for d in facts.datasets
    )
    rules = tuple(replace(known, failed=0, success=True, by_variation={}) for known in facts.rules)
    rules = tuple(replace(known, compared=False) if known.kind == "baseline" else known for known in rules)
    return replace(facts, datasets=datasets, rules=rules, trend=(), waiting=None, correction_list=None)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
