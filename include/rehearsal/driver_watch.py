"""Where the demo's time goes: by phase, and of it what the tasks themselves worked."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

__all__ = ["PHASES", "Watch"]

PHASES = {
    "starting": "見本市の生成と起動",
    "preparing": "準備",
    "sending_phase": "送信",
    "confirming": "結果の確認",
    "reconciling": "突合",
    "others": "その他",
    "judging": "判定",
    "papers": "報告書と画像",
    "stopping": "終了",
}
"""The phases and their names, in the order in which they are told."""

_NO_WORK = frozenset({"sending"})


@dataclass
class Watch:
    """Seconds by phase; of phases within each other each has its own time only."""

    seconds: dict[str, float] = field(default_factory=dict)
    _inner: list[float] = field(default_factory=lambda: [0.0])

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a block; the same name again adds up."""
        began = time.monotonic()
        self._inner.append(0.0)
        try:
            yield
        finally:
            whole = time.monotonic() - began
            own = whole - self._inner.pop()
            self._inner[-1] += whole
            self.seconds[name] = self.seconds.get(name, 0.0) + own

    def told(self, total: float, stages: Mapping[str, float], work: Mapping[str, int]) -> str:
        """One line: each phase, the tasks' own work, and what was waited for."""
        phases = "、".join(f"{name}{self.seconds[key]:.0f}秒" for key, name in PHASES.items() if key in self.seconds)
        own = sum(seconds for stage, seconds in stages.items() if stage not in _NO_WORK)
        waited = sum(self.seconds.get(key, 0.0) for key in ("preparing", "confirming", "reconciling", "others")) - own
        tasks = f"タスク{work.get('task_instances', 0)}件（{work.get('runs', 0)}回の実行）"
        shares = f"うちタスクの処理そのもの{own:.0f}秒、タスクの起動と待ち{max(waited, 0):.0f}秒"
        return f"時間の内訳：計{total:.0f}秒＝{phases}。{shares}。{tasks}"
