"""別紙5: the progress of 初期登録 as of a cut-off day (seed 1.4.3)."""

from __future__ import annotations

from fukuhon.windows.schedule import duty_times
from fukuhon_airflow import duties
from fukuhon_airflow.factory import Tag, duty_dag
from fukuhon_airflow.operators import DutyOperator
from fukuhon_airflow.sites import Duty, sites
from fukuhon_airflow.timetables import DutyTimetable

DOC = """\
### 別紙5の作成

報告の期日に、別紙5（本番用副本初期登録進捗状況確認シート）を帳簿から作ります。実績の日は、結果を確認したものだけを書きます。
シートは作業フォルダーの `reports` に入ります。都道府県への提出は人が行います。

* 予定の日（`schedule.yaml` の `report_progress`）に自動で動きます。手動でも実行できます。
"""

for site in sites():
    with duty_dag(
        site,
        Duty.PROGRESS,
        title="別紙5の作成",
        doc=DOC,
        tags=[Tag.REPORT],
        runs=["scheduled", "manual"],
        schedule=DutyTimetable.of_times(duty_times(site.path, Duty.PROGRESS)),
    ):
        DutyOperator(
            task_id="write",
            task_display_name="別紙5の作成",
            folder=str(site.path),
            wait_for="end",
            duty=duties.report_progress,
        )
