"""Templates and the reader's language: a request and what to show in, an HTML page out, everything escaped.

The language is the ``lang`` of the address, then of the cookie it leaves, then Chinese. Times are shown in the city's
time zone, addresses become links only when they are web addresses.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from storage.console import texts
from storage.schema import City

COOKIE: Final = "lang"
_COOKIE_AGE_S: Final = 365 * 24 * 3600
_ZONE: Final = "Asia/Shanghai"


def page(request: Request, template: str, city: City | None, **shown: Any) -> HTMLResponse:
    """``template`` with what it shows, in the reader's language."""
    return _respond(request, template, city, 200, None, shown)


def error_page(request: Request, status: int, said: str, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """A page that says what went wrong and what to do. Reads nothing, so that it can tell of any failure."""
    key = {404: "error.404", 405: "error.405", 503: "error.503"}.get(
        status, "error.500" if status >= 500 else "error.400"
    )
    shown = {"key": key, "said": said if status < 500 else None, "status": status}
    return _respond(request, "error.html", None, status, headers, shown)


def language_of(request: Request) -> texts.Language:
    """The language the reader asked for, now or earlier; Chinese where they did not."""
    for asked in (request.query_params.get(COOKIE), request.cookies.get(COOKIE)):
        for language in texts.LANGUAGES:
            if asked == language:
                return language
    return texts.LANGUAGES[0]


def zone_of(city: City | None) -> ZoneInfo:
    """The time zone times are shown in."""
    try:
        return ZoneInfo(city.timezone if city else _ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(_ZONE)


def _respond(
    request: Request,
    template: str,
    city: City | None,
    status: int,
    headers: Mapping[str, str] | None,
    shown: Mapping[str, Any],
) -> HTMLResponse:
    language = language_of(request)
    zone = zone_of(city)
    html = (
        _environment()
        .get_template(template)
        .render(
            city=city,
            person=getattr(request.state, "person", None),
            language=language,
            other=next(one for one in texts.LANGUAGES if one != language),
            zone=zone.key,
            t=partial(texts.text, language),
            w=partial(texts.word, language),
            advice=partial(texts.advice, language),
            fact=partial(texts.fact, language),
            local=partial(_local, zone=zone),
            **shown,
        )
    )
    response = HTMLResponse(html, status_code=status, headers=dict(headers or {}))
    response.headers["Vary"] = "Cookie"
    response.headers["Cache-Control"] = "no-cache"
    if request.query_params.get(COOKIE) == language:
        response.set_cookie(COOKIE, language, max_age=_COOKIE_AGE_S, httponly=True, samesite="lax")
    return response


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["segment"] = lambda value: quote(str(value), safe="")
    environment.filters["plain"] = plain
    environment.filters["bytes"] = size
    environment.tests["web_address"] = _is_web_address
    return environment


def _local(moment: dt.datetime, *, zone: ZoneInfo) -> str:
    """A moment in the city's time zone, to the minute."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _is_web_address(value: object) -> bool:
    """Whether a value from outside may become a link; ``javascript:`` and the like may not."""
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def size(number: int) -> str:
    """A number of bytes as people read it, rounded up: 12 KB, 3.5 MB."""
    if number < 1 << 20:
        return f"{-(-number // 1024)} KB"
    return f"{-(-number * 10 // (1 << 20)) / 10:g} MB"


def plain(value: object) -> str:
    """A fact as text: a cell of a table by its words, place and value, other structures as JSON."""
    if isinstance(value, Mapping) and "words" in value and "value" in value:
        at = f"（{value['address']}）" if value.get("address") else ""
        return f"{value['words']}{at}：{value['value']}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
