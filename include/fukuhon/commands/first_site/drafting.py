"""Rule books, queries and suites of a site that is begun, written from what fits; what does not is listed by name.

Nothing is made up: what has no column has no rule, and ``fukuhon rules check``, ``fukuhon doctor`` and every
preparation refuse until a person has said what becomes of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from fukuhon.commands.first_site.matching import REGISTER, Matched, plain

if TYPE_CHECKING:
    from fukuhon.commands.first_site.answers import DatasetAnswer
    from fukuhon.layouts import DatasetLayout
    from fukuhon.originals import ColumnKind

__all__ = ["Draft", "count_query", "expectations", "quoted", "register_query", "rule_book", "select"]

_DIALECT_QUOTES = {"mysql": "`"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a dataset's files are written from."""

    answer: DatasetAnswer
    layout: DatasetLayout
    make: str
    table: str
    columns: Mapping[str, ColumnKind]
    matched: Matched
    day: date

    def alias(self, column: str) -> str:
        """The name by which rules call a column: a word, no number in front."""
        name = re.sub(r"\W", "_", column)
        return f"c_{name}" if not re.match(r"[^\W\d]", name) or name in {"row_no", "as_of"} else name

    def quoted(self, name: str) -> str:
        """A name in the source's own SQL."""
        return _sql_name(self.make, name)


def quoted(text: str) -> str:
    """Text as YAML takes it, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)


def select(draft: Draft) -> str:
    """The query: every column of the table, in the order of the key."""
    parts = [_selected(draft, column) for column in draft.columns]
    key = draft.matched.columns.get("record_key")
    order = f"\nORDER BY {draft.quoted(key)}" if key else ""
    head = (
        f"-- {draft.layout.name}：一行が一つの記録。:as_of（どの日の終わりの状態か）で絞る条件があれば WHERE に書く。\n"
    )
    return (
        f"{head}SELECT {(chr(44) + chr(10) + '       ').join(parts)}\nFROM {_table(draft.make, draft.table)}{order}\n"
    )


def count_query(draft: Draft) -> str:
    """The count of the same records, taken apart from the query."""
    by = draft.answer.variation
    variation = draft.quoted(by) if by else "'全件'"
    group = "\nGROUP BY 1" if by else ""
    head = "-- 抽出とは別に数える。区分（業務バリエーション）と件数の二列。抽出の WHERE を写さず、台帳の側から書く。\n"
    table = _table(draft.make, draft.table)
    return f"{head}SELECT {variation} AS variation, count(*) AS records\nFROM {table}{group}\n"


def register_query(make: str, table: str, matched: Matched) -> str:
    """The addressee register; a column that was not found is named in a comment and refused when it is read."""
    names = matched.columns
    parts = [f"{_sql_name(make, names[key])} AS {key}" for key in REGISTER if key in names]
    lacking = "".join(f"-- 列がない：{one.told}（この列を足すまで、準備は止まる）\n" for one in matched.lacking)
    select_ = ",\n                ".join(parts) or "1 AS nothing"
    head = "-- 団体内統合宛名：一人一行。dv は支援措置の有無（0 か 1）。\n"
    return f"{head}{lacking}SELECT DISTINCT {select_}\nFROM {_table(make, table)}\n"


def rule_book(draft: Draft) -> str:
    """The starter rule book."""
    columns = "".join(f"  {draft.alias(name)}: {kind}\n" for name, kind in draft.columns.items())
    return (
        f"# {draft.layout.name}（{draft.layout.spi_name}）の登録ルール。書き方は docs/rules.md、項目はレイアウト "
        f"{draft.layout.version}。\n"
        f"# 名前の同じ列だけを結び付けてある。「fukuhon rules check」が残りを名前で示す。\n"
        f"dataset: {draft.layout.code}\ncolumns:   # 抽出のSQLが返す列。キーにする列は text（先頭の0のため）\n{columns}"
        f"keys:\n{_keys(draft)}{_withhold(draft)}"
        "# scope: 対象外の条件。初めに TRUE になったものが理由になる（例：終わった支給）。\n"
        "scope: []\n"
        f"variation: {quoted(_variation(draft))}   # 業務バリエーション。件数はこの区分ごとに突き合わせる\n"
        f"{_publication(draft)}items:\n{_items(draft)}{_examples(draft)}"
    )


def expectations(spi: str, drafts: list[Draft]) -> str:
    """The site's own suite, empty but for what the layout brings: what to write is the department's knowledge."""
    datasets = "".join(f"  {draft.layout.code}: []\n" for draft in drafts)
    return (
        "# データ品質の規則。桁・コード・必須・キーの重複はレイアウトから来るので、書かなくてよい。\n"
        "# ここには、登録ルールの式とは別の道で確かめられることを書く（docs/expectations.md）。\n"
        f"spi: {spi}\ndatasets:\n{datasets}"
    )


def _selected(draft: Draft, column: str) -> str:
    name, alias = draft.quoted(column), draft.alias(column)
    return name if alias == column else f"{name} AS {alias}"


def _sql_name(make: str, name: str) -> str:
    mark = _DIALECT_QUOTES.get(make, '"')
    return mark + name.replace(mark, mark * 2) + mark


def _table(make: str, table: str) -> str:
    return ".".join(_sql_name(make, part) for part in table.split("."))


def _keys(draft: Draft) -> str:
    lines = []
    for key, comment in (
        ("addressee", "宛名番号（15桁）"),
        ("record_key", f"データセットレコードのキー：{draft.layout.record_key.name}"),
        ("record_version", "版"),
    ):
        column = draft.matched.columns.get(key)
        if column is not None:
            lines.append(f"  {key}: {draft.alias(column)}   # {comment}\n")
        elif key != "record_version" or draft.layout.versioned:
            lines.append(f"  # {key}:   {comment} に当たる列がない。列を書いて # を取る\n")
    return "".join(lines)


def _withhold(draft: Draft) -> str:
    names = {plain(name) for name in REGISTER["dv"]}
    column = next((draft.alias(name) for name in draft.columns if plain(name) in names), None)
    if column is None:
        return "# withhold: 対象だが、今は送らない条件（例：DV等の支援措置）。\nwithhold: []\n"
    when = column if draft.columns.get(column) == "boolean" else f"CAST({column} AS VARCHAR) = '1'"
    return (
        f"withhold:\n  - {{id: WH-DV, when: {quoted(when)}, reason: DV等の支援措置, "
        "wording: 支援措置の対象者は、自動応答の制限を設定し終えるまで送らない。, source: 要領 4.3}\n"
    )


def _variation(draft: Draft) -> str:
    return f"CAST({draft.alias(draft.answer.variation)} AS VARCHAR)" if draft.answer.variation else "'全件'"


def _publication(draft: Draft) -> str:
    column = draft.matched.columns.get("publication_from")
    if draft.layout.publication == "none":
        return ""
    if column is None:
        return "publication: {from: null, to: null}   # 公開開始日・公開終了日（日付の式）\n"
    sql = draft.alias(column) if draft.columns[column] == "date" else f"known_date(wareki_date({draft.alias(column)}))"
    return f"publication: {{from: {quoted(sql)}, to: null}}\n"


def _items(draft: Draft) -> str:
    lines = []
    for item in draft.layout.items:
        column = draft.matched.columns.get(item.code)
        if column is None:
            need = "必須" if item.required else "必須ではない"
            lines.append(
                f"  # {item.code} {item.name}（{need}）：列が見つからない。sql に式を書くか、使わないなら null\n"
            )
            continue
        name = draft.alias(column)
        text = draft.columns[column] == "text"
        wrapped = {"text": "shrink", "kana": "kana", "date": "wareki_date"}.get(item.kind) if text else None
        sql = f"{wrapped}({name})" if wrapped else name
        how = {"shrink": "JIS X 0213 の字に縮退する", "kana": "全角カナにする", "wareki_date": "西暦にする"}
        said = f"{item.name}。列「{column}」を{how[wrapped] if wrapped else 'そのまま'}"
        lines.append(f"  {item.code}: {{sql: {quoted(sql)}, wording: {quoted(said)}, source: {draft.answer.source}}}\n")
    return "".join(lines)


def _examples(draft: Draft) -> str:
    columns = draft.matched.columns
    if not {"addressee", "record_key"} <= set(columns):
        return "examples: []   # 例（行 → 記録）は試験として計算される\n"
    row = {columns["addressee"]: "000000000000001", columns["record_key"]: "1"}
    filled = ", ".join(f'{draft.alias(name)}: "{value}"' for name, value in row.items())
    key = "000000000000001" if columns["addressee"] == columns["record_key"] else "1"
    return (
        "examples:   # 例（行 → 記録）。試験として計算される。対象外・留保・式の一つ一つに足していく\n"
        f"  - {{name: 鍵はそのまま渡る, as_of: {draft.day}, row: {{{filled}}}, "
        f'expect: {{record_key: "{key}"}}}}\n'
    )
