"""``fukuhon quarantine``: what is held back, since when and why, and what two people decide about it.

No value of a record is shown: a record is named by the beginning of its keyed hash and by the row of the extract.
"""
# ruff: noqa: PLC0415 - --help stays quick

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fukuhon.commands.acting import at_desk, decider
from fukuhon.commands.group import Verb
from fukuhon.commands.options import HERE, AsJson, Dataset, SiteFolder
from fukuhon.commands.telling import finish, table

if TYPE_CHECKING:
    from rich.console import Console

    from fukuhon.ledger.quarantines import Turn
    from fukuhon.registration.decisions import Decision
    from fukuhon.registration.desk import Desk

__all__ = ["STANDINGS", "app"]

app = typer.Typer(no_args_is_help=True, help="留め置いた記録：待ち、訂正、解放、除外とその経過。")

STANDINGS = {
    "arrived": "新しく",
    "waiting": "待ち",
    "released": "解放",
    "excluded": "除外",
    "corrected": "訂正済み",
    "withheld": "保留（登録ルール）",
    "gone": "対象から消えた",
}
_LISTED = 50

Which = Annotated[str, typer.Option("--dataset", metavar="TK…", help="データセットの識別項目コード。")]
Refs = Annotated[list[str] | None, typer.Option("--ref", metavar="参照", help="記録の参照（幾つでも）。")]
RuleId = Annotated[str | None, typer.Option("--rule", metavar="番号", help="この規則だけに適合しない記録。")]
Reason = Annotated[str, typer.Option("--reason", metavar="理由", help="なぜそうしてよいか（個人の値は書かない）。")]
Until = Annotated[str, typer.Option("--until", metavar="日付", help="いつまでか。過ぎると待ちに戻る。")]


@app.command(cls=Verb, name="list", help="規則ごとの件数と最も古い日。--rule か --ref があれば一件ずつ。")
def listed(
    *,
    dataset: Dataset = None,
    rule: RuleId = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Tell what is held back, by rule; with a rule, record by record."""
    from fukuhon.calendars import tokyo_day
    from fukuhon.registration.quarantine import groups, standing

    found: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    with at_desk(site, reads=True) as desk, desk.ledger.reading() as reader:
        today = tokyo_day(desk.now())
        for code in _datasets(desk, dataset):
            waiting = standing(desk, reader, code)
            for group in groups(code, waiting):
                if rule in {None, group.rule}:
                    days = (today - group.oldest).days
                    found.append(
                        {
                            "dataset": code,
                            "state": group.state,
                            "rule": group.rule,
                            "records": group.records,
                            "oldest": group.oldest,
                            "days": days,
                        }
                    )
            if rule is not None:
                records += _records(code, waiting, rule, today)
    finish(
        {"groups": found, "records": records}, lambda console: _groups_text(console, found, records), as_json=as_json
    )


def _records(dataset: str, waiting: Any, rule: str, today: date) -> list[dict[str, Any]]:
    from fukuhon.registration.quarantine import references

    rows = zip(references(waiting), waiting.select(["row_no", "reasons", "since", "state"]).to_pylist(), strict=True)
    return [
        {
            "ref": ref,
            "dataset": dataset,
            "row": row["row_no"],
            "state": row["state"],
            "rules": row["reasons"],
            "since": row["since"],
            "days": (today - row["since"]).days,
        }
        for ref, row in rows
        if rule in row["reasons"]
    ]


def _groups_text(console: Console, found: Sequence[dict[str, Any]], records: Sequence[dict[str, Any]]) -> None:
    if not found:
        console.print("留め置いた記録はありません。")
        return
    names = ("データセット", "扱い", "規則", "件数", "最も古い日", "日数")
    rows = [(g["dataset"], STANDINGS[g["state"]], g["rule"], g["records"], g["oldest"], g["days"]) for g in found]
    console.print(table(names, rows))
    if records:
        console.print(
            table(
                ("参照", "抽出の行", "扱い", "規則", "いつから", "日数"),
                [
                    (r["ref"], r["row"], STANDINGS[r["state"]], "、".join(r["rules"]), r["since"], r["days"])
                    for r in records[:_LISTED]
                ],
            )
        )
    if len(records) > _LISTED:
        console.print(f"ほかに {len(records) - _LISTED:,} 件（一覧は実行のフォルダーの訂正一覧にあります）")


@app.command(cls=Verb, name="show", help="一つの記録：適合しない規則と直し方、これまでの経過。値は出さない。")
def show(
    ref: Annotated[str, typer.Argument(metavar="参照", help="「fukuhon quarantine list --rule …」が示す参照。")],
    *,
    dataset: Which,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Tell why one record is held back, how to correct it, and how each run saw it."""
    from fukuhon.registration.material import data_day
    from fukuhon.registration.quarantine import history, one, rules_of, standing

    with at_desk(site, reads=True) as desk:
        desk.site.dataset(dataset)
        with desk.ledger.reading() as reader:
            rows = one(standing(desk, reader, dataset), ref, dataset)
            sights = history(desk, reader, dataset, rows["identity_hash"][0].as_py())
        known = rules_of(desk, dataset, data_day(desk.now()))
    failed = list(dict.fromkeys(rule for reasons in rows["reasons"].to_pylist() for rule in reasons))
    rules = [
        {"id": name, "wording": known[name].wording, "correct": known[name].correct or _CORRECT}
        for name in failed
        if name in known
    ]
    body = {"ref": ref, "dataset": dataset, "rows": rows["row_no"].to_pylist(), "rules": rules, "history": sights}

    def told(console: Console) -> None:
        console.print(f"{dataset}　参照 {ref}　抽出の行 {'、'.join(str(row) for row in body['rows'])}")
        for rule in rules:
            console.print(f"・{rule['wording']}（{rule['id']}）")
            console.print(f"　→ {rule['correct']}")
        rows = [(s.run, s.day, STANDINGS[s.state], "、".join(s.reasons), s.since, s.approval) for s in sights]
        console.print(table(("実行", "正本の日", "扱い", "規則", "いつから", "申請"), rows))

    finish(body, told, as_json=as_json)


_CORRECT = "正本の該当する項目を確かめて直す。"


@app.command(cls=Verb, name="release", help="規則に適合しないまま登録することを申請する（もう一人が承認する）。")
def release(  # noqa: PLR0913  # options
    *,
    dataset: Which,
    reason: Reason,
    until: Until,
    ref: Refs = None,
    rule: RuleId = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask to let records out."""
    _asked("released", (dataset, reason, until), ref or [], rule, site=site, as_json=as_json)


@app.command(cls=Verb, name="exclude", help="登録しないままにすることを申請する（もう一人が承認する）。")
def exclude(  # noqa: PLR0913  # options
    *,
    dataset: Which,
    reason: Reason,
    until: Until,
    ref: Refs = None,
    rule: RuleId = None,
    site: SiteFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """Ask to leave records out."""
    _asked("excluded", (dataset, reason, until), ref or [], rule, site=site, as_json=as_json)


def _asked(  # noqa: PLR0913  # what the two verbs share
    decision: Decision,
    what: tuple[str, str, str],
    refs: Sequence[str],
    rule: str | None,
    *,
    site: Any,
    as_json: bool,
) -> None:
    from fukuhon.commands import instants
    from fukuhon.errors import ConfigurationError
    from fukuhon.registration.decisions import Asked
    from fukuhon.registration.quarantine import ask_for

    dataset, reason, until = what
    if not refs and rule is None:
        raise ConfigurationError("COMMANDS-070")
    with at_desk(site) as desk:
        desk.site.dataset(dataset)
        desk.actor = decider(desk, "officer", "administrator", "collation_manager").name
        approval = ask_for(desk, Asked(decision, dataset, reason, instants.day(until)), refs=refs, rule=rule)
    text = f"申請 {approval.id}：{approval.subject}。もう一人が「fukuhon approve {approval.id}」で承認します。"
    finish({"approval": approval}, lambda console: console.print(text), as_json=as_json)


@app.command(cls=Verb, name="history", help="実行ごとの増減：前からの件数と、訂正・解放・除外・待ちの内訳。")
def history(*, dataset: Dataset = None, site: SiteFolder = HERE, as_json: AsJson = False) -> None:
    """Tell, run by run, what came, what left and how; the sums of each line close."""
    from fukuhon.ledger import quarantines, runs

    lines: list[dict[str, Any]] = []
    with at_desk(site, reads=True) as desk, desk.ledger.reading() as reader:
        days = {run.id: run.key.day for run in runs.find(reader)}
        for code in _datasets(desk, dataset):
            by_run: dict[int, list[Turn]] = {}
            for turn in quarantines.find(reader, dataset=code):
                by_run.setdefault(turn.run_id, []).append(turn)
            lines += [_line(run, days[run], code, turns) for run, turns in by_run.items()]
    lines.sort(key=lambda line: (line["run"], line["dataset"]))
    names = ("before", "arrived", "corrected", "withheld", "gone", "released", "excluded", "waiting")
    heads = ("実行", "日", "データセット", "前から", "新しく", "訂正済み", "保留へ", "消えた", "解放", "除外", "待ち")
    rows = [(line["run"], line["day"], line["dataset"], *(line[name] for name in names)) for line in lines]
    finish({"runs": lines}, lambda console: console.print(table(heads, rows)), as_json=as_json)


def _line(run: int, day: date, dataset: str, turns: Sequence[Turn]) -> dict[str, Any]:
    """before + arrived = corrected + withheld + gone + released + excluded + waiting."""
    line: dict[str, Any] = {
        "run": run,
        "day": day,
        "dataset": dataset,
        "before": sum(turn.records for turn in turns if turn.came_from != "arrived"),
        "arrived": sum(turn.records for turn in turns if turn.came_from == "arrived"),
    }
    for state in ("corrected", "withheld", "gone", "released", "excluded", "waiting"):
        line[state] = sum(turn.records for turn in turns if turn.state == state)
    return line


def _datasets(desk: Desk, dataset: str | None) -> list[str]:
    """All datasets, or the one. Raises ConfigurationError SITE-010."""
    return [each.code for each in desk.site.datasets()] if dataset is None else [desk.site.dataset(dataset).code]
