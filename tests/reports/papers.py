"""Example facts of the other papers: a full day, a reconciliation that went well and one that did not, a 別紙5."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fukuhon.clock import tokyo
from fukuhon.reports.day_sheet import (
    DayFacts,
    DeadlineFacts,
    DutyFacts,
    HeldFacts,
    PasswordFacts,
    PlannedFile,
    WaitingFile,
    WindowFacts,
    WrongFacts,
)
from fukuhon.reports.progress_model import Days, ProgressRow, ProgressSheet
from fukuhon.reports.reconciliation_report import PersonFacts, ReconciliationFacts, RequestFacts, StratumFacts
from fukuhon.windows import Part

DAY = date(2017, 5, 10)


def quiet_day() -> DayFacts:
    """A day on which nothing is to be done."""
    return DayFacts(
        body_name="見本市",
        body_code="992011",
        now=tokyo(DAY, 8, 40),
        business_day=True,
        stopped=False,
        duties=(),
        deadlines=(),
        held=(),
        windows=(),
        wrong=(),
        waiting=(),
        passwords=(),
    )


def full_day() -> DayFacts:
    """A day with everything in it; one file has a name that somebody made up."""
    files = (
        PlannedFile("TK00000200000001_差分_20170509_01.xml", "個人住民税課税情報", 1_482, 942_113, "送信待ち"),
        PlannedFile("<script>alert(1)</script>.xml", "個人住民税納付情報", 377, 140_020, "回線断（再送待ち）"),
    )
    return replace(
        quiet_day(),
        duties=(
            DutyFacts("前提作業の確認（要領 1.3 の9項目）", tokyo(DAY, 8, 30), done=True),
            DutyFacts("登録結果の確認", tokyo(DAY, 8, 35), done=False),
            DutyFacts("正本と副本の突合", tokyo(DAY, 18), done=False),
        ),
        deadlines=(
            DeadlineFacts("個人住民税課税情報", date(2017, 5, 8), tokyo(DAY, 8, 30), 7, "処理待ち"),
            DeadlineFacts("個人住民税課税情報", date(2017, 5, 9), tokyo(date(2017, 5, 11), 8, 30), 1_482, "送信待ち"),
        ),
        held=(
            HeldFacts(
                "承認：突合の計画",
                "申請12「突合計画 20件」",
                "突合 次郎さん以外の承認者",
                tokyo(date(2017, 5, 9), 16, 5),
                tokyo(date(2017, 5, 16), 16, 5),
            ),
            HeldFacts("留め置き（正本の訂正）", "個人住民税課税情報 93件", "業務担当課", date(2017, 5, 9)),
        ),
        windows=(
            WindowFacts("初期登録", tokyo(DAY, 9), tokyo(DAY, 12), 2_600_000, 557_183, files),
            WindowFacts("差分登録", tokyo(DAY, 12), tokyo(date(2017, 5, 11)), None, 0, ()),
        ),
        wrong=(
            WrongFacts(
                "COMMANDS-106",
                "ファイルTK00000200000002_0509.xmlは全件が処理エラーになりました（受付番号 0601201705090000000002）。",
                "エラーの内容を確かめ、正本または登録ルールを直して作り直してください。",
                "要領 1.6.3",
                tokyo(date(2017, 5, 9), 22, 4),
            ),
        ),
        waiting=(
            WaitingFile(
                "TK00000200000001_0508_01.xml",
                "0601201705080000000001",
                7,
                tokyo(date(2017, 5, 8), 18, 2),
                2,
                date(2017, 5, 10),
            ),
        ),
        passwords=(
            PasswordFacts("mihongyomu01", date(2017, 5, 15), "まもなく期限", "本人がログインして変更する。"),
            PasswordFacts("mihontotsugo01", date(2017, 5, 1), "期限切れ", "システム管理者が初期化する。"),
        ),
    )


def good_reconciliation() -> ReconciliationFacts:
    """Everything agrees, and there is enough of it."""
    minute = tokyo(date(2017, 4, 12), 22, 1)
    return ReconciliationFacts(
        body_name="見本市",
        body_code="992011",
        at=tokyo(date(2017, 6, 1), 10),
        plan_sha256="18" * 32,
        records=4_700,
        matches=4_700,
        mismatches=0,
        missing=0,
        lost=0,
        in_flight=0,
        empty=0,
        bound=10,
        bound_by_request=2_056,
        strata=(StratumFacts("個人住民税課税情報", "住民", 11_000, 4_700, 0, 10),),
        requests=(RequestFacts("080920170601000000001", "個人住民税課税情報", minute, "compared", 4_702, 4_700, 0),),
        people=(PersonFacts("計画の申請", "突合 次郎", minute), PersonFacts("計画の承認", "責任 三子", minute)),
    )


def bad_reconciliation() -> ReconciliationFacts:
    """Three differ, two are lost, four nobody looked for, one request is open."""
    good = good_reconciliation()
    (request,) = good.requests
    return replace(
        good,
        matches=4_697,
        mismatches=3,
        missing=6,
        lost=2,
        in_flight=5,
        empty=1,
        bound=25,
        strata=(
            StratumFacts("個人住民税課税情報", "住民", 11_000, 4_693, 3, 25),
            StratumFacts("個人住民税課税情報", "住登外", 247, 7, 0, 4_818),
            StratumFacts("個人住民税納付情報", "普通徴収", 300, 0, 0, 10_001),
        ),
        requests=(
            replace(request, expected=4_720, records=4_705, mismatches=3),
            replace(request, number=None, state="planned", records=None, mismatches=None),
        ),
    )


def progress_sheet(code: str = "992011", name: str = "見本市") -> ProgressSheet:
    """A sheet as the seed's example has it: one done, one to come, one out."""
    tax = frozenset({date(2017, 4, 12), date(2017, 4, 13)})
    return ProgressSheet(
        body_code=code,
        body_name=name,
        prefecture="見本県",
        as_of=date(2017, 6, 6),
        calendars={
            Part.OTHER: Days(
                frozenset({date(2017, 5, 29)}), frozenset({date(2017, 5, 29)}), frozenset({date(2017, 5, 29)})
            ),
            Part.TAX: Days(tax, tax, frozenset()),
        },
        rows=(
            ProgressRow(
                1,
                "TM00000000000001",
                "住民基本台帳法第七条第四号に規定する事項",
                planned=date(2017, 5, 31),
                actual=date(2017, 5, 31),
            ),
            ProgressRow(
                2,
                "TM00000000000002",
                "地方税法その他の地方税に関する法律(条例の規定により算定した税額若しくはその算定の基礎となる事項に関する情報)",
                planned=date(2017, 6, 15),
            ),
            ProgressRow(3, "TM00000000000003", "児童手当法による児童手当若しくは特例給付の支給に関する情報", out=True),
        ),
    )
