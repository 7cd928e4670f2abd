"""The control plane: set-up, the clock, faults, and what the server has seen. JSON; no part of the domain."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from standin import admission, agenda, answers, records
from standin.body import Body
from standin.clock import ClockError, from_micros, iso, parse_instant
from standin.refusals import Refusal
from standin.server import Server, UploadUnderWayError
from standin.settings import SettingsError

__all__ = ["ControlError", "Controls"]


class ControlError(Exception):
    """A control request that cannot be met: HTTP status and reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Controls:
    """What the control plane can do, one method a route."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def clock(self) -> dict[str, Any]:
        """Tell the time; never waits."""
        return {"now": iso(self._server.clock.now)}

    def step(self, row: dict[str, Any]) -> dict[str, Any]:
        """Move the clock to an instant."""
        try:
            self._server.step(parse_instant(str(row.get("to"))))
        except ClockError as error:
            raise ControlError(409 if str(error) == "backwards" else 422, str(error)) from error
        except UploadUnderWayError as error:
            raise ControlError(409, "an upload is under way") from error
        return self.clock()

    def next(self, what: str | None) -> dict[str, Any] | None:
        """Tell what comes next."""
        wanted = None if what is None else what.split(",")
        found = agenda.coming(self._server.bodies.values(), self._server.clock.now, wanted)
        return None if found is None else {"at": iso(found.at), "what": found.what, "body": found.body}

    def put_body(self, code: str, row: dict[str, Any]) -> dict[str, Any]:
        """Set a body up."""
        try:
            self._server.put_body(code, row)
        except SettingsError as error:
            raise ControlError(422, str(error)) from error
        return {"body": code}

    def patch_body(self, code: str, row: dict[str, Any]) -> dict[str, Any]:
        """Change some keys of a body's set-up."""
        self._body(code)
        return self.put_body(code, {**self._server.setup(code), **row})

    def _body(self, code: str) -> Body:
        try:
            return self._server.body(code)
        except Refusal as error:
            raise ControlError(404, "no such body") from error

    def violations(self, code: str) -> list[dict[str, Any]]:
        """List what the body has done wrong."""
        rows = self._body(code).store.all("SELECT at, kind, detail FROM violations ORDER BY id")
        return [{"at": iso(from_micros(row["at"])), "kind": row["kind"], "detail": row["detail"]} for row in rows]

    def traffic(self, code: str) -> dict[str, Any]:
        """List every upload that was tried, as it came over the wire."""
        body = self._body(code)
        rows = body.store.all("SELECT * FROM uploads ORDER BY id")
        return {
            "uploads": [_upload(row, body) for row in rows],
            "connections": len(rows),
            "max_at_once": int(body.store.fact("max_at_once") or 0),
            "looks": {row[0]: row[1] for row in body.store.all("SELECT what, count(*) FROM looks GROUP BY what")},
        }

    def held(self, code: str) -> dict[str, int]:
        """Count the records held, by dataset."""
        return records.held(self._body(code).store)

    def files(self, code: str) -> list[dict[str, Any]]:
        """List the files taken, with what each did to the records."""
        rows = self._body(code).store.all("SELECT * FROM files ORDER BY seq")
        return [_file(row) for row in rows]

    def records(self, code: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """List what is held, page by page: ``dataset``, ``after`` (an id), ``limit``. It counts for nothing."""
        rows = self._body(code).store.all(
            "SELECT * FROM records WHERE id > ? AND (? IS NULL OR dataset = ?) ORDER BY id LIMIT ?",
            *(int(query.get("after", 0)), query.get("dataset"), query.get("dataset"), int(query.get("limit", 1000))),
        )
        return [{**dict(row), "registered": iso(from_micros(row["registered"]))} for row in rows]

    def expired(self, code: str) -> list[dict[str, Any]]:
        """List what expired, by day and dataset."""
        return [dict(row) for row in self._body(code).store.all("SELECT * FROM expiries ORDER BY day, dataset")]

    def initial_complete(self, code: str, row: dict[str, Any]) -> dict[str, Any]:
        """Declare 初期登録 complete, of one 特定個人情報 or of all: its count is what the daily cap is taken of."""
        body = self._body(code)
        if body.store.one(
            "SELECT 1 FROM files WHERE kind = 'initial' AND state != 'done' AND (? IS NULL OR spi = ?)",
            *(row.get("spi"),) * 2,
        ):
            raise ControlError(409, "files of 初期登録 are still waiting")
        return {"totals": admission.complete_initial(body, row.get("spi"))}

    def inquire(self, code: str, row: dict[str, Any]) -> dict[str, Any]:
        """Answer as another agency would be answered: ``spi``, ``addressee``, ``datasets``, perhaps a ``key``."""
        body = self._body(code)
        spi, addressee, key = row.get("spi"), row.get("addressee"), row.get("key")
        found = body.store.all(
            """SELECT dataset, count(*) AS records FROM records
               WHERE addressee = ? AND spi = ? AND (? IS NULL OR key = ?) GROUP BY dataset""",
            *(addressee, spi, key, key),
        )
        given = answers.answer(
            self._server.clock.today,
            row.get("datasets", []),
            [one["dataset"] for one in found],
            restricted=bool({(spi, None), (spi, addressee)} & body.settings.restricted),
            several=[one["dataset"] for one in found if one["records"] > 1],
        )
        return {"answer": given.answer, "ways": list(given.ways)}

    def add_fault(self, row: dict[str, Any]) -> dict[str, Any]:
        """Add a fault."""
        try:
            self._server.faults.add(row)
        except ValueError as error:
            raise ControlError(422, str(error)) from error
        return {"added": row}

    def clear_faults(self) -> dict[str, Any]:
        """Forget all faults."""
        self._server.faults.clear()
        return {}


def _upload(row: sqlite3.Row, body: Body) -> dict[str, Any]:
    shown = ("bytes", "expected", "fault", "receipt", "channel", "kind", "sha256", "user")
    return {
        "started": iso(from_micros(row["started"])),
        "ended": None if row["ended"] is None else iso(from_micros(row["ended"])),
        "outcome": row["outcome"] or "under_way",
        **{name: row[name] for name in shown},
        "bytes": body.receiving[row["id"]].sent if row["id"] in body.receiving else row["bytes"],
    }


def _file(row: sqlite3.Row) -> dict[str, Any]:
    hidden = {"seq", "path"}
    instants = {"received", "starts", "ends", "completed"}
    return {
        name: iso(from_micros(row[name])) if name in instants and row[name] is not None else row[name]
        for name in row.keys()  # noqa: SIM118 - a Row iterates over its values
        if name not in hidden
    }
