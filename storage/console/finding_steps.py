"""What people do with a finding in the console: each step a form of its own, shown to who may take it now.

The steps and where they lead are ``findings.STEPS``; who may take which stands here. A step is one event of the
finding's life, under the person's name, with the files that prove what its note says, and one line of the log: all of
it in one transaction. A file only ever goes out as a file to keep, never as a page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session as Transaction
from starlette.concurrency import run_in_threadpool

from storage import findings, people, proofs, requests
from storage.console import forms, rendering, signing, texts
from storage.console.api import Store
from storage.console.forms import Sent
from storage.console.signing import Person
from storage.database import storable, utcnow
from storage.exceptions import ProofRefused, StepRefused
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

    @property
    def takes_proof(self) -> bool:
        """Whether files may come with it: with whatever has a note."""
        return self.step != RECHECK


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
    finding = await run_in_threadpool(_found, request, store, name)
    kept = request.app.state.settings
    is_offered = any(one.takes_proof for one in offers(finding, person.account))  # nobody else sends us megabytes
    form, sent = await forms.read_with_files(
        request, most=kept.proofs if is_offered else 0, most_bytes=kept.proof_bytes
    )
    return await run_in_threadpool(_taken, request, store, person, finding, form, sent)


@router.get("/findings/{name}/proofs/{proof}")
def download(
    request: Request, store: Store, person: Person, name: str, proof: Annotated[int, Path(ge=1, le=2**31 - 1)]
) -> Response:
    """A file that was handed in, to keep: no browser shows it, and nothing in it runs as part of this site."""
    signing.may(person, Action.SEE, _found(request, store, name).unit)
    found = proofs.get(store, name, proof)
    if found is None:
        raise HTTPException(404, texts.text(rendering.language_of(request), "error.proof"))
    told, content = found
    plain = f"proof-{told.id}{proofs.KINDS[told.kind][0][0] if told.kind in proofs.KINDS else ''}"
    headers = {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(told.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return Response(content, media_type=told.media_type, headers=headers)


def _found(request: Request, store: Store, name: str) -> Finding:
    finding = findings.get_finding(store, name)
    if finding is None:
        raise HTTPException(404, texts.text(rendering.language_of(request), "error.finding", name=name))
    return finding


def _taken(
    request: Request, store: Store, person: Person, finding: Finding, form: dict[str, str], sent: list[Sent]
) -> Response:
    step = form.get("step", "")
    if step != RECHECK and step not in WHO:
        raise HTTPException(422, f"no such step: {step}")
    signing.check(person, form, Action.RECHECK if step == RECHECK else WHO[step], finding.unit)
    address = signing.address_of(request)
    if step == RECHECK:
        _recheck(store, finding, person, address)
    else:
        most = request.app.state.settings.proof_bytes
        try:
            files = [proofs.checked(one.name, one.content, most_bytes=most) for one in sent]
        except ProofRefused as refused:
            raise HTTPException(422, f"refused.{refused.what}") from refused
        _step(store, finding, person, step, form, files, address)
    return RedirectResponse(f"/findings/{quote(finding.id, safe='')}#life", 303)


def _step(
    store: Store,
    finding: Finding,
    person: Person,
    step: str,
    form: dict[str, str],
    files: list[proofs.File],
    address: str | None,
) -> None:
    until = None
    if step == "waived":
        try:
            until = dt.date.fromisoformat(form.get("until", ""))
        except ValueError:
            raise HTTPException(422, "refused.until") from None
    note = storable(form.get("note")) or None
    who, at = person.account.shown, utcnow()

    def keep(transaction: Transaction, event: int) -> None:
        proofs.add(transaction, finding.id, event, files, who=who, at=at)
        facts = {"step": step, "note": note, "proof": [file.name for file in files]}
        people.note(transaction, person.account.name, "finding.step", finding.id, facts=facts, address=address, at=at)

    try:
        findings.take_step(
            store,
            finding.id,
            step,
            who=who,
            at=at,
            note=note,
            approved_by=(storable(form.get("approved_by")) or who) if step == "waived" else None,
            until=until,
            also=keep,
        )
    except StepRefused as refused:
        raise HTTPException(409, str(refused)) from refused


def _recheck(store: Store, finding: Finding, person: Person, address: str | None) -> None:
    """Leaves the request; a worker harvests the column and judges again."""
    payload = {"unit": finding.unit, "column": finding.column, "full": True, "by": person.account.name}
    with store.begin() as transaction:
        requests.leave(transaction, "recheck", payload)
        facts = {"step": RECHECK, "note": None}
        people.note(transaction, person.account.name, "finding.step", finding.id, facts=facts, address=address)
