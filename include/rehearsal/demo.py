"""``make demo``: one city's tax records travel the whole road through Airflow into the stand-in, with sums that close.

Run again it goes on with one more, unchanged day. ``--fresh`` starts over. The exit status is 1 when an equation does
not hold, a violation was counted or a planted bad record was missed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from fukuhon.errors import FukuhonError
from rehearsal.driver_airflow import AirflowError
from rehearsal.driver_days import moments
from rehearsal.driver_office import AirflowOffice
from rehearsal.driver_schedule import one_more_day
from rehearsal.driver_world import BusyError, Plan, alone, leave_in_order, made_city, open_world
from rehearsal.judge import Judgement, judge
from rehearsal.judge_outputs import summary, write_outputs
from rehearsal.month import month
from rehearsal.supervisor import SupervisorError
from rehearsal.supervisor_airflow import ROOT
from rehearsal.terminal import Progress

__all__ = ["main", "play"]

_DONE = ".done"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo. Returns the exit status."""
    options = _parser().parse_args(arguments)
    leave_in_order()
    begun = options.folder.exists() and not (options.folder / _DONE).exists()
    try:
        if options.fresh or begun:  # what was broken off cannot be gone on with: the clock has moved
            start_over(options.folder)
        return play(month(options.folder, options.people, options.seed))
    except (BusyError, SupervisorError, AirflowError) as error:
        print(
            f"エラー: {error}\n記録：{options.folder / 'logs'}、{options.folder / 'airflow' / 'logs'}", file=sys.stderr
        )
    except FukuhonError as error:
        print(f"エラー: {error.code} {error.message}\n次の手順: {error.next_step}", file=sys.stderr)
    except KeyboardInterrupt:
        print("中断しました。もう一度実行すると、続きから、または最初から始めます。", file=sys.stderr)
        return 130
    return 1


def start_over(folder: Path) -> None:
    """Remove what an earlier run has left. Raises BusyError while one works there."""
    if folder.exists():
        with alone(folder):
            shutil.rmtree(folder)


def play(plan: Plan) -> int:
    """Play what is left of the days in the plan's folder, or one more day where nothing is. Returns the exit status."""
    progress = Progress()
    again = (plan.folder / _DONE).exists()
    if again:
        day = one_more_day(plan.site)
        progress.say(f"続きから：変更のない一日（{day}）を加えます")
    elif made_city(plan):
        progress.say(f"見本市を作りました（人口 {plan.people:,}）")
    with open_world(plan) as world:
        progress.say(f"起動しました：中間サーバー代行・送信係・Airflow（{world.airflow.home.url}）")
        office = AirflowOffice(world)
        for moment in moments(plan.site, world.standin.now()):
            progress.say(moment.happen(office), moment.at)
        judgement = judge(world.site, office.ledger, world.standin, plan.site / "truth")
        seconds = {"setup": setup_seconds(), **world.seconds, **office.seconds, "total": progress.seconds()}
        content = summary(office.ledger, plan.site, judgement, seconds)
        progress.say(write_outputs(plan.folder, plan.site, judgement, content))
    _tell(judgement)
    (plan.folder / _DONE).touch()
    return 0 if judgement.good else 1


def setup_seconds() -> float:
    """What set-up took in this run; 0 when nothing was missing."""
    noted = ROOT / ".venv" / ".setup-seconds"
    return float(noted.read_text()) if noted.exists() else 0.0


def _tell(judgement: Judgement) -> None:
    print()
    print(judgement.table())
    print()
    for line in judgement.verdict():
        print(line)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.demo", description="副本登録の一連の流れを試します。")
    parser.add_argument("--fresh", action="store_true", help="最初からやり直す")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "demo", help="作業フォルダー")
    parser.add_argument("--people", type=int, default=30_000, help="見本市の人口")
    parser.add_argument("--seed", type=int, default=1, help="乱数の種")
    return parser


if __name__ == "__main__":
    sys.exit(main())
