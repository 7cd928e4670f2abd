"""The app that Airflow mounts: two pages, their assets and one form, all behind Airflow's login."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException as PlainHTTPException

from fukuhon.calendars import tokyo_day
from fukuhon.commands.matters import deciders
from fukuhon.errors import FukuhonError, RefusedError, RetriableError
from fukuhon.identifiers import contains_my_number
from fukuhon.ledger import approvals
from fukuhon.registration.desk import Desk
from fukuhon_airflow.pages import forms, look, steps
from fukuhon_airflow.pages.desk import desk_of, person_of, seen_by
from fukuhon_airflow.pages.login import Viewer, ViewerDep, viewer
from fukuhon_airflow.pages.month import month, parse_month
from fukuhon_airflow.pages.today import today
from fukuhon_airflow.sites import Duty, SiteFolder

__all__ = ["HEADERS", "app"]

Wanted = Annotated[str | None, Query(alias="month")]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: the browser would then not tell the origin of a form, which we ask for.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_WORDS = {
    401: ("ログインしてください。", "Airflow にログインしてから、この画面を開き直してください。"),
    403: ("この操作はできません。", "画面を開き直してから、もう一度行ってください。"),
    404: ("この画面はありません。", "「今日の作業」に戻ってください。"),
    422: ("却下の理由を読み取れませんでした。", "理由を入力してください。個人番号などの個人の値は書かないでください。"),
    409: ("この操作はできません。", "画面を開き直して、今の状態を確かめてください。"),
}


async def _body(request: Request) -> bytes:
    """A form's bytes, read no further than a form of ours is long."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > forms.LIMIT:
            raise HTTPException(413)
    return body


def app() -> FastAPI:
    """Make the app. It describes itself to nobody."""
    made = FastAPI(
        docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(viewer)], redirect_slashes=False
    )
    made.middleware("http")(_with_headers)
    made.add_exception_handler(PlainHTTPException, _told)
    made.add_exception_handler(FukuhonError, _told_ours)
    for path, function in (("/today", _today), ("/calendar", _calendar), ("/style.css", _style)):
        made.add_api_route(path, function, methods=["GET"], response_model=None)
    made.add_api_route("/{name}.svg", _icon, methods=["GET"], response_model=None)
    made.add_api_route("/", _home, methods=["GET"], response_model=None)
    made.add_api_route("/approvals/{number}", _decide, methods=["POST"], response_model=None)
    return made


async def _with_headers(request: Request, call_next: Any) -> Response:
    response: Response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _home() -> Response:
    return RedirectResponse("today", 303)


def _today(who: ViewerDep, site: str | None = None, decided: int | None = None) -> Response:
    seen, chosen = _choose(who, site)
    desk = desk_of(chosen, who.name)
    asked = steps.waiting([chosen.dag_id(duty) for duty in Duty], who.id)
    facts = today(desk, chosen.id, who, asked, decided)
    return HTMLResponse(look.page("today.html", page="today", body=desk.site.body, sites=seen, site=chosen, t=facts))


def _calendar(who: ViewerDep, site: str | None = None, wanted: Wanted = None) -> Response:
    seen, chosen = _choose(who, site)
    desk = desk_of(chosen, who.name)
    facts = month(desk, parse_month(wanted))
    return HTMLResponse(
        look.page("calendar.html", page="calendar", body=desk.site.body, sites=seen, site=chosen, m=facts)
    )


def _style() -> Response:
    return Response(look.stylesheet(), media_type="text/css", headers={"Cache-Control": "private, max-age=3600"})


def _icon(name: str) -> Response:
    if name not in look.ICONS:
        raise HTTPException(404)
    return Response(look.ICONS[name], media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"})


def _decide(request: Request, number: int, who: ViewerDep, body: Annotated[bytes, Depends(_body)]) -> Response:
    """Approve or reject as the person who is logged in; the ledger's row is what the library asks for later."""
    given = forms.fields(body)
    if not forms.from_here(request.headers):
        raise HTTPException(403)
    _, site = _choose(who, given.get("site"))
    desk = desk_of(site, who.name)
    with desk.ledger.reading() as reader:
        asked = next((each for each in approvals.find(reader) if each.id == number), None)
    if asked is None or not forms.is_token(given.get("token", ""), who.id, site.id, number, asked.sha256):
        raise HTTPException(403)
    person = person_of(desk.site, who, tokyo_day(desk.now()))
    if person is None or person.role not in deciders(asked.kind):
        raise HTTPException(403)
    _write(desk, person.name, number, given)
    return RedirectResponse(f"../today?site={quote(site.id)}&decided={number}", 303)


def _write(desk: Desk, person: str, number: int, given: dict[str, str]) -> None:
    """The decision. Raises RefusedError (LEDGER-050 by who asked, -051 once decided, -052 too late)."""
    reason = given.get("reason", "")[:200]
    if contains_my_number(reason):
        raise HTTPException(422)
    with desk.ledger.transaction(person) as tx:
        if given.get("choice") == "approve":
            approvals.approve(tx, number)
        elif given.get("choice") == "reject" and reason:
            approvals.reject(tx, number, reason)
        else:
            raise HTTPException(422)


def _choose(who: Viewer, wanted: str | None) -> tuple[list[SiteFolder], SiteFolder]:
    """The sites that this user sees, and the wanted one of them, else the first. Answers 404 where there is none."""
    seen = seen_by(who)
    found = [site for site in seen if wanted is None or site.id == wanted]
    if not found:
        raise HTTPException(404)
    return seen, found[0]


async def _told(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    message, step = _WORDS.get(status, _WORDS[409])
    return _page_of(request, status, None, message, step)


async def _told_ours(request: Request, error: Exception) -> Response:
    """A refusal of the library, in the catalogue's words."""
    assert isinstance(error, FukuhonError)
    status = 409 if isinstance(error, RefusedError) else 503 if isinstance(error, RetriableError) else 500
    return _page_of(request, status, error.code, error.message, error.next_step)


def _page_of(request: Request, status: int, code: str | None, message: str, step: str) -> Response:
    base = "../" if "/approvals/" in request.url.path else ""
    return HTMLResponse(look.page("error.html", base=base, code=code, message=message, step=step), status)
