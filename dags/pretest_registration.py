"""事前アップロード: a few real records of every dataset from every source, by hand (seed 1.4.2)."""

from __future__ import annotations

from fukuhon_airflow import duties
from fukuhon_airflow.assets import prepared
from fukuhon_airflow.factory import Tag, duty_dag
from fukuhon_airflow.operators import DutyOperator
from fukuhon_airflow.sites import Duty, sites

DOC = """\
### 事前の副本アップロード

すべての既存システムのすべてのデータセットから数件の本番データを取り出し、ファイルを作って送信枠に割り当てます。
割り当てのない日でも行えますが、通常実行モードの日に限られます。送信は「送信」が送信枠の中で行います。

* 手動で実行します。
"""

for site in sites():
    with duty_dag(
        site,
        Duty.PRETEST,
        title="事前アップロードの準備",
        doc=DOC,
        tags=[Tag.PREPARE, Tag.BY_HAND],
        runs=["manual"],
    ):
        DutyOperator(
            task_id="prepare",
            task_display_name="抽出・検査・ファイル作成・割り当て",
            folder=str(site.path),
            duty=duties.prepare_pretest,
            outlets=[prepared(site)],
        )
