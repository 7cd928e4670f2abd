"""差分登録の準備: what changed on each business day, as of its end; a missed day is backfilled."""

from __future__ import annotations

from fukuhon.windows.schedule import differential_days
from fukuhon_airflow import duties
from fukuhon_airflow.assets import prepared
from fukuhon_airflow.factory import Tag, duty_dag
from fukuhon_airflow.operators import DutyOperator
from fukuhon_airflow.sites import Duty, sites
from fukuhon_airflow.timetables import BusinessDayTimetable

DOC = """\
### 差分登録の準備

開庁日ごとに、その日の終わりの時点の正本と、受け付けられた副本の状態とを比べ、新規・変更・削除をファイルにして送信枠に
入れます。変更がなければファイルは作りません。

* 開庁日ごとに自動で動きます。できなかった日は `airflow backfill create` で、日の順にやり直せます。
* 送信は別の「送信」が行うので、準備のやり直しで送信枠が乱れることはありません。
"""

for site in sites():
    with duty_dag(
        site,
        Duty.DIFFERENTIAL,
        title="差分登録の準備",
        doc=DOC,
        tags=[Tag.PREPARE],
        runs=["scheduled", "backfill"],
        schedule=BusinessDayTimetable.of_days(differential_days(site.path)),
    ):
        DutyOperator(
            task_id="prepare",
            task_display_name="抽出・検査・差分・ファイル作成・割り当て",
            folder=str(site.path),
            wait_for="end",
            duty=duties.prepare_differential,
            outlets=[prepared(site)],
        )
