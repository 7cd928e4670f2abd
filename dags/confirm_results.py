"""結果確認: what the night's batch made of the files; few looks, at the times of the schedule."""

from __future__ import annotations

from fukuhon.windows.schedule import duty_times
from fukuhon_airflow import duties
from fukuhon_airflow.assets import registered
from fukuhon_airflow.factory import Tag, duty_dag
from fukuhon_airflow.operators import NewsOperator
from fukuhon_airflow.sites import Duty, sites
from fukuhon_airflow.timetables import DutyTimetable

DOC = """\
### 登録結果の確認

夜間の処理の後で、送信したファイルの結果（処理待ち・処理完了・処理エラー、件数、エラー件数）を一度だけ確認し、台帳に記録
します。**処理完了は成功を意味しません。** 件数の差やエラーの記録は、訂正すべきものとして残ります。

* 予定の時刻に自動で動きます。サーバーに負担をかけないため、同じ照会を繰り返しません。
"""

for site in sites():
    with duty_dag(
        site,
        Duty.CONFIRM,
        title="登録結果の確認",
        doc=DOC,
        tags=[Tag.CONFIRM],
        runs=["scheduled", "manual"],
        schedule=DutyTimetable.of_times(duty_times(site.path, Duty.CONFIRM)),
    ):
        NewsOperator(
            task_id="confirm",
            task_display_name="結果の照会と記録",
            folder=str(site.path),
            wait_for="end",
            duty=duties.confirm_results,
            asset=registered(site),
            is_news=duties.has_registered,
        )
