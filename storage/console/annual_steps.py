"""What the office does with a year's reports: hands in a file or a sheet, has reports read, has the city's draft made.

Each is a request that a worker does; here the file is bounded and kept for it. The draft is shown before it is used:
as a page of its own that can do nothing, with its gaps listed.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from storage import papers, people, registry, requests
from storage.annual import handed, told
from storage.annual.handed import What
from storage.annual.measures import MEASURES
from storage.console import annual_pages, forms, rendering, signing, texts
from storage.console.api import Store
from storage.console.forms import Sent
from storage.console.signing import Person
from storage.database import utcnow
from storage.formats.table import Field, write_csv
from storage.papers import Paper
from storage.people import Action

router = APIRouter(include_in_schema=False)
PAPER: Final = "annual"
LAYOUTS: Final = ("six", "nine")
FORMS: Final = ("html", "docx", "pdf", "xlsx")  # a page first: that is what is looked at before publishing
_ASKED: Final = 50  # requests looked through for those of reports
_MADE: Final = 60  # drafts listed
_MOST_NOTE: Final = 2000  # signs
_MOST_NAME: Final = 180  # signs
_EARLIEST: Final = dt.timedelta(days=400)  # before today, a report may have come
# what the writer of the paper says is its own; it may be styled, and it may run, load and send nothing
_PREVIEW: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
        "sandbox"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "no-store",
}
_FRAMES: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; frame-src 'self'"
)


@router.get("/annual/{year}/hand-in", response_class=HTMLResponse)
def show_hand_in(request: Request, store: Store, person: Person, year: str, unit: str = "") -> HTMLResponse:
    """The forms: a unit's report that came by mail, a sheet of figures, reading anew; and what was asked lately."""
    signing.may(person, Action.PAPERS)
    return _hand_in(request, store, person, annual_pages.number(year), given={"unit": unit})


@router.post("/annual/{year}/hand-in")
async def hand_in(request: Request, store: Store, person: Person, year: str) -> Response:
    """Keeps the file for a worker, and leaves the request that names it; shows how it goes."""
    named = annual_pages.number(year)
    may = person.account.may(Action.PAPERS)  # nobody else sends us megabytes
    most = request.app.state.settings.file_bytes
    form, sent = await forms.read_with_files(request, most=1 if may else 0, most_bytes=most, refused="annual")
    signing.check(person, form, Action.PAPERS)
    return await run_in_threadpool(_handed_in, request, store, person, named, form, sent)


@router.get("/annual/{year}/figures.csv")
def give_sheet(store: Store, person: Person, year: str) -> Response:
    """An empty sheet of figures to fill in: a row to a unit, the city's own first, a column to a measure."""
    signing.may(person, Action.PAPERS)
    named = annual_pages.number(year)
    city = registry.load_city(store)
    fields = [Field("单位", "text"), Field("年度", "integer"), *(Field(words, "text") for words in MEASURES.values())]
    names = ["本级", *(unit.name for unit in (city.units if city else ()))]
    out = io.BytesIO()
    write_csv(({"单位": name, "年度": named} for name in names), fields, out)
    headers = {"Content-Disposition": f'attachment; filename="figures-{named}.csv"', "Cache-Control": "no-store"}
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/annual/{year}/draft", response_class=HTMLResponse)
def show_draft(request: Request, store: Store, person: Person, year: str, paper: str = "") -> HTMLResponse:
    """The city's own report as drafted: asked for, looked at, its gaps, to be downloaded."""
    signing.may(person, Action.PAPERS)
    return _draft(request, store, person, annual_pages.number(year), paper)


@router.post("/annual/{year}/draft")
async def ask_for_draft(request: Request, store: Store, person: Person, year: str) -> Response:
    """Leaves the request for a draft; a worker makes it."""
    form = await forms.read(request)
    signing.check(person, form, Action.PAPERS)
    return await run_in_threadpool(_asked, request, store, person, annual_pages.number(year), form)


@router.get("/annual/paper/{name}", response_class=HTMLResponse)
def preview(store: Store, person: Person, name: str) -> Response:
    """A draft that is a page, in a frame that can do nothing; any other is downloaded from the papers."""
    signing.may(person, Action.PAPERS)
    paper = papers.get(store, name)
    content = papers.content(store, name) if paper is not None and _is_page(paper) else None
    if content is None:
        raise HTTPException(404, "refused.no_paper")
    return Response(content, media_type="text/html; charset=utf-8", headers=_PREVIEW)


# ------------------------------------------------------------------ handing in


def _handed_in(
    request: Request, store: Store, person: Person, year: int, form: dict[str, str], sent: list[Sent]
) -> Response:
    do, by = form.get("do", ""), person.account.name
    if do in ("read", "tell"):
        more = {"again": True} if do == "read" else {}
        left = requests.leave(store, handed.REQUEST, {"do": do, "year": year, "by": by, **more})
        facts: dict[str, Any] = {"do": do}
    elif do in set(What):
        refused = _refused(store, do, form, sent)
        if refused is not None:
            return _hand_in(request, store, person, year, given=form, refused=refused)
        [file] = sent
        name = clean_name(file.name)
        is_report = do == What.REPORT
        left = handed.ask(
            store,
            What(do),
            name,
            file.content,
            year=year,
            by=by,
            unit=form["unit"] if is_report else None,
            received_on=_day(form.get("received_on", "")) if is_report else None,
            note=(form.get("note", "").strip()[:_MOST_NOTE] or None) if is_report else None,
        )
        facts = {"do": do, "file": name, "size": len(file.content), "unit": form.get("unit") or None}
    else:
        raise HTTPException(422, "refused.annual_do")
    people.note(store, by, "annual.handed_in", str(year), facts=facts, address=signing.address_of(request))
    return RedirectResponse(f"/requests/{left}", 303)


def clean_name(name: str) -> str:
    """The name of a file without folders and signs that are not seen, which turn ``fdp.exe`` round."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(" " if unicodedata.category(sign)[0] in "ZC" else sign for sign in last)
    return " ".join(seen.split())[:_MOST_NAME] or "-"


def _refused(store: Store, do: str, form: Mapping[str, str], sent: list[Sent]) -> str | None:
    """The key of why a file cannot be taken; None: it can."""
    if not sent or not sent[0].content:
        return "annual_file"
    if do != What.REPORT:
        return None
    city = registry.load_city(store)
    if form.get("unit") not in {unit.id for unit in (city.units if city else ())}:
        return "paper_unit"
    if text := form.get("received_on", "").strip():
        today = utcnow().astimezone(rendering.zone_of(city)).date()
        day = _day(text)
        if day is None or not today - _EARLIEST <= day <= today:
            return "annual_received"
    return None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None


def _hand_in(
    request: Request,
    store: Store,
    person: Person,
    year: int,
    *,
    given: Mapping[str, str],
    refused: str | None = None,
) -> HTMLResponse:
    city = registry.load_city(store)
    kept = request.app.state.settings
    found = told.told(store, year)
    answer = annual_pages.page(
        request,
        store,
        person,
        "annual_hand_in.html",
        year,
        found[1] if found else None,
        units=city.units if city else (),
        given=given,
        refused=_said(request, refused),
        most_bytes=kept.file_bytes,
        sheet_bytes=min(kept.file_bytes, kept.max_body_bytes),
        asked=requests.latest(store, kinds=(handed.REQUEST,), limit=_ASKED),
        mailed=[annual_pages.shown(one) for one in found[0].lines if one.received_on is not None] if found else [],
        measures=MEASURES,
        today=utcnow().astimezone(rendering.zone_of(city)).date(),
    )
    answer.status_code = 200 if refused is None else 422
    return answer


def _said(request: Request, refused: str | None) -> str | None:
    return None if refused is None else texts.text(rendering.language_of(request), f"refused.{refused}")


# ------------------------------------------------------------------ the draft


def _asked(request: Request, store: Store, person: Person, year: int, form: dict[str, str]) -> Response:
    layout, kind = form.get("layout", ""), form.get("form", "")
    if layout not in LAYOUTS or kind not in FORMS:
        raise HTTPException(422, "refused.paper_form")
    payload = {"paper": PAPER, "year": year, "layout": layout, "form": kind, "by": person.account.name}
    left = requests.leave(store, "paper", {**payload, "next": f"/annual/{year}/draft"})
    facts = {name: value for name, value in payload.items() if name != "by"}
    people.note(store, person.account.name, "paper.asked", str(year), facts=facts, address=signing.address_of(request))
    return RedirectResponse(f"/requests/{left}", 303)


def _draft(request: Request, store: Store, person: Person, year: int, chosen: str) -> HTMLResponse:
    made = [one for one in papers.latest(store, kind=PAPER, limit=_MADE) if one.facts.get("year") == year]
    pages = [one for one in made if _is_page(one)]
    shown = next((one for one in pages if one.id == chosen), pages[0] if pages else None)
    found = told.told(store, year)
    answer = annual_pages.page(
        request,
        store,
        person,
        "annual_draft.html",
        year,
        found[1] if found else None,
        rollup=found[0] if found else None,
        made=made,
        shown=shown,
        gaps=_gaps(shown),
        is_behind=shown is not None and found is not None and found[1] > shown.made_at,
        layouts=LAYOUTS,
        forms=FORMS,
    )
    answer.headers["Content-Security-Policy"] = _FRAMES
    return answer


def _is_page(paper: Paper) -> bool:
    return paper.kind == PAPER and paper.media_type.partition(";")[0].strip() == "text/html"


def _gaps(paper: Paper | None) -> tuple[int | None, list[str]]:
    """How many gaps the draft leaves for the office, and which, as far as its writer said."""
    said = paper.facts.get("gaps") if paper is not None else None
    if isinstance(said, list):
        return len(said), [rendering.plain(one) for one in said]
    return (said if isinstance(said, int) else None), []
