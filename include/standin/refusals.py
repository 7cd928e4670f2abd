"""What the server refuses, with the code, the status and the Japanese sentence of each refusal."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["FAULTS", "Refusal"]

# code: (HTTP status, sentence). The codes are those of include/messages/README.md.
FAULTS: dict[str, tuple[int, str]] = {
    "bad_request": (400, "要求の形式に誤りがあります。"),
    "bad_file": (400, "特定個人情報ファイルを読み取れません。"),
    "unknown_account": (401, "ユーザIDが登録されていません。"),
    "wrong_password": (401, "パスワードが違います。"),
    "account_expired": (403, "アカウント、部署又はパスワードの有効期限が切れています。"),
    "wrong_role": (403, "この操作の権限がありません。"),
    "unknown_device": (403, "接続機器が登録されていません。"),
    "wrong_mode": (409, "通常実行モードではないため、登録できません。"),
    "outside_window": (409, "登録できる日時ではありません。"),
    "over_volume": (409, "割り当てられたデータ量に達します。"),
    "busy": (409, "自団体の別のアップロードが実行中です。"),
    "over_cap": (409, "1日の差分登録の上限を超えます。"),
    "too_many_records": (409, "1回に送ることができる件数を超えています。"),
    "conflict": (409, "他の登録処理と競合しました。時間をおいて再実行してください。"),
    "key_reused": (409, "同じ要求キーで内容の異なるファイルが送られました。"),
    "not_one_minute": (400, "副本登録日時は、開始と終了に同じ日時を指定してください。"),
    "full_output": (400, "突合用ファイルの全件出力はできません。"),
    "no_dataset": (400, "データセットの識別項目コードを指定してください。"),
    "no_key": (400, "データセットレコードのキーを指定してください。"),
    "before_receipt": (400, "副本登録日時が、受付日時より前です。"),
    "after_completion": (400, "副本登録日時が、処理完了日時より後です。"),
    "not_completed": (409, "登録処理が完了していません。"),
    "same_person": (403, "依頼した者は、作成指示及び出力許可を行うことができません。"),
    "not_released": (409, "突合用ファイルの出力が許可されていません。"),
    "not_found": (404, "該当する情報がありません。"),
    "unavailable": (503, "現在、利用できません。"),
}


@dataclass
class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a breakdown
    """The server says no: a code of the contract, more detail if there is some, the violation it counts as."""

    code: str
    detail: str = ""
    violation: str | None = None
    status_override: int | None = None

    @property
    def status(self) -> int:
        """HTTP status of the answer."""
        return self.status_override or FAULTS[self.code][0]

    @property
    def message(self) -> str:
        """The sentence an officer reads."""
        sentence = FAULTS[self.code][1]
        return f"{sentence}({self.detail})" if self.detail else sentence

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
