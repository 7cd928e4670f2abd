"""Routes of the control plane."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from standin.control import ControlError, Controls
from standin.line import Line
from standin.server import Server

__all__ = ["control_routes"]

Control = Callable[[Request, dict[str, Any]], Any]


def control_routes(server: Server, line: Line) -> list[Route]:
    """Return the routes of ``/clock`` and ``/control``."""
    controls = Controls(server)
    body = "/control/bodies/{code}"

    async def clock(_: Request) -> JSONResponse:
        return JSONResponse(controls.clock())

    table: list[tuple[str, str, Control]] = [
        ("POST", "/control/step", lambda _, row: controls.step(row)),
        ("GET", "/control/next", lambda request, _: controls.next(request.query_params.get("what"))),
        ("POST", "/control/faults", lambda _, row: controls.add_fault(row)),
        ("DELETE", "/control/faults", lambda *_: controls.clear_faults()),
        ("PUT", body, lambda request, row: controls.put_body(_code(request), row)),
        ("PATCH", body, lambda request, row: controls.patch_body(_code(request), row)),
        ("GET", f"{body}/violations", lambda request, _: controls.violations(_code(request))),
        ("GET", f"{body}/traffic", lambda request, _: controls.traffic(_code(request))),
        ("GET", f"{body}/held", lambda request, _: controls.held(_code(request))),
        ("GET", f"{body}/records", lambda request, _: controls.records(_code(request), request.query_params)),
        ("GET", f"{body}/files", lambda request, _: controls.files(_code(request))),
        ("GET", f"{body}/expired", lambda request, _: controls.expired(_code(request))),
        ("POST", f"{body}/initial_complete", lambda request, row: controls.initial_complete(_code(request), row)),
        ("POST", f"{body}/inquiries", lambda request, row: controls.inquire(_code(request), row)),
    ]
    routes = [Route(path, _endpoint(line, control), methods=[method]) for method, path, control in table]
    return [Route("/clock", clock, methods=["GET"]), *routes]


def _object(content: bytes) -> dict[str, Any]:
    try:
        row = json.loads(content or b"{}")
    except ValueError as error:
        raise ControlError(422, f"no JSON: {error}") from error
    if not isinstance(row, dict):
        raise ControlError(422, "an object is expected")
    return row


def _code(request: Request) -> str:
    code: str = request.path_params["code"]
    return code


def _endpoint(line: Line, control: Control) -> Any:
    async def endpoint(request: Request) -> JSONResponse:
        try:
            row = _object(await request.body())
            return JSONResponse(await line.locked(control, request, row))
        except ControlError as error:
            return JSONResponse({"error": str(error)}, error.status)

    return endpoint
