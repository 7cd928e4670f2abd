"""上限を超える登録の計画: more than 5% on days that J-LIS has coordinated; one asks, another approves (seed 2.1.1)."""

from __future__ import annotations

from airflow.sdk import Param

from fukuhon_airflow import duties
from fukuhon_airflow.factory import Tag, duty_dag
from fukuhon_airflow.operators import DutyOperator
from fukuhon_airflow.people import ApproveOperator
from fukuhon_airflow.sites import Duty, sites

DOC = """\
### 1日の登録上限を超える登録の計画

6月の当初課税や法改正などで1日の登録上限（初期登録の総件数の5%）を超えるときに、J-LISの通知で調整された日と件数を書いて
申請します。システム管理者が承認すると、**その日に限り、その件数まで**送信されます。承認がなければ、上限を超える分は翌日以降に
回ります。

1. 通知の名称又は番号、日（コンマ区切り）、1日の件数を入れて、手動で実行します。実行した方が申請した方になります。
2. システム管理者が承認します。申請した方は承認できません。時間が過ぎただけで承認にはなりません。
3. 待っているファイルを送信枠に割り当て直します。
"""

BODY = """\
{%- set plan = ti.xcom_pull(task_ids="ask") %}
通知：{{ plan["facts"]["notice"] }}

日：{{ plan["facts"]["days"] | join("、") }}

1日の件数：{{ plan["counts"]["records"] }}件まで（通常の上限は{{ plan["facts"]["cap"] }}件）

計画の要約値（SHA-256）：`{{ plan["facts"]["plan_sha256"] }}`
"""

for site in sites():
    with duty_dag(
        site,
        Duty.EXCEED,
        title="上限を超える登録の計画",
        doc=DOC,
        tags=[Tag.PREPARE, Tag.BY_HAND],
        runs=["manual"],
        params={
            "notice": Param("", type="string", minLength=1, maxLength=100, title="J-LISの通知の名称又は番号"),
            "days": Param("", type="string", minLength=10, title="通知された日（2017-06-06,2017-06-07）"),
            "records": Param(1, type="integer", minimum=1, title="1日の件数"),
        },
    ):
        ask = DutyOperator(
            task_id="ask",
            task_display_name="計画の申請",
            folder=str(site.path),
            duty=duties.ask_to_exceed,
        )
        approve = ApproveOperator(
            task_id="approve",
            task_display_name="計画の承認",
            folder=str(site.path),
            role="administrator",
            of="ask",
            subject="1日の登録上限を超える計画を承認しますか",
            body=BODY,
        )
        plan = DutyOperator(
            task_id="plan",
            task_display_name="送信枠への割り当て直し",
            folder=str(site.path),
            duty=duties.plan_again,
        )
        ask >> approve >> plan
