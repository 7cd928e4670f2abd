"""送信: one run a window; the order goes into the ledger, the sender sends, this only watches."""

from __future__ import annotations

from fukuhon.windows.schedule import upload_windows
from fukuhon_airflow.assets import prepared
from fukuhon_airflow.factory import UPLOAD_POOL, Tag, duty_dag
from fukuhon_airflow.operators import SendWindowOperator, WaitOperator
from fukuhon_airflow.sites import Duty, sites
from fukuhon_airflow.timetables import WindowTimetable

DOC = """\
### 送信

送信枠ごとに一回動きます。枠が開くのを待ち、「この枠で、計画されたものを送る」という指示を台帳に書き、枠が終わるまで見守り
ます。実際に送るのは送信係（`fukuhon sender`）だけで、同時に送るのは団体全体で一つです。

* このタスクを消去・失敗扱い・強制終了しても、送信中のファイルは最後まで送られます。もう一度動かすと、同じ指示を見守り
  ます。
* 「失敗」は「送られていない」という意味ではありません。台帳の状態を確認してください。
* 前の枠が終わっていないか、成否の不明なファイルがある間は、次の枠は始まりません。
"""

for site in sites():
    with duty_dag(
        site,
        Duty.UPLOAD,
        title="送信",
        doc=DOC,
        tags=[Tag.SEND],
        runs=["scheduled"],
        schedule=WindowTimetable((w.interval.start, w.interval.end) for w in upload_windows(site.path)),
    ):
        wait = WaitOperator(
            task_id="wait_for_window",
            task_display_name="枠が開くのを待つ",
            folder=str(site.path),
            wait_for="start",
        )
        send = SendWindowOperator(
            task_id="send_window",
            task_display_name="送信の指示と見守り",
            folder=str(site.path),
            pool=UPLOAD_POOL,
            inlets=[prepared(site)],
        )
        wait >> send
