"""What a form must bring: it comes from our own page, was shown to this user, and is about what that user saw."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer

from fukuhon_airflow.pages.login import base_url, secret_key

__all__ = ["LIMIT", "fields", "from_here", "is_token", "token"]

LIMIT = 8192
"""Bytes of a form."""
_LIFE_S = 3600


def token(*about: object) -> str:
    """What a form carries so that no other page can make one: signed, for one hour, about exactly this."""
    return _signer().dumps([str(each) for each in about])


def is_token(given: str, *about: object) -> bool:
    """Whether ``given`` was issued by us within the hour about exactly this."""
    try:
        content = _signer().loads(given, max_age=_LIFE_S)
    except BadSignature:
        return False
    return bool(content == [str(each) for each in about])


def from_here(headers: Mapping[str, str]) -> bool:
    """Whether the browser says that the request comes from a page of ours; one that does not say is refused."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site not in {None, "same-origin"}:
        return False
    if origin is None:
        return site is not None
    ours = {headers.get("host", ""), urlsplit(base_url()).netloc} - {""}
    return urlsplit(origin).netloc in ours


def fields(body: bytes) -> dict[str, str]:
    """The fields of a form, each once; a broken one has none."""
    if len(body) > LIMIT:
        return {}
    try:
        return {name: values[-1].strip() for name, values in parse_qs(body.decode(), max_num_fields=10).items()}
    except ValueError:
        return {}


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key(), salt="fukuhon.pages")
