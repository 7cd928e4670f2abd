"""The sheet beside a file in the outbox: A4, to be printed and ticked off at the 中間サーバー接続端末."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from fukuhon.windows import Channel

if TYPE_CHECKING:
    from fukuhon.server.terminal import Handout

__all__ = ["page", "sheet"]

_STYLE = """
@page { size: A4 portrait; margin: 16mm; }
body { font-family: "Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic", "Meiryo", sans-serif; font-size: 10.5pt;
  line-height: 1.6; max-width: 178mm; margin: 8mm auto; color: #111; }
h1 { font-size: 16pt; margin: 0 0 2mm; } h2 { font-size: 12pt; margin: 6mm 0 2mm; }
table { border-collapse: collapse; width: 100%; } th, td { border: 1px solid #555; padding: 1.5mm 2.5mm; }
th { background: #eee; text-align: left; width: 38mm; font-weight: 600; } tr { break-inside: avoid; }
td.fill { height: 9mm; } .by { border: 2px solid #b00; padding: 2mm 3mm; font-size: 12pt; margin: 4mm 0; }
ol { padding-left: 7mm; } li { margin-bottom: 1.5mm; break-inside: avoid; } code { overflow-wrap: anywhere; }
li::marker { font-weight: 600; } .box { display: inline-block; width: 4mm; height: 4mm; border: 1px solid #111;
  margin-right: 2mm; vertical-align: -0.6mm; }
@media print { body { margin: 0; } }
"""
_REGISTRATIONS = {"pretest": "事前の副本アップロード", "initial": "初期登録", "differential": "差分登録"}
_OPERATIONS = {"register": "登録", "delete": "削除"}


def page(title: str, body: str) -> str:
    """A whole page of a sheet; ``body`` is HTML already."""
    return (
        '<!doctype html>\n<html lang="ja"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>{escape(title)}</title><style>{_STYLE}</style></head>\n'
        f"<body><h1>{escape(title)}</h1>\n{body}</body></html>\n"
    )


def sheet(handout: Handout) -> str:
    """The sheet as HTML; every name in it is escaped. It holds counts and codes, no value of a record."""
    facts = [
        ("団体", handout.body),
        ("ファイル", handout.name),
        ("SHA-256", handout.sha256),
        ("大きさ・件数", f"{handout.bytes:,} バイト・{handout.records:,} 件"),
        ("特定個人情報名コード", handout.spi),
        ("データセットの識別項目コード", handout.dataset),
        ("レイアウトの版", handout.layout),
        ("登録の種類", f"{_REGISTRATIONS[handout.registration]}（{_OPERATIONS[handout.operation]}）"),
        ("登録方法", _method(handout.channel)),
        ("ログインするユーザID", handout.requester),
        ("払い出し", _at(handout.handed)),
    ]
    rows = "".join(f"<tr><th>{escape(name)}</th><td><code>{escape(value)}</code></td></tr>" for name, value in facts)
    steps = "".join(f'<li><span class="box"></span>{step}</li>' for step in _steps(handout))
    return page(
        "副本アップロード作業票（中間サーバー接続端末）",
        f"<table>{rows}</table>\n{_limit(handout)}<h2>手順</h2>\n<ol>{steps}</ol>\n{_FORM}",
    )


def _method(channel: Channel) -> str:
    return "中間サーバー接続端末（定時）" if channel.scheduled else "中間サーバー接続端末（即時）"


def _limit(handout: Handout) -> str:
    if handout.begin_by is None or handout.window_end is None:
        return ""
    return (
        f'<p class="by"><strong>{_at(handout.begin_by)}</strong> までにアップロードを始めてください'
        f"（送信枠の終わりは {_at(handout.window_end)}）。"
        "過ぎていたら、始めずにシステム管理者に連絡してください。</p>\n"
    )


def _at(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M")


def _command(name: str) -> str:
    return f'fukuhon receipt enter --file {name} --number 受付番号 --received "年-月-日 時:分"'


def _steps(handout: Handout) -> list[str]:
    name, user, kind = escape(handout.name), escape(handout.requester), "定時" if handout.channel.scheduled else "即時"
    steps = [
        f"フォルダー内の <code>{name}</code> を、団体で定めた媒体で接続端末に移す。ファイルを開いて保存し直さない。",
        f"接続端末で SHA-256 を計算し（<code>certutil -hashfile {name} SHA256</code>）、上の値と同じことを確かめる。",
        f"中間サーバーに <code>{user}</code> でログインし、実行モードが通常実行モードであることを確かめる。",
        "".join(
            [
                f"［特定個人情報管理］で <code>{name}</code> を選び、処理方法が<strong>{kind}</strong>であることを",
                "確かめてアップロードする。始めたら途中で止めない。ほかのアップロードを同時に行わない。",
            ]
        ),
        "受付の画面に出た中間サーバー受付番号と受付日時を、下の欄に書き写す。二人で読み合わせる。",
        f"次のとおり受付を入力する。入力するまで、次のファイルは払い出されない。<br><code>{_command(name)}</code>",
        "媒体と接続端末に置いたファイルを消す。フォルダーのファイルは、受付を入力すると自動で消える。",
    ]
    if not handout.channel.scheduled:
        steps.insert(
            3,
            "［要求ファイル登録結果一覧］で、前日の副本登録（定時処理）が全て完了していることを確かめる。"
            "処理待ちがあれば始めない（即時処理がエラーになり、定時処理も翌日に延びる）。",
        )
    return steps


_FORM = """<h2>受付（書き写す）</h2>
<table><tr><th>中間サーバー受付番号（22桁）</th><td class="fill"></td></tr>
<tr><th>受付日時（分まで）</th><td class="fill"></td></tr>
<tr><th>アップロードした者</th><td class="fill"></td></tr>
<tr><th>読み合わせた者</th><td class="fill"></td></tr></table>
<h2>うまくいかないとき</h2>
<p>途中で回線が切れた、エラーが出た、受付番号が分からないときは、<strong>もう一度アップロードせず</strong>、
システム管理者に連絡してください。届いたかどうかは登録結果一覧で確かめます
（システム管理者：<code>fukuhon receipt close</code>、続いて <code>fukuhon settle</code>）。</p>
"""
