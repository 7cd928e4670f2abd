"""What pydantic found, in Japanese, and never with the value that was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["in_japanese"]

_WORDING = {
    "missing": "必要な項目がありません",
    "extra_forbidden": "知らない項目です（つづりを確認してください）",
    "string_type": "文字で書いてください（数字だけのコードは引用符で囲みます）",
    "string_pattern_mismatch": "決められた形ではありません（形：{pattern}）",
    "string_too_short": "短すぎます（{min_length}文字以上）",
    "string_too_long": "長すぎます（{max_length}文字まで）",
    "literal_error": "使える値は {expected} です",
    "enum": "使える値は {expected} です",
    "greater_than": "{gt} より大きい値にしてください",
    "greater_than_equal": "{ge} 以上の値にしてください",
    "less_than_equal": "{le} 以下の値にしてください",
    "less_than": "{lt} より小さい値にしてください",
    "too_short": "少なくとも {min_length} 件必要です",
    "too_long": "多くても {max_length} 件までです",
    "value_error": "{error}",
    "dict_type": "「項目: 値」の形で書いてください",
    "model_type": "「項目: 値」の形で書いてください",
    "model_attributes_type": "「項目: 値」の形で書いてください",
    "list_type": "一覧（- 値、または [値, 値]）で書いてください",
    "tuple_type": "一覧（- 値、または [値, 値]）で書いてください",
    "is_instance_of": "書き方が違います",
}
_BY_PREFIX = {
    "int": "整数で書いてください",
    "bool": "true か false で書いてください",
    "date": "日付は YYYY-MM-DD で書いてください",
    "float": "数で書いてください",
    "decimal": "数で書いてください",
    "path": "ファイルの場所を文字で書いてください",
}


def in_japanese(found: ErrorDetails) -> str:
    """The sentence for one finding of pydantic."""
    kind = found["type"]
    text = _WORDING.get(kind) or _BY_PREFIX.get(kind.split("_", maxsplit=1)[0], "書き方が違います")
    facts = {key: str(value).replace(" or ", "、") for key, value in found.get("ctx", {}).items()}
    return text.format(**facts)
