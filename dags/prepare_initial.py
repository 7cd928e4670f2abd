"""初期登録の準備: the full extract of one 特定個人情報, planned into the allotted windows, by hand."""

from __future__ import annotations

from airflow.sdk import Param

from fukuhon.site import load
from fukuhon_airflow import duties
from fukuhon_airflow.assets import prepared
from fukuhon_airflow.factory import Tag, duty_dag
from fukuhon_airflow.operators import DutyOperator
from fukuhon_airflow.sites import Duty, sites

DOC = """\
### 初期登録の準備

一つの特定個人情報について、対象となる正本をすべて取り出し、登録ルールで副本にし、品質を検査し、ファイルに分けて、
割り当てられた送信枠に入れます。検査に通らない記録は隔離され、理由とともに報告されます。

* 特定個人情報ごとに、手動で実行します。送信は「送信」が送信枠の中で行います。
"""

for site in sites():
    codes = [spi.code for spi in load(site.path).spis]
    with duty_dag(
        site,
        Duty.INITIAL,
        title="初期登録の準備",
        doc=DOC,
        tags=[Tag.PREPARE, Tag.BY_HAND],
        runs=["manual"],
        params={"spi": Param(codes[0], type="string", enum=codes, title="特定個人情報名コード")},
    ):
        DutyOperator(
            task_id="prepare",
            task_display_name="抽出・検査・ファイル作成・割り当て",
            folder=str(site.path),
            duty=duties.prepare_initial,
            outlets=[prepared(site)],
        )
