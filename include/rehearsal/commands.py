"""Verbs of the rehearsal, mounted on the ``fukuhon`` command through the entry-point group ``fukuhon.commands``."""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount the verbs of the rehearsal on ``app``."""
    from rehearsal import standin_verbs  # noqa: PLC0415 - looked up only for help and for unknown verbs

    app.add_typer(standin_verbs.app, name="standin")
    app.command("sample", help="見本市（架空の団体）を生成し、すぐに動かせるサイトのフォルダーを作る。")(sample)


def sample(
    out: Annotated[Path, typer.Option("--out", help="作るフォルダー。中のデータは作り直す（パスワードは残す）。")],
    people: Annotated[int, typer.Option("--people", min=1000, help="人口。")] = 30_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="乱数の種。同じ種からは同じ市ができる。")] = 1,
    days: Annotated[
        int, typer.Option("--days", min=1, max=250, help="2017-05-08 から、日々の異動を作る開庁日の数。")
    ] = 4,
    as_json: Annotated[bool, typer.Option("--json", help="結果を JSON で出す。")] = False,  # noqa: FBT002
) -> None:
    """Generate the sample municipality into a folder that is a site."""
    from rehearsal.city import make_city, write_site  # noqa: PLC0415 - arrow and the drivers take their time to load

    began = time.monotonic()
    city = make_city(people, seed, days)
    write_site(city, out)
    first = city.truth.days[0].tallies()
    records = {dataset: sum(by["read"] for by in variations.values()) for dataset, variations in first.items()}
    told = {
        "site": str(out),
        "people": people,
        "seed": seed,
        "days": list(city.days),
        "quiet_day": city.quiet_day,
        "records": records,
        "seconds": round(time.monotonic() - began, 1),
        "cpu_seconds": round(time.process_time(), 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(f"見本市を作りました：{out}（人口 {people:,}、記録 {sum(records.values()):,} 件、{told['seconds']} 秒）")
