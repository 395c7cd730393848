"""One finding: its rule in words, the facts, its days one by one, the captured pages shown safely, its life."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from storage import boards, catalogue, findings, people, proofs, registry, requests, rule_texts
from storage.console import captures, finding_steps, forms, rendering, replay, rule_pages, signing, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import Database, utcnow
from storage.people import Action
from storage.schema import Evidence, Finding

router = APIRouter(include_in_schema=False)
NOTICES: Final = ("reminder", "rectification")
WAITS_FOR: Final[Mapping[str, str]] = {
    "open": "office",
    "notified": "unit",
    "received": "unit",
    "fixing": "unit",
    "answered": "recheck",
    "disputed": "office",
    "waived": "nobody",
    "closed": "nobody",
}
_CHECKED: Final = 6  # captured pages whose bytes are compared when the finding is shown; the others when opened
_MOST_DAYS: Final = 800
_SATURDAY: Final = 5


@dataclass(frozen=True, kw_only=True)
class Capture:
    """One captured page. ``state``: same, differs, gone, unkept, or unchecked (when it is opened)."""

    number: int
    evidence: Evidence
    state: str


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of a count: ``number`` where it counts; ``why`` it does not; ``sign`` tells them apart without colour."""

    on: dt.date
    number: int | None
    why: str | None
    sign: str  # "" counts, "–" does not, "★" the last day in time, "!" over time


@router.get("/findings/{name}", response_class=HTMLResponse)
def show_finding(request: Request, store: Store, person: Person, name: str, asked: str = "") -> HTMLResponse:
    """One finding: the facts, the citation, the evidence, its life."""
    finding = _finding(request, store, person, name)
    city = registry.load_city(store)
    unit = next((unit for unit in city.units if unit.id == finding.unit), None) if city else None
    column = next((column for column in unit.columns if column.id == finding.column), None) if unit else None
    board = boards.latest(store)
    since = finding.events[-1].at if finding.events else finding.opened_at
    answer = rendering.page(
        request,
        "finding.html",
        city,
        finding=finding,
        unit=unit,
        column=column,
        item=catalogue.get_item(store, finding.item) if finding.item else None,
        told=rule_texts.get(store, finding.rule),
        how=rule_pages.told_of("rule_how", finding.rule),
        months=_months(days_of(finding.facts, board.board.get("calendar") if board else None)),
        captures=[_capture(number, one) for number, one in enumerate(finding.evidence, 1)],
        waits_for=WAITS_FOR.get(finding.state, "nobody"),
        since=since,
        waited=(utcnow() - since).days,
        offers=finding_steps.offers(finding, person.account),
        proofs=_by_event(proofs.of_finding(store, finding.id)),
        limits=request.app.state.settings,
        endings=proofs.ENDINGS,
        notices=NOTICES if person.account.may(Action.PAPERS, finding.unit) else (),
        asked=asked in NOTICES,
    )
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; frame-src 'self'"
    )
    return answer


def _by_event(found: list[proofs.Proof]) -> dict[int, list[proofs.Proof]]:
    shown: dict[int, list[proofs.Proof]] = {}
    for one in found:
        shown.setdefault(one.event, []).append(one)
    return shown


@router.get("/findings/{name}/evidence/{number}", response_class=HTMLResponse)
def show_evidence(request: Request, store: Store, person: Person, name: str, number: int) -> Response:
    """A captured page, sanitised, in a page of its own that can do nothing."""
    finding = _finding(request, store, person, name)
    item = catalogue.get_item(store, finding.item) if finding.item else None
    known = (item.title, item.document_number, item.index_number, item.url) if item else ()
    sought = replay.sought_in(finding.facts, *known)
    return captures.framed(request, registry.load_city(store), _evidence(finding, number), title=name, sought=sought)


@router.get("/findings/{name}/evidence/{number}/file")
def take_evidence(request: Request, store: Store, person: Person, name: str, number: int) -> Response:
    """The bytes as captured, to be saved and never shown; only those whose sum is the one that was noted."""
    finding = _finding(request, store, person, name)
    return captures.saved(_evidence(finding, number), f"{finding.id}-{number}")


@router.post("/findings/{name}/notice")
async def ask_for_notice(request: Request, store: Store, person: Person, name: str) -> Response:
    """Leaves the request for a notice to the finding's unit; a worker makes it."""
    form = await forms.read(request)
    return await run_in_threadpool(_asked, request, store, person, name, form)


def _asked(request: Request, store: Database, person: Person, name: str, form: dict[str, str]) -> Response:
    finding = findings.get_finding(store, name)
    if finding is None:
        raise HTTPException(404, texts.text(rendering.language_of(request), "error.finding", name=name))
    signing.check(person, form, Action.PAPERS, finding.unit)
    kind = form.get("kind", "")
    if kind not in NOTICES:
        raise HTTPException(422, f"no such notice: {kind}")
    payload = {"paper": "notice", "kind": kind, "unit": finding.unit, "by": person.account.name}
    requests.leave(store, "paper", payload)
    people.note(
        store,
        person.account.name,
        "finding.notice",
        finding.id,
        facts={"kind": kind},
        address=signing.address_of(request),
    )
    return RedirectResponse(f"/findings/{quote(finding.id, safe='')}?asked={kind}#notice", 303)


def days_of(facts: Mapping[str, Any], told: Mapping[str, Any] | None = None) -> list[Day]:
    """The days behind a finding's facts, one by one; none where they hold no count.

    A count of working days goes by the days off that assessing told; where these do not come to the same, or do not
    reach so far back, by those that ``skipped`` names, and then only up to the last day in time. A window and a count
    of calendar days leave out none.

    :param told: the board's ``calendar``: days on which the week does not say whether they are worked.
    """
    is_working = facts.get("count_of") != "calendar days"
    start, end = _day(facts.get("count_start")), _day(facts.get("count_end"))
    last = _day(facts.get("deadline")) or _day(facts.get("due_on"))
    if start is None or end is None:
        start, end, is_working = _day(facts.get("newest_on")), _day(facts.get("judged_on")), False
    if start is None or end is None or not isinstance(facts.get("skipped", []), list):
        return []
    if not is_working:
        return list(_counted(start, end, last, {}))
    names = _off(start, end, told or {})
    if names is not None:
        days = list(_counted(start, end, last, names))
        if last is None or facts.get("limit") == next((day.number for day in days if day.on == last), None):
            return days
    known = dict(str(one).partition(" ")[::2] for one in facts.get("skipped", []))
    return list(_counted(start, min(end, last) if last is not None else end, last, known))


def _counted(start: dt.date, end: dt.date, last: dt.date | None, off: Mapping[str, str]) -> Iterator[Day]:
    number = 0
    for step in range(1, min((end - start).days, _MOST_DAYS) + 1):
        on = start + dt.timedelta(days=step)
        why = off.get(on.isoformat())
        number += why is None
        sign = "★" if on == last else "–" if why is not None else "!" if last is not None and on > last else ""
        yield Day(on=on, number=None if why is not None else number, why=why, sign=sign)


def _off(start: dt.date, end: dt.date, told: Mapping[str, Any]) -> dict[str, str] | None:
    """The days that are not worked, each with why; None where the calendar that was told does not reach so far."""
    first, last = _day(told.get("first")), _day(told.get("last"))
    if first is None or last is None or start < first or end > last:
        return None
    weekend = (start + dt.timedelta(days=step) for step in range(1, min((end - start).days, _MOST_DAYS) + 1))
    rest = {
        on.isoformat(): "周六" if on.weekday() == _SATURDAY else "周日" for on in weekend if on.weekday() >= _SATURDAY
    }
    return {day: name for day, name in {**rest, **told.get("off", {})}.items() if day not in told.get("worked", {})}


def _months(days: list[Day]) -> list[tuple[str, list[Day]]]:
    found: dict[str, list[Day]] = {}
    for day in days:
        found.setdefault(f"{day.on:%Y-%m}", []).append(day)
    return list(found.items())


def _day(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _finding(request: Request, store: Database, person: Person, name: str) -> Finding:
    finding = findings.get_finding(store, name)
    if finding is None:
        raise HTTPException(404, texts.text(rendering.language_of(request), "error.finding", name=name))
    signing.may(person, Action.SEE, finding.unit)
    return finding


def _evidence(finding: Finding, number: int) -> Evidence:
    if not 1 <= number <= len(finding.evidence):
        raise HTTPException(404, f"{finding.id}: {number}")
    return finding.evidence[number - 1]


def _capture(number: int, one: Evidence) -> Capture:
    return Capture(number=number, evidence=one, state=captures.read(one)[0] if number <= _CHECKED else "unchecked")
