"""What people do with a finding in the console: each step a form of its own, shown to who may take it now.

The steps and where they lead are ``findings.STEPS``; who may take which stands here. A step is one event of the
finding's life, under the person's name, and one line of the log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from storage import findings, people, requests
from storage.console import forms, rendering, signing, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import utcnow
from storage.exceptions import StepRefused
from storage.people import Account, Action
from storage.schema import Finding

router = APIRouter(include_in_schema=False)
WHO: Final[Mapping[str, Action]] = {
    "notified": Action.NOTIFY,
    "received": Action.RECEIVE,
    "fixing": Action.ANSWER,
    "answered": Action.ANSWER,
    "disputed": Action.DISPUTE,
    "upheld": Action.SETTLE,
    "waived": Action.WAIVE,
    "closed": Action.SETTLE,
    "reopened": Action.SETTLE,
}
RECHECK: Final = "recheck"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A step that this person may take now. ``needs_note``: not without saying why."""

    step: str
    needs_note: bool
    needs_day: bool = False


def offers(finding: Finding, account: Account) -> list[Offer]:
    """The steps that ``account`` may take with the finding as it stands, in the order of its life."""
    state = findings.State(finding.state)
    found = [
        Offer(step=step, needs_note=step in findings.NEEDS_NOTE, needs_day=step == "waived")
        for step, (states, _) in findings.STEPS.items()
        if state in states and account.may(WHO[step], finding.unit)
    ]
    if not state.is_settled and finding.column and account.may(Action.RECHECK, finding.unit):
        found.append(Offer(step=RECHECK, needs_note=False))
    return found


@router.post("/findings/{name}")
async def take(request: Request, store: Store, person: Person, name: str) -> Response:
    """Takes a step, and shows the finding as it stands then."""
    form = await forms.read(request)
    return await run_in_threadpool(_taken, request, store, person, name, form)


def _taken(request: Request, store: Store, person: Person, name: str, form: dict[str, str]) -> Response:
    language = rendering.language_of(request)
    finding = findings.get_finding(store, name)
    if finding is None:
        raise HTTPException(404, texts.text(language, "error.finding", name=name))
    step = form.get("step", "")
    if step != RECHECK and step not in WHO:
        raise HTTPException(422, f"no such step: {step}")
    signing.check(person, form, Action.RECHECK if step == RECHECK else WHO[step], finding.unit)
    if step == RECHECK:
        _recheck(store, finding, person)
    else:
        _step(store, finding, person, step, form)
    facts = {"step": step, "note": form.get("note") or None}
    people.note(
        store, person.account.name, "finding.step", finding.id, facts=facts, address=signing.address_of(request)
    )
    return RedirectResponse(f"/findings/{quote(finding.id, safe='')}#life", 303)


def _step(store: Store, finding: Finding, person: Person, step: str, form: dict[str, str]) -> None:
    until = None
    if step == "waived":
        try:
            until = dt.date.fromisoformat(form.get("until", ""))
        except ValueError:
            raise HTTPException(422, "refused.until") from None
    try:
        findings.take_step(
            store,
            finding.id,
            step,
            who=person.account.shown,
            at=utcnow(),
            note=form.get("note") or None,
            approved_by=(form.get("approved_by") or person.account.shown) if step == "waived" else None,
            until=until,
        )
    except StepRefused as refused:
        raise HTTPException(409, str(refused)) from refused


def _recheck(store: Store, finding: Finding, person: Person) -> None:
    """Leaves the request; a worker harvests the column and judges again."""
    payload = {"unit": finding.unit, "column": finding.column, "full": True, "by": person.account.name}
    requests.leave(store, "recheck", payload)
