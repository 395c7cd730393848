"""One finding: its rule in words, the facts, its days one by one, the captured pages shown safely, its life."""

from __future__ import annotations

import datetime as dt
import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from storage import boards, captured, catalogue, findings, people, proofs, registry, requests, rule_texts, settings
from storage.console import finding_steps, forms, rendering, replay, rule_pages, signing, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import Database, utcnow
from storage.exceptions import ArchiveError
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
_STYLE: Final = (
    "body{font:16px/1.6 sans-serif;margin:1rem;overflow-wrap:anywhere}pre{white-space:pre-wrap}"
    "table{border-collapse:collapse}td,th{border:1px solid #888;padding:.2rem .4rem;vertical-align:top}"
    ".told{border:2px solid #8a5a00;padding:.5rem 1rem;margin-bottom:1rem}"
    "mark{background:#ffe08a;outline:2px solid #8a5a00}"
)
_STYLE_SUM: Final = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
FRAMED: Final = {  # a page that may do nothing, load nothing and be framed by the finding's page alone
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_SUM}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "no-store",
}


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
    one = _evidence(finding, number)
    language = rendering.language_of(request)
    zone = rendering.zone_of(registry.load_city(store))
    state, response = _read(one)
    item = catalogue.get_item(store, finding.item) if finding.item else None
    shown = None
    if response is not None and state == "same":
        types = [value for key, value in response.headers if key.lower() == "content-type"]
        known = (item.title, item.document_number, item.index_number, item.url) if item else ()
        shown = replay.show(
            response.body, types[-1] if types else None, one.url, replay.sought_in(finding.facts, *known)
        )
    at = one.captured_at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    html = [f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(name)}</title>']
    html += [f"<style>{_STYLE}</style></head><body><div class=told>"]
    html += [f"<strong>{escape(texts.text(language, 'replay.banner'))}</strong>"]
    html += [f"<p>{escape(one.url)}<br>{at} ({escape(zone.key)})<br>SHA-256 {escape(one.sha256)}</p>"]
    html += [f"<p>{escape(texts.word(language, 'capture', state))}</p>"]
    if shown is not None:
        html += [f"<p>{escape(texts.text(language, 'replay.marks', count=shown.marks))}</p>"]
        if shown.kind == "file":
            html += [f"<p>{escape(texts.text(language, 'replay.file'))}</p>"]
        if shown.is_cut:
            html += [f"<p>{escape(texts.text(language, 'replay.cut'))}</p>"]
    html += ["</div>", shown.markup if shown else ""]
    if shown is not None and shown.data:
        html += [
            f"<h2>{escape(texts.text(language, 'replay.data'))}</h2>",
            *(f"<pre>{one}</pre>" for one in shown.data),
        ]
    if shown is not None and shown.links:
        html += [f"<details><summary>{escape(texts.text(language, 'replay.links'))} {len(shown.links)}</summary><ul>"]
        html += [f"<li>{escape(words)}<br>{escape(url)}</li>" for words, url in shown.links]
        html += ["</ul></details>"]
    status = 200 if shown is not None else 409 if state == "differs" else 404
    return HTMLResponse("".join([*html, "</body></html>"]).encode("utf-8", "replace"), status, headers=FRAMED)


@router.get("/findings/{name}/evidence/{number}/file")
def take_evidence(request: Request, store: Store, person: Person, name: str, number: int) -> Response:
    """The bytes as captured, to be saved and never shown; only those whose sum is the one that was noted."""
    finding = _finding(request, store, person, name)
    state, response = _read(_evidence(finding, number))
    if response is None or state != "same":
        raise HTTPException(409 if state == "differs" else 404, f"refused.proof_{state}")
    saved = f'attachment; filename="{finding.id}-{number}.bin"'
    headers = {"Content-Disposition": saved, "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(response.body, media_type="application/octet-stream", headers=headers)


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
    return Capture(number=number, evidence=one, state=_read(one)[0] if number <= _CHECKED else "unchecked")


def _read(one: Evidence) -> tuple[str, captured.ArchivedResponse | None]:
    """What the archive holds of it now, and whether these are the bytes that were noted."""
    if one.warc is None or one.record_id is None:
        return "unkept", None
    try:
        response = captured.read_response(settings.load().archive, one.warc, one.record_id)
    except ArchiveError:
        return "gone", None
    return ("same" if hashlib.sha256(response.body).hexdigest() == one.sha256 else "differs"), response
