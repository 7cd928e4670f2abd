"""Airflow for one clone: a home below ``var/``, secrets of its own, loopback only, and the programs it consists of."""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fukuhon.site import load
from rehearsal.supervisor import Program, SupervisorError

__all__ = ["ROOT", "AirflowHome", "base_environment", "free_ports", "is_free", "program_path"]

ROOT = Path(__file__).resolve().parents[2]
"""The project's folder."""

# A role of SimpleAuthManager for each role of ours: officers start their dags and answer what is asked of them.
_ROLES = {"administrator": "ADMIN"}
# The triggerer waits ten seconds for a child that is deaf then, the api-server for connections that nobody uses.
_SLOW_TO_GO = frozenset({"api-server", "triggerer"})
_ASK_AGAIN_S = 2.0
_SERVER = {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONNECT_ARGS": "rehearsal.supervisor_sqlite.CONNECT_ARGS_SERVER"}
_SCHEMA = "3.3.2-1"
_MIGRATE = """\
from airflow.models import Pool
from airflow.utils.db import initdb
initdb()
Pool.create_or_update_pool("upload", 1, "送信は団体全体で一つずつ", True)
"""


def free_ports(count: int) -> list[int]:
    """Ports of loopback that are free at this moment, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def is_free(port: int) -> bool:
    """Whether a port of loopback is free at this moment."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def program_path(name: str) -> Path:
    """A console script beside the running interpreter."""
    return Path(sys.executable).parent / name


@dataclass(frozen=True, slots=True)
class AirflowHome:
    """Where this Airflow keeps its things, and for which sites it works. ``folder`` is its AIRFLOW_HOME."""

    folder: Path
    sites: tuple[Path, ...]
    port: int
    poll_s: float = 0.3
    retry_s: float = 1.0
    first_s: float = 1.5
    """A trigger's first wait: longer than a worker may need to see the end of a task (its heartbeat interval, 1 s)."""
    more: Mapping[str, str] = field(default_factory=dict)
    """What its tasks must see besides, such as where the stand-in listens."""

    @property
    def url(self) -> str:
        """The address of the UI and of the REST API."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """What every program of it sees: ours, and nothing of the caller's own Airflow."""
        return self._environment({**self._settings(), **self._logins()})

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        return {
            **base_environment(),
            **{f"AIRFLOW__{key}": value for key, value in settings.items()},
            "AIRFLOW_HOME": str(self.folder),
            "FUKUHON_SITES": os.pathsep.join(map(str, self.sites)),
            "FUKUHON_POLL_SECONDS": str(self.poll_s),
            "FUKUHON_RETRY_SECONDS": str(self.retry_s),
            "FUKUHON_FIRST_SECONDS": str(self.first_s),
            **self.more,
        }

    def prepare(self) -> None:
        """Make the metadata database and the pool of one, once; the sites may come later. Raises SupervisorError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = self.folder / ".schema"
        if stamp.exists() and stamp.read_text() == _SCHEMA:
            return
        log = self.folder / "migrate.log"
        with log.open("wb") as out:
            command = [sys.executable, "-c", _MIGRATE]
            done = subprocess.run(command, env=self._environment(self._settings()), stdout=out, stderr=out, check=False)
        if done.returncode:
            raise SupervisorError(f"Airflow のデータベースを準備できませんでした。記録：{log}")
        stamp.write_text(_SCHEMA)

    def passwords(self) -> dict[str, str]:
        """The passwords of the UI by user, made once for this clone."""
        kept = self._kept("passwords.json", dict)
        missing = {user: secrets.token_urlsafe(9) for user in self._users() if user not in kept}
        return self._write("passwords.json", {**kept, **missing}) if missing else kept

    def programs(self) -> tuple[Program, ...]:
        """Its four programs, in the order in which they start; the users' passwords are written for them."""
        self.passwords()
        environment = self.environment()
        lines = {
            "api-server": ("api-server",),
            "scheduler": ("scheduler", "--skip-serve-logs"),
            "dag-processor": ("dag-processor",),
            "triggerer": ("triggerer", "--skip-serve-logs"),
        }
        airflow = program_path("airflow")
        again = dict.fromkeys(_SLOW_TO_GO, _ASK_AGAIN_S)
        return tuple(
            Program(
                name,
                (airflow, *line),
                environment | (_SERVER if name == "api-server" else {}),
                ask_again_s=again.get(name),
                serves=name == "api-server",
            )
            for name, line in lines.items()
        )

    def _settings(self) -> dict[str, str]:
        keys = self._secrets()
        return {
            "CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
            "CORE__LOAD_EXAMPLES": "False",
            "CORE__EXECUTOR": "fukuhon_airflow.executor.LoadedExecutor",
            "CORE__PARALLELISM": "4",
            "CORE__DEFAULT_TIMEZONE": "Asia/Tokyo",
            "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
            "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.folder / "passwords.json"),
            "CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "CORE__FERNET_KEY": keys["fernet"],
            "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.folder / 'airflow.db'}",
            "DATABASE__SQL_ALCHEMY_CONNECT_ARGS": "rehearsal.supervisor_sqlite.CONNECT_ARGS",
            "DATABASE__SQL_ALCHEMY_CONNECT_ARGS_ASYNC": "rehearsal.supervisor_sqlite.CONNECT_ARGS_ASYNC",
            "API__HOST": "127.0.0.1",
            "API__PORT": str(self.port),
            "API__WORKERS": "1",
            "API__BASE_URL": self.url,
            "API__SECRET_KEY": keys["secret"],
            "API_AUTH__JWT_SECRET": keys["jwt"],
            "LOGGING__LOGGING_LEVEL": "WARNING",
            "LOGGING__BASE_LOG_FOLDER": str(self.folder / "logs"),
            "LOGGING__LOGGING_CONFIG_CLASS": "fukuhon_airflow.logs.LOGGING_CONFIG",
            "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
            "SCHEDULER__ENABLE_HEALTH_CHECK": "False",
            "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
            "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "120",  # each round takes a processor from the tasks
            "DAG_PROCESSOR__REFRESH_INTERVAL": "60",
            "DAG_PROCESSOR__PARSING_PROCESSES": "2",
        }

    def _logins(self) -> dict[str, str]:
        users = ",".join(f"{user}:{role}" for user, role in self._users().items())
        return {"CORE__SIMPLE_AUTH_MANAGER_USERS": users}

    def _users(self) -> dict[str, str]:
        people = [person for folder in self.sites for person in load(folder).people]
        return {person.ui_user: _ROLES.get(person.role, "USER") for person in people if person.ui_user}

    def _secrets(self) -> dict[str, str]:
        fernet = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
        return self._kept(
            "secrets.json", lambda: {"secret": secrets.token_hex(32), "jwt": secrets.token_hex(32), "fernet": fernet}
        )

    def _kept(self, name: str, make: Callable[[], dict[str, str]]) -> dict[str, str]:
        path = self.folder / name
        if not path.exists():
            return self._write(name, make())
        found: dict[str, str] = json.loads(path.read_text())
        return found

    def _write(self, name: str, content: dict[str, str]) -> dict[str, str]:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(json.dumps(content))
        return content


def base_environment() -> dict[str, str]:
    """The caller's environment without another Airflow's settings, and with the project's folders on the path."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # without byte code each program starts twice as slowly
    return {
        **kept,
        "GX_ANALYTICS_ENABLED": "false",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "PYTHONPATH": os.pathsep.join((str(ROOT / "include"), str(ROOT / "plugins"))),
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
    }
