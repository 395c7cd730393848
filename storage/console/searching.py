"""Search for people at ``/search`` and for machines at ``/api/v1/search``: one question, one index, the same answer.

Where the index lacks little of the catalogue it is brought up to date before it answers; where that is not possible
now, or where much is missing, the answer says how far the index is.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from storage import registry, search
from storage.console import conditional, rendering, texts
from storage.console.api import RESPONSES, ColumnFilter, Store, UnitFilter
from storage.console.signing import Person
from storage.database import Database, dumps
from storage.exceptions import DatabaseError, UnknownTarget
from storage.schema import Category

router = APIRouter(include_in_schema=False)
api_router = APIRouter(prefix="/api/v1", tags=["data"], responses=RESPONSES)
MOST: Final = 100  # documents a page
SHOWN: Final = 20
LITTLE: Final = 500  # changes that the index may lack to be brought up while somebody waits: half a second
_WITHDRAWN: Final = {"no": False, "yes": True, "any": None}
Withdrawn = Literal["no", "yes", "any"]
Short = Annotated[str | None, Query(max_length=200)]


class TotalFound(BaseModel):
    """How many there are."""

    count: int
    exact: bool = Field(description="false: there are at least so many")


class FoundPage(BaseModel):
    """A page of what was found, the best first."""

    data: list[dict[str, Any]] = Field(description="facts of each item, its rank (0 the best), its texts as parts")
    total: TotalFound | None = Field(description="told on the first page only")
    cursor: str | None = Field(description="from where to go on; null at the end")
    next: str | None = Field(description="address of the next page, null on the last one")
    indexed_to: int = Field(description="number of the last change that the index holds")
    head: int = Field(description="number of the last change of the catalogue")


@api_router.get("/search", response_model=FoundPage)
def search_items(
    request: Request,
    store: Store,
    q: Annotated[
        str | None, Query(description='words, all to be found; "a phrase"; one OR other; -without. None: all items')
    ] = None,
    unit: UnitFilter = None,
    column: ColumnFilter = None,
    category: Category | None = None,
    since: Annotated[dt.date | None, Query(alias="from", description="published on this day or later")] = None,
    until: Annotated[dt.date | None, Query(alias="to", description="published on this day or earlier")] = None,
    document_number: Annotated[str | None, Query(max_length=200, description="it or its beginning: 青政发")] = None,
    index_number: Annotated[str | None, Query(max_length=200, description="it or its beginning")] = None,
    validity: Short = None,
    theme: Short = None,
    statutory: Short = None,
    withdrawn: Withdrawn = "no",
    after: Annotated[
        str | None,
        Query(
            max_length=200,
            description="the cursor of the page before",
            json_schema_extra={"pattern": "^[0-9]{1,9}[.][0-9][.][0-9]{1,18}$"},
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST, description=f"documents a page, {MOST} at most")] = SHOWN,
) -> Response:
    """Items of the catalogue that fit, the best first: words in titles above numbers above bodies, then the newest.

    A document that several units publish is found once, as its first publisher's. A page may have fewer documents than
    asked for and yet a next one.
    """
    filters = search.Filters(
        unit=unit,
        column=column,
        category=category and category.value,
        since=since,
        until=until,
        document_number=document_number,
        index_number=index_number,
        validity=validity,
        theme=theme,
        statutory=statutory,
        withdrawn=_WITHDRAWN[withdrawn],
    )
    refresh(store)
    try:
        found = search.search(store, q, filters, after=after, limit=limit)
    except UnknownTarget as problem:
        raise HTTPException(422, str(problem)) from problem
    link = _next_link(request, found)
    told = {
        "data": search.as_json(found),
        "total": None if found.total is None else {"count": found.total.count, "exact": found.total.is_exact},
        "cursor": found.after,
        "next": link,
        "indexed_to": found.standing.seq,
        "head": found.standing.head,
    }
    headers = {"Link": f'<{link}>; rel="next"'} if link else None
    return conditional.tagged(request, dumps(told).encode("utf-8", "replace"), "application/json", headers)


@router.get("/search", response_class=HTMLResponse)
def show_search(request: Request, store: Store, _person: Person) -> HTMLResponse:
    """The form, and what was found. Whatever the address says, the page answers: what cannot be used is left out."""
    asked = {name: value.strip() for name, value in request.query_params.items() if value.strip()}
    language = rendering.language_of(request)
    notes: list[str] = []
    days = {name: _day(asked.get(name), notes, language) for name in ("from", "to")}
    filters = search.Filters(
        unit=asked.get("unit"),
        column=asked.get("column"),
        category=asked.get("category"),
        since=days["from"],
        until=days["to"],
        document_number=asked.get("document_number"),
        index_number=asked.get("index_number"),
        validity=asked.get("validity"),
        theme=asked.get("theme"),
        statutory=asked.get("statutory"),
        withdrawn=_WITHDRAWN.get(asked.get("withdrawn", "no"), False),
    )
    city = registry.load_city(store)
    refresh(store)
    found = None
    if asked.keys() - {"lang", "after"}:
        try:
            found = search.search(store, asked.get("q"), filters, after=asked.get("after"), limit=SHOWN)
        except UnknownTarget:
            found = search.search(store, asked.get("q"), filters, limit=SHOWN)
        if found.query.is_cut:
            notes.append(texts.text(language, "search.cut"))
    units = city.units if city else ()
    columns = {column.id: column.name for unit in units for column in unit.columns if filters.unit in (None, unit.id)}
    return rendering.page(
        request,
        "search.html",
        city,
        asked=asked,
        notes=notes,
        found=found,
        hits=_hits(found) if found else [],
        standing=found.standing if found else search.standing(store),
        next_link=_next_link(request, found) if found else None,
        units=units,
        names={unit.id: unit.name for unit in units},
        columns=columns,
        categories=[(one.value, one.value) for one in Category],
        has_filters=bool(asked.keys() - {"q", "lang", "after"}),
    )


def refresh(store: Database) -> None:
    """Brings the index up where little is missing and nobody else is writing; otherwise it answers as it stands."""
    if 0 < search.standing(store).lag <= LITTLE:
        with contextlib.suppress(DatabaseError):
            search.catch_up(store, is_patient=False)


def _hits(found: search.Found) -> list[dict[str, Any]]:
    return [
        {
            "data": match.data,
            "title": search.shown(match.data["title"], found.query),
            "text": search.passage(search.text_of(match.data), found.query),
            "attachments": search.attachments(match.data, found.query),
        }
        for match in found.matches
    ]


def _next_link(request: Request, found: search.Found) -> str | None:
    if found.after is None:
        return None
    query = {**request.query_params, "after": found.after}
    return f"{request.url.path}?{urlencode(query, errors='replace')}"


def _day(text: str | None, notes: list[str], language: texts.Language) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        notes.append(texts.text(language, "search.bad_date", value=text[:20]))
        return None
