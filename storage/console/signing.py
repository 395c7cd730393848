"""Signing in and out, and the one-time links; who is signed in is handed to every page.

The cookie holds a random token and nothing else; it is HttpOnly and SameSite=Lax, and Secure where we are reached over
TLS. A form needs the session's own secret beside it. Before anyone is signed in the secret is made of a cookie that
the sign-in page sets itself.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from storage import people, registry
from storage.console import forms, rendering, texts
from storage.console.api import Store
from storage.exceptions import PeopleRefused
from storage.people import Action, Session, tokens

router = APIRouter(include_in_schema=False)
COOKIE: Final = "gongkai_session"
_BEFORE: Final = "gongkai_before"  # of those who are not signed in yet
_SEE_OTHER: Final = 303
STATUS: Final = {
    "wait": 429,
    "wrong": 401,
    "csrf": 403,
    "link": 410,
    "old": 403,
    "unlinked": 403,
    "linked": 409,
    "oidc_stale": 400,
    "oidc_refused": 403,
    "oidc_down": 503,
}


class SignInNeeded(Exception):
    """Raised where a page is for people who are signed in; carries where they wanted to go."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def signed_in(request: Request, store: Store) -> Session:
    """Who asks.

    :raises SignInNeeded: nobody who is signed in.
    """
    found = someone(request, store)
    if found is None:
        query = f"?{request.url.query}" if request.url.query else ""
        raise SignInNeeded(f"{request.url.path}{query}" if request.method == "GET" else "/")
    return found


def someone(request: Request, store: Store) -> Session | None:
    """Who asks, None where nobody is signed in."""
    found = people.who(store, request.cookies.get(COOKIE))
    request.state.person = found
    return found


Person = Annotated[Session, Depends(signed_in)]


def may_read_judged(request: Request, store: Store) -> None:
    """Lets go on who may read over REST what is judged: everyone where it is open, else the office and readers.

    :raises SignInNeeded: nobody is signed in.
    :raises HTTPException: 403.
    """
    if not request.app.state.api_open:
        may(signed_in(request, store), Action.SEE)


def may(person: Session, action: Action, unit: str | None = None) -> None:
    """Lets go on who may do ``action`` in a matter of ``unit``.

    :raises HTTPException: 403.
    """
    if not person.account.may(action, unit):
        raise HTTPException(403, "refused.not_yours")


def check(person: Session, form: dict[str, str], action: Action, unit: str | None = None) -> None:
    """Lets go on a form that is ours, from somebody who may do what it asks for.

    :raises HTTPException: 403.
    """
    own(person, form)
    may(person, action, unit)


def address_of(request: Request) -> str | None:
    """From where it was asked."""
    return request.client.host if request.client else None


def is_over_tls(request: Request) -> bool:
    """Whether browsers reach us over TLS, also where something before us ends it."""
    public: str | None = request.app.state.settings.public_url
    return request.url.scheme == "https" or (public or "").startswith("https:")


def base_of(request: Request) -> str:
    """The address that we are reached at, for links that are handed on; ends in a slash."""
    return request.app.state.settings.public_url or str(request.base_url)


def own(person: Session, form: dict[str, str]) -> None:
    """Lets go on a form that is ours.

    :raises HTTPException: 403.
    """
    if not tokens.is_same(form.get("csrf", ""), person.csrf):
        raise HTTPException(403, "refused.csrf")


@router.get("/sign-in", response_class=HTMLResponse)
def show_sign_in(request: Request, store: Store, after: str = "/") -> Response:
    """The form; who is signed in already goes on."""
    if someone(request, store) is not None:
        return RedirectResponse(forms.local_path(after), _SEE_OTHER)
    return sign_in_page(request, store, after)


@router.post("/sign-in")
async def take_sign_in(request: Request, store: Store) -> Response:
    """A name and a password."""
    form = await forms.read(request)
    if not is_ours(request, form):
        return await run_in_threadpool(sign_in_page, request, store, form.get("after"), "csrf")
    try:
        token = await run_in_threadpool(
            people.sign_in, store, form.get("name", ""), form.get("password", ""), address=address_of(request)
        )
    except PeopleRefused as refused:
        return await run_in_threadpool(sign_in_page, request, store, form.get("after"), refused.what, refused.wait_s)
    return begun(request, token, forms.local_path(form.get("after")))


@router.post("/sign-out")
async def take_sign_out(request: Request, store: Store) -> Response:
    """Ends the session."""
    form = await forms.read(request)
    found = await run_in_threadpool(someone, request, store)
    if found is not None:
        own(found, form)
        await run_in_threadpool(people.end, store, request.cookies[COOKIE], address=address_of(request))
    answer = RedirectResponse("/sign-in", _SEE_OTHER)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/welcome/{token}", response_class=HTMLResponse)
def show_welcome(request: Request, store: Store, token: str) -> Response:
    """A one-time link: choose a name and a password."""
    return welcome_page(request, store, token, {})


@router.post("/welcome/{token}")
async def take_welcome(request: Request, store: Store, token: str) -> Response:
    """The name and password chosen; who did is signed in."""
    form = await forms.read(request)
    return await run_in_threadpool(_welcomed, request, store, token, form)


def _welcomed(request: Request, store: Store, token: str, form: dict[str, str]) -> Response:
    if not is_ours(request, form):
        return welcome_page(request, store, token, form, "csrf")
    if form.get("password") != form.get("again"):
        return welcome_page(request, store, token, form, "differ")
    name, shown, password = (form.get(field, "") for field in ("name", "shown", "password"))
    try:
        account = people.accept(store, token, name=name, shown=shown, password=password, address=address_of(request))
    except PeopleRefused as refused:
        return welcome_page(request, store, token, form, refused.what)
    return begun(request, people.begin(store, account.name, address=address_of(request)), "/")


# ------------------------------------------------------------------ pages


def sign_in_page(
    request: Request, store: Store, after: str | None, refused: str | None = None, wait_s: float = 0.0
) -> HTMLResponse:
    """The form to sign in, with why it was not done: ``refused`` is a machine word."""
    seconds = max(1, round(wait_s)) if wait_s else None
    secret = request.cookies.get(_BEFORE) or tokens.new()
    answer = rendering.page(
        request,
        "sign_in.html",
        registry.load_city(store),
        csrf=tokens.derived(secret, "csrf"),
        after=forms.local_path(after),
        refused=None if refused is None else refusal(request, refused, seconds),
        is_empty=not people.accounts(store),
        provider=_provider(request),
    )
    if seconds is not None:
        answer.headers["Retry-After"] = str(seconds)
    return _before(request, answer, secret, refused)


def welcome_page(
    request: Request, store: Store, token: str, form: dict[str, str], refused: str | None = None
) -> HTMLResponse:
    """The form of a one-time link, with what was filled in and why it was not done."""
    secret = request.cookies.get(_BEFORE) or tokens.new()
    invitation = people.open_invitation(store, token)
    if invitation is None:
        refused = "link"
    answer = rendering.page(
        request,
        "welcome.html",
        registry.load_city(store),
        csrf=tokens.derived(secret, "csrf"),
        invitation=invitation,
        token=token,
        name=form.get("name", ""),
        shown=form.get("shown", ""),
        refused=None if refused is None else refusal(request, refused),
        provider=_provider(request),
    )
    return _before(request, answer, secret, refused)


def refusal(request: Request, what: str, seconds: int | None = None) -> str:
    """Why something was refused, in the reader's language."""
    said = {} if seconds is None else {"seconds": seconds}
    return texts.text(rendering.language_of(request), f"refused.{what}", **said)


def _provider(request: Request) -> str | None:
    """What people call the provider that may open accounts; None where there is none."""
    kept = request.app.state.settings
    return kept.oidc_name if kept.oidc_issuer else None


def _before(request: Request, answer: HTMLResponse, secret: str, refused: str | None) -> HTMLResponse:
    answer.status_code = 200 if refused is None else STATUS.get(refused, 422)
    answer.set_cookie(_BEFORE, secret, httponly=True, samesite="lax", secure=is_over_tls(request))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def is_ours(request: Request, form: dict[str, str]) -> bool:
    """Whether a form of somebody who is not signed in comes from a page that we gave to this browser."""
    secret = request.cookies.get(_BEFORE)
    return secret is not None and tokens.is_same(form.get("csrf", ""), tokens.derived(secret, "csrf"))


def begun(request: Request, token: str, path: str) -> Response:
    """Hands the new session to the browser and leads on to ``path``; what the browser knew before is forgotten."""
    answer = RedirectResponse(path, _SEE_OTHER)
    answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=is_over_tls(request))
    answer.delete_cookie(_BEFORE)
    return answer
