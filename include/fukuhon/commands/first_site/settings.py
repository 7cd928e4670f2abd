"""``site.yaml`` and ``schedule.yaml`` of a site that is begun, commented for those who will keep them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from fukuhon.commands.first_site.drafting import quoted

if TYPE_CHECKING:
    from fukuhon.commands.first_site.answers import Answers, DatasetAnswer
    from fukuhon.commands.first_site.looking import Seen

__all__ = ["ACCOUNTS", "schedule_yaml", "site_yaml"]

ACCOUNTS: Mapping[str, tuple[str, str]] = {
    "upload": ("gyomu001", "業務担当者：副本の登録と結果の照会"),
    "collation_requester": ("totsu001", "突合用ファイル出力担当者"),
    "collation_manager": ("seki001", "特定個人情報取扱責任者"),
    "administrator": ("kanri001", "システム管理者：前提作業の確認"),
}
_CLOCKS = {"system": "本番。機器の時計で動く", "standin": "練習。代行サーバーの時計で動く（本番にするときは system）"}


def site_yaml(answers: Answers, seen: Iterable[Seen], spis: Mapping[str, list[DatasetAnswer]], register: str) -> str:
    """The settings."""
    body = answers.body
    return f"""\
# {body.name}の設定。項目の意味と、ほかに書けることは docs/site-yaml.md。直したら「fukuhon doctor」で確かめる。
schema: 1
body:
  code: "{body.code}"
  name: {quoted(body.name)}
  prefecture: {quoted(body.prefecture)}
  group: {body.group}                  # 送信の時間帯のグループ（要領 1.5.2）
  opening: "08:30"          # 開庁時刻
  closed_extra: []          # 土日・祝日・年末年始のほかに閉庁する日
clock: {answers.clock}            # {_CLOCKS[answers.clock]}
folders: {{work: var/work}}   # 作業ファイル（0700）。個人の値はここから出ない
ledger: {{url: "sqlite:///var/ledger.db"}}   # 台帳。複数の機器で動かすときは PostgreSQL
hash_key: {{file: secrets/hash.key}}   # 鍵付きハッシュの鍵。なければ作られる。バックアップは別に保管する
server:
  url: {quoted(answers.server)}
  device: {quoted(answers.device)}          # 中間サーバーに登録した接続機器
  accounts:                 # パスワードは書かない。ファイル（0600）か環境変数で渡す
{_accounts(answers)}sources:                    # 正本のある既存システム。encoding などは init が見付けたもの
{"".join(_source(one) for one in seen)}register: {register}   # 団体内統合宛名（queries/register.sql）
spis:                       # 登録する特定個人情報とデータセット
{"".join(_spi(*one) for one in spis.items())}limits: {{}}                  # 既定の大きさと上限は docs/site-yaml.md
allotments: []              # 初期登録の割当て。通知（別紙2）のとおりに書く。例：
#  - {{days: [2017-05-10], from: "09:00", to: "12:00", bytes: 500000000, part: other}}
people:                     # 承認などを行う人。os_user は機器の利用者名、ui_user は画面の利用者名
{_people(answers)}"""


def schedule_yaml(first: date) -> str:
    """The body's own schedule, which begins with the pretest."""
    return f"""\
# いつ何を行うか。送信できる時間帯のうち、この団体が使うところ。
first_day: {first}
last_day: {_year_later(first)}
pretest: {{days: [{first}], from: "10:00", to: "12:00"}}   # 事前の副本アップロード（要領 1.4.2）
differential_days: []       # 初期登録の後は business（開庁日ごと）
duties:
  preflight:
    - {{days: [{first}], at: "09:30"}}
"""


def _accounts(answers: Answers) -> str:
    lines = []
    for key, (user, duty) in ACCOUNTS.items():
        account = answers.accounts.get(key)  # type: ignore[call-overload]
        password = account.password if account else None
        where = f"{{file: secrets/{key}}}"
        if password is not None:
            where = f"{{env: {password.env}}}" if password.env else f"{{file: {quoted(str(password.file))}}}"
        name = quoted(account.user) if account else user
        lines.append(f"    {key}: {{user: {name}, password: {where}}}   # {duty}\n")
    return "".join(lines)


def _source(seen: Seen) -> str:
    said = dict(seen.settings)
    lines = [f"  - id: {said.pop('id')}\n", f"    name: {quoted(said.pop('name'))}\n"]
    lines += [f"    {key}: {_value(value)}{_about(key, value)}\n" for key, value in said.items()]
    lines.append("    production: false       # 本番環境に切り替えたら true（要領 3.4.8）\n")
    return "".join(lines)


def _about(key: str, value: Any) -> str:
    if key != "history":
        return ""
    meaning = {
        "none": "過ぎた日の状態は分からない",
        "snapshots": "日ごとのファイルがある",
        "change_log": "異動履歴がある",
    }
    return f"           # {meaning[str(value)]}（none snapshots change_log）"


def _spi(code: str, datasets: list[DatasetAnswer]) -> str:
    lines = [f"  - code: {code}\n    datasets:\n"]
    for one in datasets:
        lines.append(f"      - code: {one.code}\n        source: {one.source}\n        query: {one.code}\n")
        if one.control_totals:
            totals = ", ".join(f"{quoted(name)}: {count}" for name, count in one.control_totals.items())
            lines.append(f"        control_totals: {{{totals}}}   # 正本の件数（控え）\n")
        else:
            lines.append(f"        count_query: {one.code}_count   # 抽出の件数を、別に数えて確かめる\n")
        lines.append(f"        expectations: own-{code}\n        channel: 3              # XMLデータ連携（1〜4）\n")
    return "".join(lines)


def _people(answers: Answers) -> str:
    if not answers.people:
        return "#  - {name: 業務 花子, os_user: hanako, ui_user: hanako, role: officer}\n  []\n"
    return "".join(
        f"  - {{name: {quoted(person.name)}, role: {person.role}"
        f"{f', os_user: {quoted(person.os_user)}' if person.os_user else ''}}}\n"
        for person in answers.people
    )


def _value(value: Any) -> str:
    """Any value as YAML takes it on one line."""
    if isinstance(value, str):
        plain = value.replace("-", "").replace("_", "").isalnum() and value.isascii() and not value[0].isdigit()
        return value if plain else quoted(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    return str(value)


def _year_later(day: date) -> date:
    return date(day.year + 1, 3, 31) if day.month < 4 else date(day.year + 2, 3, 31)
