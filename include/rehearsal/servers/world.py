"""A world on servers: every service of docker-compose.yml as a process, on a PostgreSQL and a Redis of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fukuhon.ledger import Ledger
from rehearsal.driver_airflow import Airflow
from rehearsal.driver_standin import StandIn
from rehearsal.driver_world import BODY, Plan, World, alone, start_standin
from rehearsal.servers.compose import Places, Service, services
from rehearsal.servers.databases import PostgreSQL, open_postgresql, redis_program
from rehearsal.supervisor import Program, Supervisor, SupervisorError
from rehearsal.supervisor_airflow import ROOT, AirflowHome, base_environment, free_ports, program_path

__all__ = ["ServersHome", "ServersWorld", "open_servers"]

_PARTS = ("api-server", "scheduler", "dag-processor", "triggerer", "worker-1", "worker-2")
_GRACE_S = 30


@dataclass(frozen=True, slots=True)
class ServersHome(AirflowHome):
    """Airflow as docker-compose.yml has it. ``more``: what a test sets otherwise, so that faults are seen sooner."""

    compose: dict[str, Service] = field(default_factory=dict)
    places: Places = field(default_factory=lambda: Places({}, {}))

    def environment(self) -> dict[str, str]:
        """What a command line in the api-server's container sees."""
        return self.environment_of("api-server")

    def environment_of(self, service: str) -> dict[str, str]:
        """What a service's process sees: the caller's, its settings of docker-compose.yml, and the test's own."""
        settings = {key: self.places.put(value) for key, value in self.compose[service].environment.items()}
        # A port and an address to listen on have no place in a text: they are the whole setting.
        here = {"AIRFLOW__API__PORT": str(self.port), "AIRFLOW__API__HOST": "127.0.0.1"}
        here = {key: value for key, value in here.items() if key in settings}
        return {**base_environment(), **settings, **here, **self.more}

    def program(self, service: str) -> Program:
        """A service as a program."""
        name, *rest = self.compose[service].command
        command: list[str | Path] = [program_path(name), *(self.places.put(part) for part in rest)]
        grace = min(self.compose[service].grace_s, _GRACE_S)
        return Program(service, command, self.environment_of(service), grace_s=grace)

    def programs(self) -> tuple[Program, ...]:
        """Airflow's six services."""
        return tuple(map(self.program, _PARTS))

    def prepare(self) -> None:
        """Run the service that makes tables, pool and users. Raises SupervisorError."""
        log = self.folder / "init.log"
        environment = self.environment_of("init")
        environment["PATH"] = f"{program_path('airflow').parent}{os.pathsep}{environment['PATH']}"
        with log.open("wb") as output:
            command = [self.places.put(part) for part in self.compose["init"].command]
            done = subprocess.run(command, env=environment, stdout=output, stderr=output, check=False)
        if done.returncode:
            raise SupervisorError(f"init が失敗しました。記録：{log}")

    def passwords(self) -> dict[str, str]:
        """The first passwords of the users that the deployment has made."""
        found: dict[str, str] = json.loads((self.folder / "first-passwords.json").read_text())
        return found


@dataclass
class ServersWorld(World):
    """A world whose programs are the services."""

    postgres: PostgreSQL | None = None
    _ledger: Ledger | None = None

    @property
    def ledger(self) -> Ledger:
        """The site's ledger: one for all who ask, since its connections are to be given back."""
        if self._ledger is None:
            site = self.site
            self._ledger = Ledger.open(site.ledger_url(), site.clock())
        return self._ledger

    def programs(self) -> tuple[Program, ...]:
        """The sender and Airflow's services."""
        home = self.airflow.home
        assert isinstance(home, ServersHome)
        return (home.program("sender"), *home.programs())


@contextmanager
def open_servers(plan: Plan) -> Iterator[ServersWorld]:
    """Start everything over the city of ``plan``; stop everything at the end.

    Raises MissingError where PostgreSQL or Redis is not installed, SupervisorError where something does not come up.
    """
    folder = plan.folder
    database, broker, api = free_ports(3)
    secrets = prepared(plan, {"@postgres:5432": f"@127.0.0.1:{database}", "@redis:6379": f"@127.0.0.1:{broker}"})
    with alone(folder), open_postgresql(secrets, database) as postgres, Supervisor(folder / "logs") as supervisor:
        supervisor.start(redis_program(folder / "servers" / "redis", secrets, broker, base_environment()))
        url = start_standin(plan, supervisor)
        home = _home(plan, secrets, api, url)
        os.environ["FUKUHON_SERVER_URL"] = url
        os.environ["FUKUHON_DATA"] = str(home.places.folders["/data"])
        world = ServersWorld(plan, supervisor, StandIn(url, BODY), Airflow(home, supervisor.check), postgres=postgres)
        world.standin.set_up(json.loads((plan.site / "standin-body.json").read_text(encoding="utf-8")))
        home.prepare()
        world.start_programs()
        try:
            yield world
        finally:
            world.airflow.close()
            world.standin.close()
            world.ledger.close()


def prepared(plan: Plan, addresses: dict[str, str]) -> Path:
    """Run the deployment's own preparation, and put this machine's addresses into the secrets. Returns their folder."""
    home = plan.folder / "servers"
    owner = {"FUKUHON_UID": str(os.getuid()), "FUKUHON_GID": str(os.getgid())}
    environment = {**base_environment(), **owner, "FUKUHON_ENV_FILE": str(plan.folder / "env")}
    command = ("sh", ROOT / "deploy" / "prepare.sh", plan.site, home)
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    for path in (home / "secrets").iterdir():
        text = path.read_text()
        for inside, outside in addresses.items():
            text = text.replace(inside, outside)
        path.write_text(text)
    return home / "secrets"


def _home(plan: Plan, secrets: Path, port: int, standin: str) -> ServersHome:
    here = plan.folder / "servers"
    folders = {
        "/opt/fukuhon": ROOT,
        "/run/secrets": secrets,
        "/site": plan.site,
        "/data": here / "data",
        "/airflow": here / "airflow",
        "/tmp": plan.folder / "tmp",  # noqa: S108 - a folder inside a container
    }
    folders["/tmp"].mkdir(mode=0o700, exist_ok=True)  # noqa: S108 - the same
    places = Places(folders, {"http://api-server:8080": f"http://127.0.0.1:{port}"})
    variables = dict(line.split("=", 1) for line in (plan.folder / "env").read_text().splitlines())
    variables |= {"FUKUHON_SERVER_URL": standin, "FUKUHON_URL": f"http://127.0.0.1:{port}"}
    return ServersHome(
        here / "airflow", (plan.site,), port, more=dict(plan.settings), compose=services(variables), places=places
    )
