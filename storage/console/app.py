"""The console as one ASGI application: pages at ``/``, REST at ``/api/v1``, OAI-PMH at ``/oai``,
DCAT-AP at ``/dcat``, feeds at ``/feeds``, ``/healthz``, ``/metrics``.

A database comes in; every answer is rendered on the server, escaped, and carries headers that let a browser run no
script and load nothing from elsewhere. What fails is told to a reader in one sentence, in JSON where JSON is spoken.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from storage import settings
from storage.console import (
    account_pages,
    annual_api,
    annual_pages,
    annual_report_pages,
    annual_steps,
    annual_sums_pages,
    api,
    board_pages,
    bodies,
    calendar_pages,
    changes,
    dcat,
    delivery_pages,
    feed,
    feeds,
    finding_pages,
    finding_steps,
    item_pages,
    notice_pages,
    operations,
    paper_pages,
    people_pages,
    rendering,
    request_pages,
    rule_pages,
    searching,
    signing,
    source_pages,
    sources_overview_pages,
    sources_unit_pages,
    texts,
    unit_pages,
)
from storage.database import Database, open_database
from storage.exceptions import DatabaseError
from storage.oai.ahead import ReadAhead

if TYPE_CHECKING:
    from storage.people.oidc import Provider

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # evidence links lead to the units' sites, which need not know who looks; with no-referrer, browsers would send our
    # own forms as "Origin: null", and nobody could tell them from anybody's
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_READS_ALL: Final = (
    "/api/",
    "/dcat",
    "/feeds/",
    "/oai",
    "/search",
)  # these refuse what no name can be, or find nothing
_MACHINES: Final = ("/dcat", "/feeds/", "/id/", "/metrics")
_log = logging.getLogger(__name__)


def create_app(database: Database | None = None, *, api_open: bool | None = None) -> FastAPI:
    """The console over ``database``; one it opened itself (the settings') it also closes.

    :param api_open: whether REST tells what is judged to who has not signed in; by default the settings'.

    :raises DatabaseError: no database was given and the settings' cannot be opened.
    :raises SettingsError: a setting cannot be used.
    """
    opened = database or open_database()

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.read_ahead.close()
        if app.state.provider is not None:
            app.state.provider.close()
        if database is None:
            opened.close()

    app = FastAPI(
        title="gongkai",
        version="1",
        summary="What a city's public bodies publish, and what they owe: items, looks, verdicts, findings.",
        lifespan=lifespan,
        docs_url=None,  # the interactive pages load scripts from elsewhere
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.state.database = opened
    app.state.read_ahead = ReadAhead(opened)
    app.state.settings = settings.load()
    app.state.api_open = app.state.settings.api_open if api_open is None else api_open
    app.state.provider = _identities(app, app.state.settings)
    app.include_router(signing.router)
    app.include_router(people_pages.router)
    app.include_router(account_pages.router)
    app.include_router(board_pages.router)
    app.include_router(unit_pages.router)
    app.include_router(finding_pages.router)
    app.include_router(finding_steps.router)
    app.include_router(item_pages.router)
    app.include_router(delivery_pages.router)
    app.include_router(calendar_pages.router)
    app.include_router(rule_pages.router)
    app.include_router(notice_pages.router)
    app.include_router(paper_pages.router)
    app.include_router(annual_report_pages.router)
    app.include_router(annual_steps.router)
    app.include_router(annual_sums_pages.router)
    app.include_router(annual_pages.router)
    app.include_router(source_pages.router)  # before any page whose address ends in a unit's name
    app.include_router(request_pages.router)
    app.include_router(sources_overview_pages.router)
    app.include_router(sources_unit_pages.router)
    app.include_router(api.router)
    app.include_router(api.judged, dependencies=[Depends(signing.may_read_judged)])
    app.include_router(annual_api.router, dependencies=[Depends(signing.may_read_judged)])
    app.include_router(changes.router)
    app.include_router(searching.api_router)
    app.include_router(searching.router)
    app.include_router(feed.router)
    app.include_router(dcat.router)
    app.include_router(feeds.router)
    app.include_router(operations.router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")

    app.add_middleware(bodies.Bounded)  # inside of what follows, so that what it refuses is told like any refusal

    @app.middleware("http")
    async def protect(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        if "\x00" in request.scope["path"]:  # no name has it, and PostgreSQL takes no such text even to look for
            return _protected(_explain(request, HTTPStatus.NOT_FOUND, HTTPStatus.NOT_FOUND.phrase))
        if not request.scope["path"].startswith(_READS_ALL):  # left out of what is asked, as it is of forms
            request.scope["query_string"] = request.scope["query_string"].replace(b"%00", b"")
        return _protected(await call_next(request))

    @app.exception_handler(HTTPException)
    async def refuse(request: Request, error: HTTPException) -> Response:
        said = texts.word(rendering.language_of(request), "refused", str(error.detail).removeprefix("refused."))
        return _explain(request, error.status_code, said, error.headers)

    @app.exception_handler(RequestValidationError)
    async def misunderstand(request: Request, error: RequestValidationError) -> Response:
        said = "; ".join(f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in error.errors())
        return _explain(request, HTTPStatus.UNPROCESSABLE_ENTITY, said)

    @app.exception_handler(signing.SignInNeeded)
    async def ask_to_sign_in(request: Request, needed: signing.SignInNeeded) -> Response:
        if request.url.path.startswith("/api/"):
            return JSONResponse({"detail": "sign in first"}, status_code=HTTPStatus.UNAUTHORIZED)
        return RedirectResponse(f"/sign-in?{urlencode({'after': needed.path})}", HTTPStatus.SEE_OTHER)

    @app.exception_handler(DatabaseError)
    async def cannot_read(request: Request, error: DatabaseError) -> Response:
        _log.error("%s %s: %s", request.method, request.url.path, error)
        said = "the database cannot be read; see /healthz"
        return _explain(request, HTTPStatus.SERVICE_UNAVAILABLE, said, {"Retry-After": feed.RETRY_S})

    @app.exception_handler(Exception)
    async def fail(request: Request, error: Exception) -> Response:
        said = "the program failed; the fault was logged"  # the server logs the traceback itself
        return _protected(_explain(request, HTTPStatus.INTERNAL_SERVER_ERROR, said))

    return app


def _identities(app: FastAPI, kept: settings.Settings) -> Provider | None:
    """The provider that may open accounts, and its pages; None and no page where the settings name none."""
    if kept.oidc_issuer is None or kept.oidc_client_id is None:
        return None
    from storage.console import oidc_pages  # a tenth of a second, and what few installations need
    from storage.people.oidc import Client, Provider

    app.include_router(oidc_pages.router)
    secret = settings.secret("oidc") if settings.is_set("GONGKAI_SECRET_OIDC") else None
    return Provider(Client(issuer=kept.oidc_issuer, client_id=kept.oidc_client_id, secret=secret))


def _protected(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)  # a page may ask for a stricter one
    return response


def _explain(request: Request, status: int, said: str, headers: object = None) -> Response:
    """An error as a page where a person reads, as JSON below ``/api``, as a line where other machines do."""
    extra = headers if isinstance(headers, dict) else None
    if request.url.path.startswith(_MACHINES):
        return PlainTextResponse(f"{said}\n", status_code=status, headers=extra)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"detail": said}, status_code=status, headers=extra)
    return rendering.error_page(request, status, said, extra)
