"""A PostgreSQL cluster and a Redis server of one's own, to be stopped and lost without anybody else noticing."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rehearsal.supervisor import Program
from rehearsal.supervisor_airflow import ROOT, base_environment

__all__ = ["MissingError", "PostgreSQL", "open_postgresql", "redis_program"]

_USUAL = "/usr/lib/postgresql/*/bin"
_SUPERUSER = "postgres"


class MissingError(Exception):
    """A program is not installed here; the text says which."""


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """A cluster in a folder of its own, listening on a port of loopback."""

    programs: Path
    folder: Path
    port: int
    user: str | None
    """The system's user as whom it runs: PostgreSQL refuses root."""

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        options += " -c fsync=off -c full_page_writes=off"  # what dies here is processes, never the machine
        self._ctl("-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it; ``immediate`` is as when the power fails."""
        self._ctl("-m", mode, "stop")

    def _ctl(self, *arguments: str) -> None:
        self.run("pg_ctl", "-w", "-s", "-D", str(self.folder / "cluster"), *arguments)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as its user."""
        log = self.folder / "programs.log"
        with log.open("ab") as output:  # a file: the server inherits it, and a pipe would never end
            subprocess.run(
                [self.programs / program, *arguments],
                user=self.user,
                group=self.user,
                extra_groups=[] if self.user else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                check=True,
            )


@contextmanager
def open_postgresql(secrets: Path, port: int) -> Iterator[PostgreSQL]:
    """A new cluster with the two databases of docker-compose.yml; it is gone afterwards. Raises MissingError."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="fukuhon-pg-"))
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user, user)
    cluster = PostgreSQL(programs, folder, port, user)
    password = folder / "password"
    password.write_text((secrets / "postgres_password").read_text())
    if user:
        shutil.chown(password, user, user)
    try:
        made = ("--auth=scram-sha-256", f"--username={_SUPERUSER}", f"--pwfile={password}", "--no-sync")
        cluster.run("initdb", "-D", str(folder / "cluster"), *made)
        cluster.start()
        try:
            _make_databases(cluster, secrets)
            yield cluster
        finally:
            cluster.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_databases(cluster: PostgreSQL, secrets: Path) -> None:
    """As the image does it: by the script that Compose mounts."""
    environment = {
        **base_environment(),
        "PATH": f"{cluster.programs}{os.pathsep}{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(cluster.port),
        "PGPASSWORD": (secrets / "postgres_password").read_text(),
        "POSTGRES_USER": _SUPERUSER,
        "FUKUHON_SECRETS": str(secrets),
    }
    subprocess.run(["sh", ROOT / "deploy" / "postgres" / "databases.sh"], env=environment, check=True)


def _programs() -> Path:
    found = shutil.which("pg_ctl")
    folders = [Path(found).parent] if found else sorted(Path("/").glob(_USUAL.lstrip("/")))
    for folder in reversed(folders):
        if (folder / "initdb").exists():
            return folder
    raise MissingError("PostgreSQL (initdb, pg_ctl)")


def redis_program(folder: Path, secrets: Path, port: int, environment: Mapping[str, str]) -> Program:
    """Redis with the settings of docker-compose.yml, its data in ``folder``. Raises MissingError."""
    if shutil.which("redis-server") is None:
        raise MissingError("redis-server")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = (ROOT / "deploy" / "redis.conf").read_text(encoding="utf-8").replace("dir /data", f"dir {folder}")
    ours = f"requirepass {(secrets / 'redis_password').read_text()}\nbind 127.0.0.1\nport {port}\n"
    settings = folder / "redis.conf"
    settings.touch(mode=0o600)
    settings.write_text(text + ours, encoding="utf-8")
    return Program("redis", ("redis-server", settings), environment, grace_s=10.0)


def away(cluster: PostgreSQL, seconds: float) -> None:
    """Stop PostgreSQL, leave it away for a while, start it again."""
    cluster.stop()
    time.sleep(seconds)
    cluster.start()
