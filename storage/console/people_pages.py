"""The office's people and the log: invite, close, open again, a new password link; every deed is written down."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from storage import people, registry
from storage.console import forms, rendering, signing, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.exceptions import PeopleRefused, UnknownTarget
from storage.people import Action, identities
from storage.schema import Role

router = APIRouter(include_in_schema=False)
_PAGE: Final = 100
Before = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


@router.get("/people", response_class=HTMLResponse)
def show_people(request: Request, store: Store, person: Person) -> HTMLResponse:
    """Who may use the console."""
    signing.may(person, Action.PEOPLE)
    return _page(request, store, person)


@router.post("/people", response_class=HTMLResponse)
async def invite(request: Request, store: Store, person: Person) -> Response:
    """Makes a one-time link for a new account."""
    form = await forms.read(request)
    signing.check(person, form, Action.PEOPLE)
    return await run_in_threadpool(_invited, request, store, person, form)


@router.post("/people/{name}", response_class=HTMLResponse)
async def change(request: Request, store: Store, person: Person, name: str) -> Response:
    """Closes an account, opens it again, or makes a link for a new password."""
    form = await forms.read(request)
    signing.check(person, form, Action.PEOPLE)
    return await run_in_threadpool(_changed, request, store, person, name, form.get("do"))


@router.get("/log", response_class=HTMLResponse)
def show_log(request: Request, store: Store, person: Person, before: Before = None) -> HTMLResponse:
    """What everyone did, newest first."""
    signing.may(person, Action.PEOPLE)
    found = list(people.entries(store, before=before, limit=_PAGE + 1))
    shown = {"entries": found[:_PAGE], "next": found[_PAGE - 1].id if len(found) > _PAGE else None}
    return rendering.page(request, "log.html", registry.load_city(store), **shown)


def _invited(request: Request, store: Store, person: Person, form: dict[str, str]) -> Response:
    by, address = person.account.name, signing.address_of(request)
    try:
        role = Role(form.get("role", ""))
    except ValueError:
        raise HTTPException(422, "no such role") from None
    try:
        unit = form.get("unit") or None
        token = people.invite(store, role, by=by, unit=unit if role is Role.UNIT else None, address=address)
    except PeopleRefused as refused:
        return _page(request, store, person, refused=refused.what)
    return _page(request, store, person, token=token)


def _changed(request: Request, store: Store, person: Person, name: str, what: str | None) -> Response:
    who: dict[str, Any] = {"by": person.account.name, "address": signing.address_of(request)}
    try:
        if what == "close":
            people.close(store, name, **who)
        elif what == "reopen":
            people.reopen(store, name, **who)
        elif what == "link":
            known = people.get(store, name)
            if known is None:
                raise UnknownTarget(name)
            return _page(
                request, store, person, token=people.invite(store, known.role, unit=known.unit, account=name, **who)
            )
        else:
            raise HTTPException(422, "expected do to be close, reopen or link")
    except UnknownTarget:
        raise HTTPException(404, f"no such account: {name}") from None
    except PeopleRefused as refused:
        return _page(request, store, person, refused=refused.what)
    return _page(request, store, person)


def _page(
    request: Request, store: Store, person: Person, *, token: str | None = None, refused: str | None = None
) -> HTMLResponse:
    city = registry.load_city(store)
    language = rendering.language_of(request)
    answer = rendering.page(
        request,
        "people.html",
        city,
        accounts=people.accounts(store),
        linked=identities.linked_accounts(store),
        names={unit.id: unit.name for unit in (city.units if city else ())},
        roles=[role.value for role in Role],
        csrf=person.csrf,
        link=None if token is None else f"{signing.base_of(request)}welcome/{token}",
        refused=None if refused is None else texts.text(language, f"refused.{refused}"),
    )
    answer.status_code = 200 if refused is None else 422
    answer.headers["Cache-Control"] = "no-store"
    return answer
