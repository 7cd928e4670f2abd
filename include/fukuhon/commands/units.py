"""The units of systemd: what a service may do, how it ends, when it comes back."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from fukuhon.site import Site, load

__all__ = ["Place", "units"]

_TARGET = """\
[Unit]
Description=fukuhon: 副本登録
Documentation=file://{project}/docs/servers.md
After=network-online.target
Wants=network-online.target {wanted}

[Install]
WantedBy=multi-user.target
"""
_UNIT = """\
[Unit]
Description=fukuhon: {title}
PartOf=fukuhon.target
After=network-online.target postgresql.service redis.service
StartLimitIntervalSec=0

[Service]
Type=exec
User={user}
UMask=0077
WorkingDirectory={project}
Environment=FUKUHON_SITE={site} FUKUHON_SITES={site} PYTHONUNBUFFERED=1 GX_ANALYTICS_ENABLED=false
Environment=PYTHONPATH={project}/include:{project}/plugins
Environment=AIRFLOW_HOME={airflow_home}
EnvironmentFile={optional}{environment}
ExecStart={command}
Restart=always
RestartSec=5
KillMode={kill_mode}
TimeoutStopSec={stop}
NoNewPrivileges=yes
CapabilityBoundingSet=
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectControlGroups=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectKernelLogs=yes
ProtectClock=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
ReadWritePaths={writable}
"""
_SENDER_UNIT = "fukuhon-sender.service"
# The sender: SIGTERM to it alone, and as long as its upload takes, which ends within a day (seed 1.4.1).
_SENDER = ("mixed", "24h")
_AIRFLOW = ("mixed", "60s")
_WORKER = ("mixed", "10min")


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything lies, and as whom it runs."""

    project: Path
    programs: Path
    site: Path
    user: str
    environment: Path
    airflow_home: Path
    writable: tuple[Path, ...]

    @classmethod
    def here(cls, site: Path, user: str, environment: Path, airflow_home: Path) -> Place:
        """This installation, for a site. Raises as :func:`fukuhon.site.load`."""
        return cls(
            project=Path(__file__).resolve().parents[3],
            programs=Path(sys.executable).parent,
            site=site,
            user=user,
            environment=environment,
            airflow_home=airflow_home,
            writable=_writable(load(site)),
        )


def _writable(site: Site) -> tuple[Path, ...]:
    """The folders that a site writes to: work files, the key, and the ledger where it is a file."""
    found = [site.folders.work]
    if site.hash_key_ref.file is not None:
        found.append(site.hash_key_ref.file.parent)
    scheme, _, path = (site.ledger.url or "").partition(":///")
    if scheme.startswith("sqlite"):
        found.append((site.folder / path).parent)
    return tuple(dict.fromkeys(found))


def units(place: Place) -> dict[str, str]:
    """Each unit's text by its file name."""
    airflow = place.programs / "airflow"
    worker = f"{airflow} celery worker --skip-serve-logs --pid /tmp/worker.pid --celery-hostname celery@worker-%i"
    parts = {
        _SENDER_UNIT: ("送信プロセス", f"{place.programs / 'fukuhon'} sender", _SENDER),
        "fukuhon-api-server.service": ("画面と API", f"{airflow} api-server", _AIRFLOW),
        "fukuhon-scheduler.service": ("スケジューラー", f"{airflow} scheduler --skip-serve-logs", _AIRFLOW),
        "fukuhon-dag-processor.service": ("手順の読取り", f"{airflow} dag-processor", _AIRFLOW),
        "fukuhon-triggerer.service": ("待機", f"{airflow} triggerer --skip-serve-logs", _AIRFLOW),
        "fukuhon-worker@.service": ("作業 %i", worker, _WORKER),
    }
    wanted = [name for name in parts if "@" not in name] + [f"fukuhon-worker@{number}.service" for number in (1, 2)]
    made = {"fukuhon.target": _TARGET.format(project=place.project, wanted=" ".join(wanted))}
    for name, (title, command, (kill_mode, stop)) in parts.items():
        sender = name == _SENDER_UNIT
        folders = [*place.writable, *([] if sender else [place.airflow_home])]
        made[name] = _UNIT.format(
            title=title,
            project=place.project,
            site=place.site,
            user=place.user,
            environment=place.environment,
            airflow_home=place.airflow_home,
            optional="-" if sender else "",  # the sender needs none of Airflow's settings
            command=command,
            kill_mode=kill_mode,
            stop=stop,
            writable=" ".join(f"-{folder}" for folder in folders),  # "-": it may not be there yet
        )
    return made
