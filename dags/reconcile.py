"""突合: 副本 against 正本 through one-minute windows, asked for by one person and released by another."""

from __future__ import annotations

from airflow.sdk import AssetOrTimeSchedule

from fukuhon.windows.schedule import duty_times
from fukuhon_airflow import duties
from fukuhon_airflow.assets import reconciled, registered
from fukuhon_airflow.factory import Tag, duty_dag
from fukuhon_airflow.operators import CollateOperator, DutyOperator
from fukuhon_airflow.people import ApproveOperator, AskOperator
from fukuhon_airflow.sites import Duty, sites
from fukuhon_airflow.timetables import DutyTimetable

DOC = """\
### 突合

登録された副本の一部を突合用ファイルで取り出し、正本と比べます。**全件の出力は行いません。** 一回の依頼は、一つのキーと
一分間の登録日時に限ります。

1. 突合用ファイル出力担当者が依頼します（手動で実行した方が、依頼した方になります）。
2. 計画（どの一分とキーを何件か、何が言えるか）を作ります。
3. 特定個人情報取扱責任者が計画を承認します。依頼した方は承認できません。時間が過ぎただけで承認にはなりません。
4. 承認された計画だけを実行し、結果を報告します。接続端末で出力するデータセットは、突合作業票のとおりに出力して受取り
   フォルダーに置かれるまで待ち、揃うと続きから進みます。違うファイルで失敗したときは、置き換えてからクリアしてください。

* 予定の期日、または新しい副本の登録を受けて動きます。手動でも実行できます。
"""

BODY = """\
{%- set plan = ti.xcom_pull(task_ids="plan") %}
計画：{{ plan["counts"]["requests"] }}件の依頼（一件につき一つのキー・一分間）

すべて一致したときに言えること：99%の確からしさで、誤りは1万件に{{ plan["facts"]["bound"] }}件未満

計画の要約値（SHA-256）：`{{ plan["facts"]["plan_sha256"] }}`
"""

for site in sites():
    times = DutyTimetable.of_times(duty_times(site.path, Duty.RECONCILE))
    with duty_dag(
        site,
        Duty.RECONCILE,
        title="突合",
        doc=DOC,
        tags=[Tag.RECONCILE],
        runs=["scheduled", "manual", "asset_triggered"],
        schedule=AssetOrTimeSchedule(timetable=times, assets=[registered(site)]),
    ):
        due = DutyOperator(
            task_id="due",
            task_display_name="期日を待つ",
            folder=str(site.path),
            wait_for="end",
            duty=duties.reconciliation_due,
        )
        ask = AskOperator(
            task_id="ask",
            task_display_name="突合の依頼",
            folder=str(site.path),
            role="collation_requester",
            subject="突合を依頼しますか",
            body="登録された副本を、突合用ファイルで正本と比べます。依頼した方は承認できません。",
        )
        plan = DutyOperator(
            task_id="plan",
            task_display_name="計画の作成",
            folder=str(site.path),
            duty=duties.plan_reconciliation,
            needs=["ask"],
        )
        approve = ApproveOperator(
            task_id="approve",
            task_display_name="計画の承認",
            folder=str(site.path),
            role="collation_manager",
            of="plan",
            subject="突合の計画を承認しますか",
            body=BODY,
        )
        carry_out = CollateOperator(
            task_id="carry_out",
            task_display_name="突合の実行と比較",
            folder=str(site.path),
            duty=duties.carry_out_reconciliation,
            needs=["plan"],
            outlets=[reconciled(site)],
        )
        due >> ask >> plan >> approve >> carry_out
