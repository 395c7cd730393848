"""One's own account: who one is here, another password, where one is signed in, the identity that opens it too."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from storage import people, registry
from storage.console import forms, rendering, signing
from storage.console.api import Store
from storage.console.signing import Person
from storage.exceptions import PeopleRefused
from storage.people import identities, own

router = APIRouter(include_in_schema=False)
_DONE: Final = ("password", "sessions", "linked", "unlinked")


@router.get("/account", response_class=HTMLResponse)
def show_account(request: Request, store: Store, person: Person, done: str = "") -> HTMLResponse:
    """The account of who asks, anybody's own."""
    return page(request, store, person, done=done)


@router.post("/account/password", response_class=HTMLResponse)
async def change_password(request: Request, store: Store, person: Person) -> Response:
    """Another password, for who knows the old one; other sessions end."""
    form = await forms.read(request)
    signing.own(person, form)
    return await run_in_threadpool(_changed, request, store, person, form)


@router.post("/account/sessions")
async def end_others(request: Request, store: Store, person: Person) -> Response:
    """Ends every other session of this account."""
    form = await forms.read(request)
    signing.own(person, form)
    token, address = request.cookies[signing.COOKIE], signing.address_of(request)
    await run_in_threadpool(own.end_others, store, person.account.name, token, address=address)
    return RedirectResponse("/account?done=sessions", 303)


def _changed(request: Request, store: Store, person: Person, form: dict[str, str]) -> Response:
    if form.get("new") != form.get("again"):
        return page(request, store, person, refused=PeopleRefused("differ", "the two differ"))
    try:
        own.change_password(
            store,
            person.account.name,
            person.account.shown,
            form.get("old", ""),
            form.get("new", ""),
            token=request.cookies[signing.COOKIE],
            address=signing.address_of(request),
        )
    except PeopleRefused as refused:
        return page(request, store, person, refused=refused)
    return RedirectResponse("/account?done=password", 303)


def page(
    request: Request, store: Store, person: Person, *, done: str = "", refused: PeopleRefused | None = None
) -> HTMLResponse:
    """The account's page, with what was done or why it was not."""
    city, account = registry.load_city(store), person.account
    seconds = max(1, round(refused.wait_s)) if refused is not None and refused.wait_s else None
    answer = rendering.page(
        request,
        "account.html",
        city,
        account=people.get(store, account.name),
        unit=next((unit for unit in city.units if unit.id == account.unit), None) if city else None,
        places=own.places(store, account.name, request.cookies[signing.COOKIE]),
        has_password=identities.has_password(store, account.name),
        linked=identities.of_account(store, account.name),
        provider=request.app.state.settings.oidc_name if request.app.state.settings.oidc_issuer else None,
        csrf=person.csrf,
        done=done if done in _DONE else None,
        refused=signing.refusal(request, refused.what, seconds) if refused is not None else None,
    )
    if refused is not None:
        answer.status_code = signing.STATUS.get(refused.what, 422)
    if seconds is not None:
        answer.headers["Retry-After"] = str(seconds)
    answer.headers["Cache-Control"] = "no-store"
    return answer
