"""What an item must be, in words for people: the form, when it is required, its codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fukuhon.layouts.model import Item, RequiredWhen

__all__ = ["CHARACTER_WORDS", "KIND_WORDS", "PUBLICATION_WORDS", "condition_words", "form_words", "required_words"]

KIND_WORDS = {"digits": "数字", "number": "数値", "date": "日付", "code": "コード", "text": "文字", "kana": "カナ"}
CHARACTER_WORDS = {"ascii": "半角英数字記号", "kana": "全角カタカナ", "jisx0213": "JIS X 0213"}
PUBLICATION_WORDS = {"required": "必須", "optional": "任意", "none": "なし"}


def form_words(item: Item) -> str:
    """Kind, length and limits: 数字4桁, 数値12桁以内（負の数も可）, 日付（不詳は00）."""
    if item.kind == "digits":
        count = f"{item.shortest}" if item.shortest == item.longest else f"{item.shortest}〜{item.longest}"
        return f"数字{count}桁"
    if item.kind == "number":
        return f"数値{item.digits}桁以内{'（負の数も可）' if item.signed else ''}{_range(item)}"
    if item.kind in {"text", "kana"}:
        count = f"{item.shortest}〜{item.longest}文字" if item.shortest else f"{item.longest}文字以内"
        return f"{KIND_WORDS[item.kind]}{count}（{CHARACTER_WORDS[item.characters]}）"
    if item.kind == "date":
        return f"日付{'（不詳は00）' if item.unknown else ''}"
    return f"コード（{len(item.codes)}種）"


def _range(item: Item) -> str:
    if (item.minimum, item.maximum) == (None, None):
        return ""
    least = "" if item.minimum is None else f"{item.minimum:,}"
    most = "" if item.maximum is None else f"{item.maximum:,}"
    return f"、{least}〜{most}"


def required_words(item: Item) -> str:
    """必須, 任意, or the condition."""
    if item.required:
        return "必須"
    return condition_words(item.required_when) if item.required_when else "任意"


def condition_words(when: RequiredWhen) -> str:
    """I0104 が 1・2 のとき必須."""
    told = "あるとき" if when.present else f" {'・'.join(when.equals)} のとき"
    return f"{when.item} が{told}必須"
