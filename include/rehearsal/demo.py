"""``make demo``: the registration month of a whole city, on the road through Airflow into the stand-in.

Run again it goes on with one more, unchanged day. ``--fresh`` starts over. The exit status is 1 when an equation does
not hold, a violation was counted or a planted bad record was missed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from fukuhon.errors import FukuhonError
from rehearsal.browser import Pictures, Shot, browser, logged_in
from rehearsal.driver_airflow import AirflowError
from rehearsal.driver_days import moments
from rehearsal.driver_office import AirflowOffice
from rehearsal.driver_schedule import one_more_day
from rehearsal.driver_watch import Watch
from rehearsal.driver_world import BusyError, Plan, World, alone, leave_in_order, open_world
from rehearsal.judge import Judgement, judge
from rehearsal.judge_outputs import summary, write_summary
from rehearsal.month import month
from rehearsal.papers import write_papers
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
    progress, watch = Progress(), Watch()
    if (plan.folder / _DONE).exists():
        progress.say(f"続きから：変更のない一日（{one_more_day(plan.site)}）を加えます")
    else:
        progress.say(f"見本市（人口 {plan.people:,}）を作り、起動します")
    with ExitStack() as stack:
        program = browser()
        pictures = stack.enter_context(Pictures(program)) if program else None
        with watch.phase("stopping"), ExitStack() as running:
            with watch.phase("starting"):
                world = running.enter_context(open_world(plan))
            progress.say(f"起動しました：中間サーバー代行・送信係・Airflow（{world.airflow.home.url}）")
            office = AirflowOffice(world)
            _live(world, office, progress, watch)
            judgement = _looked_at(plan, world, office, pictures, watch)
            work = world.airflow.work()
        with watch.phase("papers"):
            progress.say(_told_of_papers(plan, pictures))
    seconds = {"setup": setup_seconds(), **world.seconds, **office.seconds, **watch.seconds}
    write_summary(
        plan.folder,
        summary(office.ledger, plan.site, judgement, {**seconds, "total": progress.seconds()}, work),
    )
    _tell(judgement)
    print(watch.told(progress.seconds(), office.seconds, work))
    (plan.folder / _DONE).touch()
    return 0 if judgement.good else 1


def _live(world: World, office: AirflowOffice, progress: Progress, watch: Watch) -> None:
    """Let happen what is left of the days."""
    for moment in moments(world.plan.site, world.standin.now()):
        with watch.phase(moment.phase):
            told = moment.happen(office)
        if told is not None:
            progress.say(told, moment.at)


def _looked_at(plan: Plan, world: World, office: AirflowOffice, pictures: Pictures | None, watch: Watch) -> Judgement:
    """Judge the days and write the papers; meanwhile pictures are taken of the two pages, then of the papers."""
    folder = plan.folder / "pictures"
    folder.mkdir(exist_ok=True)
    with logged_in(world.airflow.as_(officer(world))) as address:
        if pictures:
            names = ("today", "calendar")
            pictures.ask([Shot(f"{address}/fukuhon/{name}", folder / f"page-{name}.png") for name in names])
        with watch.phase("judging"):
            judgement = judge(world.site, office.ledger, world.standin, plan.site / "truth")
        with watch.phase("papers"):
            pages = write_papers(plan.site, plan.folder / "reports", judgement.accounts)
            if pictures:
                pictures.taken()  # those of the pages, as long as somebody answers for them
                pictures.ask([shot for shot in _shots(pages, folder) if not shot.picture.exists()])
    return judgement


def _shots(pages: Sequence[Path], folder: Path) -> list[Shot]:
    """What is to be seen of the papers: each as a page, the day's sheet as it is printed, too."""
    shots = [Shot(page.resolve().as_uri(), folder / f"{page.stem}.png") for page in pages]
    return shots + [
        Shot(page.resolve().as_uri(), folder / f"{page.stem}.pdf") for page in pages if page.stem[:3] == "day"
    ]


def _told_of_papers(plan: Plan, pictures: Pictures | None) -> str:
    if pictures is None:
        return "報告書と様式を作りました。Chromium が見つからないため、画像は作りませんでした"
    return f"報告書と様式、その画像を作りました（今回{pictures.taken()}枚、{plan.folder / 'pictures'}）"


def setup_seconds() -> float:
    """What set-up took in this run; 0 when nothing was missing."""
    noted = ROOT / ".venv" / ".setup-seconds"
    return float(noted.read_text()) if noted.exists() else 0.0


def officer(world: World) -> str:
    """The officer's login."""
    return next(person.ui_user for person in world.site.people if person.role == "officer" and person.ui_user)


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
