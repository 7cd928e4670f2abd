"""``make up``: the sample city, the stand-in, the sender and Airflow's screens, until Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from rehearsal.driver_world import BusyError, Plan, World, open_world
from rehearsal.supervisor import SupervisorError
from rehearsal.supervisor_airflow import ROOT

__all__ = ["main"]

_ROLES = {
    "administrator": "システム管理者",
    "officer": "業務担当者",
    "collation_requester": "突合用ファイル出力担当者",
    "collation_manager": "特定個人情報取扱責任者",
}


def main() -> int:
    """Start everything, say where it is, wait. Returns the exit status."""
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    print("起動しています…", flush=True)
    try:
        with open_world(Plan(ROOT / "var" / "demo")) as world:
            _welcome(world)
            while not ended.wait(1.0):
                world.supervisor.check()
            print("終了しています…", flush=True)
    except (BusyError, SupervisorError) as error:
        print(f"エラー: {error}", file=sys.stderr)
        return 1
    return 0


def _welcome(world: World) -> None:
    home = world.airflow.home
    passwords = home.passwords()
    print(f"画面：{home.url}（終了は Ctrl-C）")
    for person in world.site.people:
        if person.ui_user:
            print(f"  {_ROLES.get(person.role, person.role)}：{person.ui_user} ／ {passwords[person.ui_user]}")
    print(f"模擬の現在時刻：{world.standin.now():%Y-%m-%d %H:%M}")
    print(
        f'時計を進めるには：curl -X POST {world.standin.url}/control/step -d \'{{"to": "2017-04-10T10:00:00+09:00"}}\''
    )
    print(f"記録：{Path(world.plan.folder, 'logs')}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
