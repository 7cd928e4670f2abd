"""The world of the demo: a generated city as a site, the stand-in, the sender and Airflow, below one folder.

``make demo``, ``make up`` and the deep tests start the same one.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from fukuhon.ledger import Ledger
from fukuhon.site import Site, load
from rehearsal.driver_airflow import Airflow
from rehearsal.driver_standin import StandIn
from rehearsal.supervisor import Program, Supervisor, end_orphans
from rehearsal.supervisor_airflow import ROOT, AirflowHome, base_environment, free_ports, is_free, program_path

__all__ = ["BusyError", "Plan", "World", "alone", "leave_in_order", "made_city", "open_world", "start_standin"]

BODY = "992011"
_MARK = "FUKUHON_WORLD"
"""In the environment of all that a world starts: by it the next one finds what a killed one has left."""
_USUAL_PORT = 8780
"""The one that the sample's settings name; where it is free, the command line needs no environment."""
_FIRST_INSTANT = "2017-04-10T08:00:00+09:00"


class BusyError(Exception):
    """Another run works in the same folder."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the world lies, how large the city is, and whether Airflow is part of it."""

    folder: Path
    people: int = 12_000
    seed: int = 1
    days: int | tuple[str, ...] = 4
    airflow: bool = True
    start: str = _FIRST_INSTANT
    subjects: tuple[str, ...] = ("tax",)
    """The subjects of the city (:data:`rehearsal.city.subjects.NAMES`)."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Settings of Airflow besides those of every world, by their environment variable."""

    @property
    def site(self) -> Path:
        """The site's folder."""
        return self.folder / "mihon"

    @property
    def data(self) -> Path:
        """Where the site keeps ledger and work files: where its settings put them when nobody says otherwise."""
        return self.site / "var"


@dataclass
class World:
    """What runs."""

    plan: Plan
    supervisor: Supervisor
    standin: StandIn
    airflow: Airflow
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        """The site, with the stand-in's address of this run."""
        return load(self.plan.site)

    @property
    def ledger(self) -> Ledger:
        """The site's ledger."""
        site = self.site
        return Ledger.open(site.ledger_url(), site.clock())

    def programs(self) -> tuple[Program, ...]:
        """The sender and, where it is part of the world, Airflow."""
        sender = (program_path("fukuhon"), "sender", "--site", self.plan.site)
        own = {**base_environment(), **self.airflow.home.more}
        ours = (Program("sender", sender, own, grace_s=60.0),)
        return ours + (self.airflow.home.programs() if self.plan.airflow else ())

    def start_programs(self, *, wait: bool = True) -> None:
        """Start the sender and Airflow, and wait until Airflow is well. Raises SupervisorError."""
        began = time.monotonic()
        for program in self.programs():
            self.supervisor.start(program)
        if wait and self.plan.airflow:
            self.supervisor.wait(self.airflow.healthy, "Airflow", 300.0)
            self.seconds["airflow_start"] = round(time.monotonic() - began, 1)


def made_city(plan: Plan) -> bool:
    """Generate the city into the site's folder where it is not there yet; tell whether it was made now."""
    if (plan.site / "truth" / "truth.json").exists():
        return False
    from rehearsal.city import make_city, write_site  # noqa: PLC0415 - arrow takes its time to load

    write_site(make_city(plan.people, plan.seed, plan.days, plan.subjects), plan.site)
    if not (plan.site / "schedule.yaml").exists():
        shutil.copy(ROOT / "include" / "sites" / "sample" / "schedule.yaml", plan.site)
    return True


def leave_in_order() -> None:
    """Let SIGTERM and SIGHUP end this process like Ctrl-C does: what it has started is stopped first."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))


@contextmanager
def open_world(plan: Plan) -> Iterator[World]:
    """Make the city where it is missing, start everything, and stop everything at the end.

    Raises BusyError and SupervisorError.
    """
    plan.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(plan.folder), Supervisor(plan.folder / "logs") as supervisor:
        end_orphans(_MARK, str(plan.folder))
        fresh = not (plan.folder / "standin").exists()
        with _prepared(plan) as prepared:
            made_city(plan)
            url = start_standin(plan, supervisor)
            os.environ["FUKUHON_SERVER_URL"] = url
            os.environ["FUKUHON_DATA"] = str(plan.data)
            home = replace(prepared, more={**prepared.more, "FUKUHON_SERVER_URL": url, "FUKUHON_DATA": str(plan.data)})
            world = World(plan, supervisor, StandIn(url, BODY), Airflow(home, supervisor.check))
            if fresh:
                world.standin.set_up(json.loads((plan.site / "standin-body.json").read_text(encoding="utf-8")))
        world.start_programs()
        try:
            yield world
        finally:
            world.airflow.close()
            world.standin.close()


@contextmanager
def _prepared(plan: Plan) -> Iterator[AirflowHome]:
    """Prepare Airflow, where it is part of the world, beside what the block does. Raises SupervisorError."""
    more = {**plan.settings, _MARK: str(plan.folder)}
    home = AirflowHome(plan.folder / "airflow", (plan.site,), free_ports(1)[0], more=more)
    with ThreadPoolExecutor(1) as beside:
        done = beside.submit(home.prepare) if plan.airflow else None
        yield home
        if done is not None:
            done.result()


def start_standin(plan: Plan, supervisor: Supervisor) -> str:
    """Start the stand-in of a world; returns its address. Raises SupervisorError."""
    port_file = plan.folder / "standin.port"
    port_file.unlink(missing_ok=True)
    port = _USUAL_PORT if is_free(_USUAL_PORT) else free_ports(1)[0]
    where = ("--data", plan.folder / "standin", "--port", str(port), "--port-file", port_file)
    command = (program_path("fukuhon-standin"), *where, "--start", plan.start)
    supervisor.start(
        Program(
            "standin",
            [*map(str, command)],
            {**base_environment(), _MARK: str(plan.folder)},
            grace_s=10.0,
            serves=True,
        )
    )
    supervisor.wait(port_file.exists, "中間サーバー代行", 60.0)
    return f"http://127.0.0.1:{port}"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder for this run. Raises BusyError while another run holds it."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"別の実行がこのフォルダーを使っています：{folder}") from None
        yield
