"""The stand-in as the driver uses it: the control plane, which is no part of the domain."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from fukuhon.clock import TOKYO

__all__ = ["StandIn"]

_AGAIN_S = 0.2
_PATIENCE_S = 120.0


class StandIn:
    """The control plane at ``url``, for one body."""

    def __init__(self, url: str, body: str) -> None:
        self.url = url
        self.body = body
        self._client = httpx.Client(base_url=url, trust_env=False, timeout=60.0)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def now(self) -> datetime:
        """The present instant of its clock, in Asia/Tokyo."""
        return datetime.fromisoformat(self._get("/clock")["now"]).astimezone(TOKYO)

    def step(self, to: datetime) -> None:
        """Move the clock to ``to``; waits while an upload is under way, and does nothing when ``to`` is past."""
        until = time.monotonic() + _PATIENCE_S
        while self.now() < to:
            answer = self._client.post("/control/step", json={"to": to.isoformat()})
            if answer.status_code != httpx.codes.CONFLICT or time.monotonic() > until:
                answer.raise_for_status()
                return
            time.sleep(_AGAIN_S)

    def set_up(self, settings: Mapping[str, Any]) -> None:
        """Set the body up."""
        self._client.put(f"/control/bodies/{self.body}", json=settings).raise_for_status()

    def change(self, settings: Mapping[str, Any]) -> None:
        """Change some of the body's settings."""
        self._client.patch(f"/control/bodies/{self.body}", json=settings).raise_for_status()

    def complete_initial(self) -> None:
        """Declare that 初期登録 is complete."""
        self._client.post(f"/control/bodies/{self.body}/initial_complete").raise_for_status()

    def fault(self, kind: str, **facts: Any) -> None:
        """Add a fault: ``cut``, ``slow``, ``lose_answer`` or ``status``."""
        self._client.post("/control/faults", json={"kind": kind, **facts}).raise_for_status()

    def clear_faults(self) -> None:
        """Forget all faults."""
        self._client.delete("/control/faults").raise_for_status()

    def violations(self) -> list[dict[str, str]]:
        """What the body has done wrong."""
        found: list[dict[str, str]] = self._get(f"/control/bodies/{self.body}/violations")
        return found

    def traffic(self) -> dict[str, Any]:
        """Every upload that was tried, as it came over the wire."""
        found: dict[str, Any] = self._get(f"/control/bodies/{self.body}/traffic")
        return found

    def held(self) -> dict[str, int]:
        """The records held, by dataset."""
        found: dict[str, int] = self._get(f"/control/bodies/{self.body}/held")
        return found

    def _get(self, path: str) -> Any:
        return self._client.get(path).raise_for_status().json()
