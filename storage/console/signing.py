"""Signing in and out, and the one-time links; who is signed in is handed to every page.

The cookie holds a random token and nothing else; it is HttpOnly and SameSite=Lax, and Secure where the page came over
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
_STATUS: Final = {"wait": 429, "wrong": 401, "csrf": 403, "link": 410}


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
    _own(person, form)
    may(person, action, unit)


def address_of(request: Request) -> str | None:
    """From where it was asked."""
    return request.client.host if request.client else None


def _own(person: Session, form: dict[str, str]) -> None:
    if not tokens.is_same(form.get("csrf", ""), person.csrf):
        raise HTTPException(403, "refused.csrf")


@router.get("/sign-in", response_class=HTMLResponse)
def show_sign_in(request: Request, store: Store, after: str = "/") -> Response:
    """The form; who is signed in already goes on."""
    if someone(request, store) is not None:
        return RedirectResponse(forms.local_path(after), _SEE_OTHER)
    return _sign_in_page(request, store, after)


@router.post("/sign-in")
async def take_sign_in(request: Request, store: Store) -> Response:
    """A name and a password."""
    form = await forms.read(request)
    if not _is_ours(request, form):
        return await run_in_threadpool(_sign_in_page, request, store, form.get("after"), "csrf")
    try:
        token = await run_in_threadpool(
            people.sign_in, store, form.get("name", ""), form.get("password", ""), address=address_of(request)
        )
    except PeopleRefused as refused:
        said: dict[str, object] = {"seconds": max(1, round(refused.wait_s))} if refused.what == "wait" else {}
        answer = await run_in_threadpool(_sign_in_page, request, store, form.get("after"), refused.what, said)
        if refused.wait_s:
            answer.headers["Retry-After"] = str(max(1, round(refused.wait_s)))
        return answer
    return _begun(request, token, forms.local_path(form.get("after")))


@router.post("/sign-out")
async def take_sign_out(request: Request, store: Store) -> Response:
    """Ends the session."""
    form = await forms.read(request)
    found = await run_in_threadpool(someone, request, store)
    if found is not None:
        _own(found, form)
        await run_in_threadpool(people.end, store, request.cookies[COOKIE])
        await run_in_threadpool(people.note, store, found.account.name, "signed_out", address=address_of(request))
    answer = RedirectResponse("/sign-in", _SEE_OTHER)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/welcome/{token}", response_class=HTMLResponse)
def show_welcome(request: Request, store: Store, token: str) -> Response:
    """A one-time link: choose a name and a password."""
    return _welcome_page(request, store, token, {})


@router.post("/welcome/{token}")
async def take_welcome(request: Request, store: Store, token: str) -> Response:
    """The name and password chosen; who did is signed in."""
    form = await forms.read(request)
    return await run_in_threadpool(_welcomed, request, store, token, form)


def _welcomed(request: Request, store: Store, token: str, form: dict[str, str]) -> Response:
    if not _is_ours(request, form):
        return _welcome_page(request, store, token, form, "csrf")
    if form.get("password") != form.get("again"):
        return _welcome_page(request, store, token, form, "differ")
    name, shown, password = (form.get(field, "") for field in ("name", "shown", "password"))
    try:
        account = people.accept(store, token, name=name, shown=shown, password=password, address=address_of(request))
    except PeopleRefused as refused:
        return _welcome_page(request, store, token, form, refused.what)
    return _begun(request, people.begin(store, account.name, address=address_of(request)), "/")


# ------------------------------------------------------------------ pages


def _sign_in_page(
    request: Request,
    store: Store,
    after: str | None,
    refused: str | None = None,
    said: dict[str, object] | None = None,
) -> HTMLResponse:
    secret = request.cookies.get(_BEFORE) or tokens.new()
    answer = rendering.page(
        request,
        "sign_in.html",
        registry.load_city(store),
        csrf=tokens.derived(secret, "csrf"),
        after=forms.local_path(after),
        refused=_refused(request, refused, said),
        is_empty=not people.accounts(store),
    )
    return _before(request, answer, secret, refused)


def _welcome_page(
    request: Request, store: Store, token: str, form: dict[str, str], refused: str | None = None
) -> HTMLResponse:
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
        name=form.get("name", ""),
        shown=form.get("shown", ""),
        refused=_refused(request, refused),
    )
    answer.headers["Referrer-Policy"] = "no-referrer"
    return _before(request, answer, secret, refused)


def _refused(request: Request, what: str | None, said: dict[str, object] | None = None) -> str | None:
    return None if what is None else texts.text(rendering.language_of(request), f"refused.{what}", **(said or {}))


def _before(request: Request, answer: HTMLResponse, secret: str, refused: str | None) -> HTMLResponse:
    answer.status_code = 200 if refused is None else _STATUS.get(refused, 422)
    answer.set_cookie(_BEFORE, secret, httponly=True, samesite="lax", secure=request.url.scheme == "https")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_ours(request: Request, form: dict[str, str]) -> bool:
    secret = request.cookies.get(_BEFORE)
    return secret is not None and tokens.is_same(form.get("csrf", ""), tokens.derived(secret, "csrf"))


def _begun(request: Request, token: str, path: str) -> Response:
    answer = RedirectResponse(path, _SEE_OTHER)
    answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=request.url.scheme == "https")
    answer.delete_cookie(_BEFORE)
    return answer
