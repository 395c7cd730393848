"""Signing in by the city's own provider: the way there, and back. Only there where the settings name a provider.

The browser that goes is the one that must come back: it holds a random secret in a short-lived HttpOnly cookie, and
state, nonce and PKCE verifier are made of it, of what the way is for, and (to link an identity) of the session. The way
there begins with a link or a redirect of a link, never as the answer to a form, so that forms may go to ourselves alone
(``form-action 'self'``). The way back leads into an account that knows the identity, and makes none by itself.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final, Literal

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from storage import people, registry
from storage.console import account_pages, forms, rendering, signing
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import utcnow
from storage.exceptions import IdentityRefused, PeopleRefused
from storage.people import Session, attempts, identities, own, tokens
from storage.people.accounts import clean_name
from storage.people.identities import Identity
from storage.people.oidc import Provider

router = APIRouter(include_in_schema=False)
COOKIE: Final = "gongkai_oidc"
VALID_S: Final = 600
_WHO: Final = "oidc callback"  # in the log and among the tries, where nobody is known yet; no name has a blank


class Way(BaseModel):
    """What somebody went to the provider for, as their browser keeps it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    secret: str = Field(min_length=20, max_length=100)
    begun: int
    purpose: Literal["sign_in", "link", "welcome"]
    after: str = Field(default="/", max_length=500)
    token: str = Field(default="", max_length=100)  # of a one-time link
    name: str = Field(default="", max_length=64)
    shown: str = Field(default="", max_length=64)


@router.get("/oidc/sign-in")
def go(request: Request, store: Store, after: str = "/") -> Response:
    """Leads to the provider."""
    path = forms.local_path(after)
    way = _begin("sign_in", after=path if len(path) <= 500 else "/")
    try:
        address = _address(request, way, None)
    except IdentityRefused as refused:
        return signing.sign_in_page(request, store, after, refused.what)
    return _holding(request, RedirectResponse(address, 303), way)


@router.post("/account/link", response_class=HTMLResponse)
async def link(request: Request, store: Store, person: Person) -> Response:
    """Begins to link an identity, for who knows the account's password."""
    form = await forms.read(request)
    signing.own(person, form)
    return await run_in_threadpool(_linking, request, store, person, form)


@router.post("/account/unlink")
async def unlink(request: Request, store: Store, person: Person) -> Response:
    """No identity opens the account any more."""
    form = await forms.read(request)
    signing.own(person, form)
    return await run_in_threadpool(_unlinked, request, store, person)


@router.post("/welcome/{token}/identity", response_class=HTMLResponse)
async def welcome(request: Request, store: Store, token: str) -> Response:
    """Begins to accept a one-time link with an identity instead of a password."""
    form = await forms.read(request)
    return await run_in_threadpool(_welcoming, request, store, token, form)


@router.get("/oidc/callback")
def come_back(request: Request, store: Store) -> Response:
    """The way back: whoever the provider says came, if this browser went, and an account knows them."""
    answer = _come_back(request, store)
    answer.delete_cookie(COOKIE)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _linking(request: Request, store: Store, person: Person, form: dict[str, str]) -> Response:
    address = signing.address_of(request)
    try:
        own.prove(store, person.account.name, form.get("password", ""), address=address, now=utcnow())
        way = _begin("link")
        return _go_on(request, store, way, _address(request, way, person))
    except PeopleRefused as refused:
        return account_pages.page(request, store, person, refused=refused)
    except IdentityRefused as refused:
        return account_pages.page(request, store, person, refused=PeopleRefused(refused.what, str(refused)))


def _unlinked(request: Request, store: Store, person: Person) -> Response:
    try:
        identities.unlink(store, person.account.name, address=signing.address_of(request))
    except PeopleRefused as refused:
        return account_pages.page(request, store, person, refused=refused)
    return RedirectResponse("/account?done=unlinked", 303)


def _welcoming(request: Request, store: Store, token: str, form: dict[str, str]) -> Response:
    invitation = people.open_invitation(store, token)
    if not signing.is_ours(request, form) or invitation is None:
        return signing.welcome_page(request, store, token, form, "csrf" if invitation else "link")
    try:
        name = invitation.account or clean_name(form.get("name", ""))
        way = _begin("welcome", token=token, name=name, shown=form.get("shown", "")[:64])
        return _go_on(request, store, way, _address(request, way, None))
    except (PeopleRefused, IdentityRefused) as refused:
        return signing.welcome_page(request, store, token, form, refused.what)


def _come_back(request: Request, store: Store) -> Response:
    way, session = _way_of(request), signing.someone(request, store)
    state = request.query_params.get("state", "")
    if way is None or not tokens.is_same(state, _state(way, session)):
        return signing.sign_in_page(request, store, "/", "oidc_stale")
    now, address = utcnow(), signing.address_of(request)
    wait = attempts.wait_here_s(store, address, now)
    if wait > 0:
        return signing.sign_in_page(request, store, way.after, "wait", wait)
    try:
        identity = _provider(request).identity(
            request.query_params, nonce=_made(way, "nonce"), verifier=_made(way, "verifier"), back=_back(request)
        )
        return _arrived(request, store, way, session, identity)
    except (IdentityRefused, PeopleRefused) as refused:
        with store.begin() as transaction:
            if refused.what != "oidc_down":  # which is nobody's try
                attempts.record(transaction, _WHO, address, now, good=False)
            if isinstance(refused, IdentityRefused):
                facts = {"by": "oidc", "why": refused.what}
                people.note(transaction, _WHO, "sign_in.failed", facts=facts, address=address, at=now)
        if way.purpose == "link" and session is not None:
            return account_pages.page(request, store, session, refused=PeopleRefused(refused.what, str(refused)))
        if way.purpose == "welcome":
            return signing.welcome_page(request, store, way.token, {"name": way.name, "shown": way.shown}, refused.what)
        return signing.sign_in_page(request, store, way.after, refused.what)


def _arrived(request: Request, store: Store, way: Way, session: Session | None, identity: Identity) -> Response:
    """What the way was for.

    :raises PeopleRefused: it cannot be.
    """
    address = signing.address_of(request)
    if way.purpose == "link":
        if session is None:
            raise HTTPException(403, "refused.csrf")
        identities.link(store, session.account.name, identity, address=address)
        return RedirectResponse("/account?done=linked", 303)
    if way.purpose == "welcome":
        shown = way.shown.strip() or identity.shown
        account = people.accept(store, way.token, name=way.name, shown=shown, password=identity, address=address)
        token = people.begin(store, account.name, address=address)
    else:
        token = identities.sign_in(store, identity, address=address)
    if session is not None:  # whoever was signed in here is no more
        people.end(store, request.cookies[signing.COOKIE], address=address)
    return signing.begun(request, token, way.after)


# ------------------------------------------------------------------ the way, in the browser's hands


def _begin(purpose: Literal["sign_in", "link", "welcome"], **more: str) -> Way:
    return Way(secret=tokens.new(), begun=int(utcnow().timestamp()), purpose=purpose, **more)


def _made(way: Way, what: str) -> str:
    """A value of this way alone that nobody but its browser can know before."""
    return tokens.derived(way.secret, f"{what} {way.model_dump_json()}")


def _state(way: Way, session: Session | None) -> str:
    """To link an identity the session belongs to it: nobody links theirs to an account by planting a cookie."""
    return _made(way, f"state {session.csrf if way.purpose == 'link' and session is not None else ''}")


def _address(request: Request, way: Way, session: Session | None) -> str:
    made = {"state": _state(way, session), "nonce": _made(way, "nonce"), "verifier": _made(way, "verifier")}
    return _provider(request).address(**made, back=_back(request))


def _back(request: Request) -> str:
    return f"{signing.base_of(request)}oidc/callback"


def _provider(request: Request) -> Provider:
    provider: Provider = request.app.state.provider
    return provider


def _go_on(request: Request, store: Store, way: Way, address: str) -> Response:
    """A page with a link to the provider: a form that led there by itself would need another ``form-action``."""
    provider = request.app.state.settings.oidc_name
    answer = rendering.page(request, "go_on.html", registry.load_city(store), provider=provider, address=address)
    answer.headers["Cache-Control"] = "no-store"
    return _holding(request, answer, way)


def _holding(request: Request, answer: Response, way: Way) -> Response:
    value = base64.urlsafe_b64encode(way.model_dump_json().encode()).decode()
    secure = signing.is_over_tls(request)
    answer.set_cookie(COOKIE, value, max_age=VALID_S, httponly=True, samesite="lax", secure=secure)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _way_of(request: Request) -> Way | None:
    """The way that this browser is on; None where it is on none, or has been for too long."""
    try:
        way = Way.model_validate_json(base64.urlsafe_b64decode(request.cookies.get(COOKIE, "")))
    except (ValidationError, binascii.Error, ValueError):
        return None
    return way if 0 <= utcnow().timestamp() - way.begun <= VALID_S else None
