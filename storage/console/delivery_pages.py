"""The feed's state for who runs it: receivers, how far each is, what it refused, whether it holds what it should."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from storage import outbox, people, registry, requests
from storage.console import forms, rendering, signing
from storage.console.api import Store
from storage.console.signing import Person
from storage.outbox import DeadLetter, Receiving, Reconciliation
from storage.people import Action

router = APIRouter(include_in_schema=False)
_SHOWN = 200  # dead letters; all of them: gongkai deliver dead


@dataclass(frozen=True, kw_only=True)
class Line:
    """A receiver. ``lag`` is a number of changes."""

    stands: Receiving
    lag: int
    dead: int
    compared: Reconciliation | None


@router.get("/delivery", response_class=HTMLResponse)
def show_delivery(request: Request, store: Store, person: Person) -> HTMLResponse:
    """Every receiver, and what was refused."""
    signing.may(person, Action.SEE)
    head, dead = outbox.head(store), outbox.open_letters(store)
    lines = [
        Line(
            stands=one,
            lag=head - one.seq,
            dead=dead.get(one.name, 0),
            compared=next(iter(outbox.reconciliations(store, one.name, limit=1)), None),
        )
        for one in outbox.receivers(store).values()
    ]
    letters: list[DeadLetter] = outbox.dead_letters(store, limit=_SHOWN)
    return rendering.page(
        request,
        "delivery.html",
        registry.load_city(store),
        head=head,
        lines=lines,
        letters=letters,
        request_left=bool(request.query_params.get("left")),
        may_replay=person.account.may(Action.DELIVER),
    )


@router.post("/delivery")
async def replay(request: Request, store: Store, person: Person) -> Response:
    """Leaves the request to send again what a receiver refused; a worker does it."""
    form = await forms.read(request)
    signing.check(person, form, Action.DELIVER)
    await run_in_threadpool(_leave, store, person, form, signing.address_of(request))
    return RedirectResponse("/delivery?left=1", 303)


def _leave(store: Store, person: Person, form: dict[str, str], address: str | None) -> None:
    payload: dict[str, object] = {"receiver": form.get("receiver") or None, "by": person.account.name}
    if form.get("item"):
        payload["items"] = [form["item"]]
    with store.begin() as session:
        requests.leave(session, "replay", payload)
        who, receiver = person.account.name, form.get("receiver")
        people.note(session, who, "delivery.replay", receiver, facts=payload, address=address)
