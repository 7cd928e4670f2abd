"""The HTTP face: the calls of include/messages/README.md below ``/bodies/{body}``. Routes only."""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from standin import accounts, collation, manners, search, wire
from standin.body import Body
from standin.control_routes import control_routes
from standin.line import XML, Call, Line
from standin.modes import mode_on
from standin.server import Server
from standin.settings import Account

__all__ = ["make_app"]

_CHANNELS = {
    "/terminal/scheduled/files": 1,
    "/terminal/immediate/files": 2,
    "/xml-linkage/files": 3,
    "/web-service/files": 4,
}


class Face:
    """Every call of the contract but the uploads: one small function each, run one at a time under the lock."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def results(self, body: Body, account: Account, request: Request, _: bytes) -> bytes:
        """SC_DBM_0103."""
        accounts.require_role(account, {accounts.OFFICER, accounts.ADMINISTRATOR})
        first, last = request.query_params.get("from", ""), request.query_params.get("to", "")
        found = search.results(body, first, last)
        manners.look(body, self._server.clock.now, account.user, f"results {first} {last}")
        return wire.results(found)

    def result(self, body: Body, account: Account, request: Request, _: bytes) -> bytes:
        """Details of one result."""
        accounts.require_role(account, {accounts.OFFICER, accounts.ADMINISTRATOR})
        number = request.path_params["number"]
        manners.look(body, self._server.clock.now, account.user, f"result {number}", number)
        return wire.result_detail(*search.result(body, number))

    def records(self, body: Body, account: Account, request: Request, _: bytes) -> bytes:
        """SC_DBM_0202."""
        accounts.require_role(account, {accounts.OFFICER})
        manners.look_apart(body, self._server.clock.now, account.user, "search")
        query = request.query_params
        found = search.find_records(body, query.get("addressee", ""), query.get("spi", ""), query.get("dataset"))
        return wire.held_records(found, items=False)

    def record(self, body: Body, account: Account, request: Request, _: bytes) -> bytes:
        """SC_DBM_0203."""
        accounts.require_role(account, {accounts.OFFICER})
        manners.look_apart(body, self._server.clock.now, account.user, "search")
        names = ("addressee", "spi", "dataset", "key")
        found = search.record_details(body, *(request.query_params.get(name, "") for name in names))
        return wire.held_records(found, items=True)

    def ask(self, body: Body, account: Account, _: Request, content: bytes) -> bytes:
        """SC_DBM_0701."""
        accounts.require_role(account, {accounts.COLLATION_REQUESTER})
        values = wire.collation_request(content)
        return wire.collation(collation.ask(body, self._server.clock.now, _step(account), values))

    def order(self, body: Body, account: Account, request: Request, _: bytes) -> bytes:
        """Order of a 突合用ファイル."""
        return wire.collation(collation.order(body, request.path_params["number"], _step(account)))

    def release(self, body: Body, account: Account, request: Request, _: bytes) -> bytes:
        """Release of a 突合用ファイル."""
        return wire.collation(collation.release(body, request.path_params["number"], _step(account)))

    def collation(self, body: Body, account: Account, request: Request, _: bytes) -> bytes:
        """SC_DBM_0705."""
        accounts.require_role(account, {accounts.COLLATION_REQUESTER, accounts.COLLATION_MANAGER})
        number = request.path_params["number"]
        manners.look(body, self._server.clock.now, account.user, f"collation {number}", number)
        return wire.collation(collation.find(body, number))

    def collation_file(self, body: Body, account: Account, request: Request, _: bytes) -> Response:
        """Download of a 突合用ファイル."""
        number = request.path_params["number"]
        manners.look(body, self._server.clock.now, account.user, f"collation file {number}")
        content = collation.download(body, number, _step(account))
        named = {"content-disposition": f'attachment; filename="{number}_result.xml"'}
        return Response(content, media_type=XML, headers=named)

    def readiness(self, body: Body, account: Account, _: Request, __: bytes) -> bytes:
        """The system administrator's screens."""
        accounts.require_role(account, {accounts.ADMINISTRATOR})
        now = self._server.clock.now
        manners.look_apart(body, now, account.user, "readiness")
        mode = mode_on(now.date(), body.settings.applied)
        return wire.readiness(body.settings, mode, search.cuts_on(body, now), now.date())


def _step(account: Account) -> collation.Step:
    return collation.Step(account.user, account.roles)


def make_app(server: Server) -> Starlette:
    """Make the application of a server."""
    line = Line(server)
    face = Face(server)
    below = "/bodies/{body}"
    routes: list[BaseRoute] = [
        Route(below + path, _upload(line, channel), methods=["POST"]) for path, channel in _CHANNELS.items()
    ]
    routes += [
        Route(below + path, _call(line, call), methods=[method])
        for method, path, call in (
            ("GET", "/results", face.results),
            ("GET", "/results/{number}", face.result),
            ("GET", "/records", face.records),
            ("GET", "/records/detail", face.record),
            ("POST", "/collations", face.ask),
            ("POST", "/collations/{number}/order", face.order),
            ("POST", "/collations/{number}/release", face.release),
            ("GET", "/collations/{number}", face.collation),
            ("GET", "/collations/{number}/file", face.collation_file),
            ("GET", "/readiness", face.readiness),
        )
    ]
    routes += control_routes(server, line)
    return Starlette(routes=routes)


def _upload(line: Line, channel: int) -> Any:
    async def endpoint(request: Request) -> Response:
        return await line.upload(request, channel)

    return endpoint


def _call(line: Line, call: Call) -> Any:
    async def endpoint(request: Request) -> Response:
        return await line.call(request, call)

    return endpoint
