"""What is told to whom, for the office: what waits, what went out, what failed with the reason and what to do."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from storage import notices, people, registry
from storage.console import forms, rendering, signing
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import Database
from storage.exceptions import UnknownTarget
from storage.notices import FAILED, OVERTAKEN, SENT
from storage.people import Action

router = APIRouter(include_in_schema=False)
_SHOWN: Final = 100  # of each part
_LARGEST: Final = 2**31 - 1  # id that the databases hold


@router.get("/notices", response_class=HTMLResponse)
def show_notices(request: Request, store: Store, person: Person) -> HTMLResponse:
    """Channels and how they do; notices that failed, that wait, that went out."""
    signing.may(person, Action.NOTIFY)
    city = registry.load_city(store)
    waiting = notices.waiting(store)
    return rendering.page(
        request,
        "notices.html",
        city,
        channels=list(notices.channels(store).values()),
        counts=notices.counts(store),
        failed=notices.latest(store, [FAILED], _SHOWN),
        waiting=waiting[:_SHOWN],
        settled=notices.latest(store, [SENT, OVERTAKEN], _SHOWN),
        names={unit.id: unit.name for unit in (city.units if city else ())},
        sent_again=bool(request.query_params.get("again")),
    )


@router.post("/notices/{name}")
async def send_again(request: Request, store: Store, person: Person, name: str) -> Response:
    """Has a notice that was given up wait again; the next run sends it."""
    form = await forms.read(request)
    signing.check(person, form, Action.NOTIFY)
    await run_in_threadpool(_again, store, person, name, signing.address_of(request))
    return RedirectResponse("/notices?again=1", 303)


def _again(store: Database, person: Person, name: str, address: str | None) -> None:
    number = int(name) if name.isascii() and name.isdigit() and len(name) <= len(str(_LARGEST)) else 0
    try:
        if not 0 < number <= _LARGEST:
            raise UnknownTarget(f"no notice {name}")
        notice = notices.again(store, number)
    except UnknownTarget as unknown:
        raise HTTPException(404, "refused.no_notice") from unknown
    facts = {"kind": notice.kind, "channel": notice.channel, "unit": notice.unit, "about": notice.subject}
    people.note(store, person.account.name, "notice.again", name, facts=facts, address=address)
