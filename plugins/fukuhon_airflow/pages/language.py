"""Japanese as the UI's first language and Tokyo as its first time zone; who has chosen another keeps it.

Airflow has no setting for it: the UI takes ``localStorage.i18nextLng``, then the browser's language, then English, and
shows times in the browser's zone. So its pages get one script, a file of ours, that writes both where they are empty.
"""

from __future__ import annotations

from fukuhon_airflow.pages.lazy import ASGIApp, Message, Receive, Scope, Send

__all__ = ["SCRIPT", "JapaneseFirst"]

SCRIPT = """\
for (const [key, value] of [['i18nextLng', 'ja'], ['timezone', '"Asia/Tokyo"']]) {
  if (!localStorage.getItem(key)) { localStorage.setItem(key, value); }
}
"""
_PATH = "/fukuhon/language.js"
_OURS = "/fukuhon/"
_HEAD = b"<head>"


class JapaneseFirst:
    """Middleware that serves the script, and names it at the head of the UI's pages.

    The script is the same for everybody and tells nothing, so it is given out before the login, which needs it, too.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for the script; otherwise hand on, and look at pages of HTML on their way back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = _own_path(scope)
        if path == _PATH:
            await _answer(send)
        elif path.startswith((_OURS, "/api/", "/ui/", "/execution/", "/static/")):
            await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, _Insert(send, _prefix(scope) + _PATH))


def _prefix(scope: Scope) -> str:
    return str(scope.get("root_path", "")).rstrip("/")


def _own_path(scope: Scope) -> str:
    """The path below a prefix, whether the server has put that before the path or not."""
    path, prefix = str(scope["path"]), _prefix(scope)
    return path[len(prefix) :] if prefix and path.startswith(f"{prefix}/") else path


async def _answer(send: Send) -> None:
    body = SCRIPT.encode()
    headers = [
        (b"content-type", b"text/javascript; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"public, max-age=86400"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Insert:
    """Holds a page of HTML back until it is whole, and names the script in it; everything else passes."""

    def __init__(self, send: Send, address: str) -> None:
        self.send = send
        self.tag = f'<script src="{address}"></script>'.encode()
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self.start = message
        elif self.start is None:
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self.start)

    async def _finish(self, start: Message) -> None:
        body = self.body.replace(_HEAD, _HEAD + self.tag, 1)
        kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        await self.send({**start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
        await self.send({"type": "http.response.body", "body": body})


def _is_page(message: Message) -> bool:
    headers = {name.lower(): value for name, value in message["headers"]}
    is_html = headers.get(b"content-type", b"").startswith(b"text/html")
    return is_html and b"content-encoding" not in headers and message["status"] == 200
