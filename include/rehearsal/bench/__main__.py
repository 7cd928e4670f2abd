"""``python -m rehearsal.bench``: measure, write ``var/bench/latest.json``, show a table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rehearsal.bench import baseline, road, stages, validation
from rehearsal.bench.shape import SHAPES, Shape
from rehearsal.bench.site import write_site
from rehearsal.bench.store import filled
from rehearsal.terminal import table

__all__ = ["main"]

_OUT = Path("var/bench/latest.json")
_SAMPLE = 10  # the baseline runs over a tenth: long enough to be stable, at a tenth of the patience
_LIBRARIES = ("duckdb", "great-expectations", "lxml", "pandas", "pyarrow", "adbc-driver-postgresql")
_ONLY = (*SHAPES, "validation")


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; 0 when done."""
    asked = _asked(arguments)
    only = asked.only or list(_ONLY)
    told: dict[str, Any] = {"machine": _machine(), "road": {}, "stages": {}, "validation": {}, "validation_missing": {}}
    with tempfile.TemporaryDirectory(prefix="fukuhon-bench-") as made:
        folder = Path(made)
        for name in (name for name in SHAPES if name in only):
            _shape(folder / name, SHAPES[name], asked, told)
        if "validation" in only:
            found = validation.measure(folder, asked.records or 1_000_000, others=asked.baseline)
            told |= {"validation": found.seconds, "validation_missing": found.missing}
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    print(json.dumps(told, ensure_ascii=False) if asked.json else _shown(told))
    return 0


def _asked(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.bench", description="副本登録の準備の性能を測ります。")
    parser.add_argument("--records", type=int, help="件数（既定: 24項目は1,000,000、250項目は200,000）")
    parser.add_argument("--only", action="append", choices=_ONLY, help="測るものを絞る（何度でも）")
    parser.add_argument("--json", action="store_true", help="結果をJSONで標準出力に")
    parser.add_argument("--no-baseline", dest="baseline", action="store_false", help="比較の相手を測らない")
    parser.add_argument("--out", type=Path, default=_OUT, help="結果の置き場所")
    return parser.parse_args(arguments)


def _shape(folder: Path, shape: Shape, asked: argparse.Namespace, told: dict[str, Any]) -> None:
    """The road, the baseline and the stages of one shape, side by side on the same rows."""
    folder.mkdir(mode=0o700)
    records = asked.records or shape.records
    with filled(folder, shape, records) as store:
        site = folder / "site"
        write_site(site, shape, store.source, store.table)
        found = road.run(site)
        sample = max(1, records // _SAMPLE)
        seconds = baseline.run(folder, shape, store.engine_url, store.table, sample) if asked.baseline else None
        told["machine"]["source"] = store.source["kind"]
        told["road"][shape.name] = {
            "records_per_s": found.records_per_s,
            "ratio": None if seconds is None else round(found.records_per_s / (sample / seconds), 1),
            "rss_mib": found.rss_mib,
            "baseline_records_per_s": None if seconds is None else round(sample / seconds),
            "cpu_us": round(found.cpu_seconds / found.records * 1e6, 2),
            "bytes_per_record": round(found.bytes / max(1, found.written)),
            **asdict(found),
        } | {"records_per_s": found.records_per_s}
        rows = min(records, max(1, shape.records // 5))
        for name, stage in stages.measure(site, folder, rows).items():
            told["stages"][f"{shape.name}.{name}"] = asdict(stage)


def _machine() -> dict[str, Any]:
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "load": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "day": date.today().isoformat(),  # noqa: DTZ011  # of the machine, not of a site
        "versions": {name: version(name) for name in _LIBRARIES},
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _shown(told: dict[str, Any]) -> str:
    roads = [
        [name, f"{r['records_per_s']:,}", f"{r['ratio'] or '—'}", f"{r['rss_mib']}", f"{r['cpu_us']}"]
        for name, r in told["road"].items()
    ]
    parts = [
        [name, f"{s['records_per_s']:,}", f"{s['limit']:,}", f"{s['cpu_us']}"] for name, s in told["stages"].items()
    ]
    tools = [[name, f"{seconds}"] for name, seconds in told["validation"].items()]
    tools += [[name, f"なし（{why}）"] for name, why in told["validation_missing"].items()]
    return "\n\n".join(
        [
            table(["全体", "件/秒", "倍率", "MiB", "CPU µs/件"], roads),
            table(["工程", "件/秒", "限界", "CPU µs/件"], parts),
            table(["検査", "秒"], tools),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
