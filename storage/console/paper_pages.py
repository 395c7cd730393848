"""The papers: the office asks for one by a form, a worker makes it, here it is downloaded and noted as sent.

A paper goes out as an attachment under a policy that lets nothing in it run. A unit's person sees the notices made for
its own unit and nothing else.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from storage import findings, papers, people, periods, registry, requests
from storage.console import forms, rendering, signing, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import utcnow
from storage.exceptions import StepRefused
from storage.papers import Paper
from storage.people import Action, Session

router = APIRouter(include_in_schema=False)
NOTICE: Final = "notice"
BULLETIN: Final = "bulletin"
# what a form may ask for, and the forms each is written in, the first unless another is asked for
FORMS: Final[Mapping[str, tuple[str, ...]]] = {
    NOTICE: ("docx",),
    BULLETIN: ("docx", "html", "pdf"),
    "workbook": ("xlsx",),
    "board": ("pdf", "html"),
}
NO_LAST: Final = "none"  # a bulletin that is compared with none
KINDS: Final = ("reminder", "rectification")  # of notices
_SHOWN: Final = 100  # papers
_ASKED: Final = 50  # requests looked through for those that wait or failed
_MOST_NUMBER: Final = 60  # signs of a paper's number
_ENDING: Final = re.compile(r"\.([a-z]{3,4})\Z")
# a paper opened in a browser is a place of its own: no script, no form, nothing from elsewhere
_POLICY: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
Count = Annotated[int | None, Query(ge=0, le=10**6)]


@router.get("/papers", response_class=HTMLResponse)
def show_papers(request: Request, store: Store, person: Person, sent: Count = None, of: Count = None) -> HTMLResponse:
    """The papers made, what is still being made, and the forms to ask for more."""
    return _page(request, store, person, sent=None if sent is None else (sent, sent if of is None else of))


@router.post("/papers")
async def ask(request: Request, store: Store, person: Person) -> Response:
    """Leaves the request for a paper; a worker makes it."""
    form = await forms.read(request)
    signing.check(person, form, Action.PAPERS)
    return await run_in_threadpool(_asked, request, store, person, form)


@router.get("/papers/{name}")
def download(store: Store, person: Person, name: str) -> Response:
    """The paper's bytes, as an attachment."""
    paper = _own(store, person, name)
    content = papers.content(store, paper.id)
    if content is None:
        raise HTTPException(404, "refused.no_paper")
    ending = _ENDING.search(paper.name)
    plain = f"{paper.kind}-{paper.id[:8]}{ending[0] if ending else ''}"
    told = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(paper.name, safe='')}"
    headers = {"Content-Disposition": told, "Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return Response(content, media_type=paper.media_type, headers=headers)


@router.post("/papers/{name}/notify")
async def notify(request: Request, store: Store, person: Person, name: str) -> Response:
    """Notes that a paper went out: every finding a notice names is notified, with the paper in its life."""
    form = await forms.read(request)
    return await run_in_threadpool(_notified, request, store, person, name, form)


def _own(store: Store, person: Session, name: str) -> Paper:
    """The paper, where this person may have it; to others there is no such paper.

    :raises HTTPException: 403, 404.
    """
    account = person.account
    if account.unit is None:
        signing.may(person, Action.PAPERS)
    paper = papers.get(store, name)
    if paper is None or (account.unit is not None and (paper.kind, paper.unit) != (NOTICE, account.unit)):
        raise HTTPException(404, "refused.no_paper")
    return paper


# ------------------------------------------------------------------ asking


def _asked(request: Request, store: Store, person: Session, form: dict[str, str]) -> Response:
    wanted = form.get("paper", "")
    if wanted not in FORMS:
        raise HTTPException(422, "refused.paper_kind")
    payload: dict[str, Any] = {"paper": wanted, "by": person.account.name}
    refused = _fill(store, form, payload)
    if refused is not None:
        return _page(request, store, person, refused=refused, given=form)
    requests.leave(store, "paper", payload)
    facts = {name: value for name, value in payload.items() if name != "by"}
    people.note(
        store, person.account.name, "paper.asked", payload.get("unit"), facts=facts, address=signing.address_of(request)
    )
    return RedirectResponse("/papers?left=1", 303)


def _fill(store: Store, form: Mapping[str, str], payload: dict[str, Any]) -> str | None:
    """Takes over what the form says; the key of why not where it says what cannot be."""
    wanted = payload["paper"]
    if wanted == NOTICE:
        city = registry.load_city(store)
        payload["unit"], payload["kind"] = form.get("unit", ""), form.get("kind") or KINDS[0]
        if payload["unit"] not in {unit.id for unit in (city.units if city else ())}:
            return "paper_unit"
        if payload["kind"] not in KINDS:
            return "paper_kind"
    else:
        payload["form"] = form.get("form") or FORMS[wanted][0]
        if payload["form"] not in FORMS[wanted]:
            return "paper_form"
        if period := form.get("period", "").strip():
            if periods.find(store, period) is None:
                return "paper_period"
            payload["period"] = period
    if wanted == BULLETIN and (last := form.get("last", "").strip()):
        known = papers.get(store, last) if last != NO_LAST else None
        if last != NO_LAST and (known is None or known.kind != BULLETIN):
            return "no_paper"
        payload["last"] = last
    if wanted in (NOTICE, BULLETIN):
        payload["number"] = form.get("number", "").strip()[:_MOST_NUMBER] or None
        payload["due"] = form.get("due", "").strip() or None
        try:
            if payload["due"]:
                dt.date.fromisoformat(payload["due"])
        except ValueError:
            return "paper_due"
    return None


# ------------------------------------------------------------------ sending


def _notified(request: Request, store: Store, person: Session, name: str, form: dict[str, str]) -> Response:
    paper = papers.get(store, name)
    signing.check(person, form, Action.NOTIFY, paper.unit if paper else None)
    if paper is None:
        raise HTTPException(404, "refused.no_paper")
    if paper.kind not in (NOTICE, BULLETIN) or "sent" in paper.facts:
        raise HTTPException(409, "refused.paper_sent")
    named = [str(one) for one in paper.facts.get("findings", ())]
    done = sum(_told(request, store, person, paper, one) for one in named)
    papers.send(store, paper.id, by=person.account.name)
    facts = {"name": paper.name, "findings": done}
    people.note(store, person.account.name, "paper.sent", paper.id, facts=facts, address=signing.address_of(request))
    return RedirectResponse(f"/papers?sent={done}&of={len(named)}", 303)


def _told(request: Request, store: Store, person: Session, paper: Paper, name: str) -> bool:
    """Takes the step with one finding; not where it was settled meanwhile, nor twice for one paper."""
    finding = findings.get_finding(store, name)
    if finding is None or any(paper.id in (event.note or "") for event in finding.events):
        return False
    note = f"{paper.facts.get('title') or ''}《{paper.name}》（文书 {paper.id}）"
    try:
        findings.take_step(store, name, "notified", who=person.account.shown, at=utcnow(), note=note)
    except StepRefused:
        return False
    facts = {"step": "notified", "paper": paper.id}
    people.note(store, person.account.name, "finding.step", name, facts=facts, address=signing.address_of(request))
    return True


# ------------------------------------------------------------------ the page


def _page(
    request: Request,
    store: Store,
    person: Session,
    *,
    refused: str | None = None,
    given: Mapping[str, str] | None = None,
    sent: tuple[int, int] | None = None,
) -> HTMLResponse:
    account = person.account
    may_make = account.may(Action.PAPERS)
    if not may_make and account.unit is None:
        raise HTTPException(403, "refused.not_yours")
    city = registry.load_city(store)
    if may_make:
        made = papers.latest(store, limit=_SHOWN)
        asked = [one for one in requests.latest(store, kinds=("paper",), limit=_ASKED) if one.state != "done"]
    else:
        made = [one for one in papers.latest(store, unit=account.unit, limit=_SHOWN) if one.kind == NOTICE]
        asked = []
    language = rendering.language_of(request)
    answer = rendering.page(
        request,
        "papers.html",
        city,
        made=made,
        asked=asked,
        may_make=may_make,
        may_notify=account.may(Action.NOTIFY),
        names={unit.id: unit.name for unit in (city.units if city else ())},
        periods=[one.name for one in periods.iter_periods(store)] if may_make else [],
        bulletins=[one for one in made if one.kind == BULLETIN],
        forms=FORMS,
        kinds=KINDS,
        given=given or {},
        refused=None if refused is None else texts.text(language, f"refused.{refused}"),
        request_left=bool(request.query_params.get("left")),
        sent=sent,
    )
    answer.status_code = 200 if refused is None else 422
    return answer
