"""The road itself, in a process of its own: what it took in seconds of wall and of processor, and in memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from rehearsal.bench.shape import SPI
from rehearsal.bench.site import AS_OF

__all__ = ["Road", "run"]


@dataclass(frozen=True, slots=True)
class Road:
    """One run SELECT → fsync. ``cpu_seconds`` are this process's own, without the database's."""

    records: int
    written: int
    bytes: int
    seconds: float
    cpu_seconds: float
    rss_mib: int
    stages: dict[str, float]

    @property
    def records_per_s(self) -> int:
        """Records read, a second."""
        return round(self.records / self.seconds)


def run(site: Path) -> Road:
    """Prepare the 初期登録 of the site in a fresh process; its settings are read before the clock starts."""
    command = [sys.executable, "-m", "rehearsal.bench.road", str(site)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # our own module
    return Road(**json.loads(done.stdout.splitlines()[-1]))


def _measured(site: Path) -> Road:
    import fukuhon.quality.gx  # noqa: F401, PLC0415  # a process that is up has it
    from fukuhon.registration import initial  # noqa: PLC0415
    from fukuhon.registration.desk import open_desk  # noqa: PLC0415

    with open_desk(site, "bench") as desk:
        assert desk.packs.packs  # the layouts are settings, too
        begun, spent = time.monotonic(), time.process_time()
        summary = initial.prepare(desk, SPI, datetime.fromisoformat(AS_OF))
        seconds, cpu = time.monotonic() - begun, time.process_time() - spent
    return Road(
        records=summary.counts["read"],
        written=sum(file.records for file in summary.files),
        bytes=sum(file.bytes for file in summary.files),
        seconds=round(seconds, 3),
        cpu_seconds=round(cpu, 3),
        rss_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        stages={name: round(value, 3) for name, value in summary.seconds.items()},
    )


if __name__ == "__main__":
    print(json.dumps(asdict(_measured(Path(sys.argv[1])))))
