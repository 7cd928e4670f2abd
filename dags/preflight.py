"""開始前点検: the preconditions of seed 1.3, before opening on the days of the schedule."""

from __future__ import annotations

from fukuhon.windows.schedule import duty_times
from fukuhon_airflow import duties
from fukuhon_airflow.factory import Tag, duty_dag
from fukuhon_airflow.operators import DutyOperator
from fukuhon_airflow.sites import Duty, sites
from fukuhon_airflow.timetables import DutyTimetable

DOC = """\
### 開始前点検

副本登録の前提（ファイルの準備、通常実行モード、マスター、アカウントと有効期限、端末、既存システムの本番切替、VPN など）
を一つずつ、根拠とともに確認します。満たされない項目があれば失敗します。ログに項目と次の手順が出ます。

* 予定の日の開庁前に自動で動きます。手動でも実行できます。
"""

for site in sites():
    with duty_dag(
        site,
        Duty.PREFLIGHT,
        title="開始前点検",
        doc=DOC,
        tags=[Tag.CHECK],
        runs=["scheduled", "manual"],
        schedule=DutyTimetable.of_times(duty_times(site.path, Duty.PREFLIGHT)),
    ):
        DutyOperator(
            task_id="check",
            task_display_name="前提の確認",
            folder=str(site.path),
            wait_for="end",
            duty=duties.check_preconditions,
        )
