"""``make up``: the sample city, the stand-in, the sender and Airflow's screens, until Ctrl-C.

The same world as the demo's, where the demo has left it, or new. People start and answer on the screens; Enter moves
the stand-in's clock on to the next thing that the schedule has.
"""

from __future__ import annotations

import select
import sys
from pathlib import Path

from fukuhon.commands.acting import ROLE_NAMES
from rehearsal.driver_days import moments
from rehearsal.driver_world import BusyError, World, leave_in_order, open_world
from rehearsal.month import month
from rehearsal.supervisor import SupervisorError
from rehearsal.supervisor_airflow import ROOT

__all__ = ["main"]

_LOOK_S = 1.0


def main() -> int:
    """Start everything, say where it is, wait. Returns the exit status."""
    leave_in_order()
    print("起動しています…", flush=True)
    plan = month(ROOT / "var" / "demo")
    try:
        with open_world(plan) as world:
            _welcome(world)
            _serve(world)
    except (BusyError, SupervisorError) as error:
        print(f"エラー: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("終了しました。")
    return 0


def _serve(world: World) -> None:
    """Wait for Enter, while all is well; returns never."""
    while True:
        world.supervisor.check()
        readable, _, _ = select.select([sys.stdin], [], [], _LOOK_S) if sys.stdin.isatty() else _no_terminal()
        if readable and sys.stdin.readline():
            _step(world)


def _no_terminal() -> tuple[list[object], list[object], list[object]]:
    select.select([], [], [], _LOOK_S)
    return [], [], []


def _step(world: World) -> None:
    """Move the clock on to what comes next."""
    coming = moments(world.plan.site, world.standin.now())
    if not coming:
        print("予定はすべて終わりました（`make demo` で一日ずつ進められます）。", flush=True)
        return
    coming[0].before(world)
    world.standin.step(coming[0].at)
    print(f"{coming[0].at:%Y-%m-%d %H:%M}  {coming[0].what}", flush=True)


def _welcome(world: World) -> None:
    passwords = world.airflow.home.passwords()
    print(f"画面：{world.airflow.home.url}（終了は Ctrl-C）")
    for person in world.site.people:
        if person.ui_user:
            print(f"  {ROLE_NAMES[person.role]}：{person.ui_user} ／ {passwords[person.ui_user]}")
    print(f"模擬の時計：{world.standin.now():%Y-%m-%d %H:%M}（Enter で次の出来事まで進みます）")
    print(f"記録：{Path(world.plan.folder, 'logs')}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
