"""The city, a unit by its address, a page to try: forms of the office that end in requests, which workers do.

Nothing here touches the registry or the network: a form is checked field by field, so that a slip is told at once and
what was typed stays, and the request that comes of it is done by who holds the city file's rules and the harvester.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from storage import people, registry, requests
from storage.addresses import address_key
from storage.console import forms, rendering, signing, source_forms, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.people import Action
from storage.schema import City, ColumnKind, Supervision, UnitKind

router = APIRouter(include_in_schema=False)
_SHOWN: Final = 10  # discoveries listed
_OF_CITY: Final = ("name", "code", "contact", "timezone")
Asked = Annotated[str, Query(max_length=source_forms.LONGEST)]


# ------------------------------------------------------------------ the city


@router.get("/sources/city", response_class=HTMLResponse)
def show_city(request: Request, store: Store, person: Person, tried: Asked = "") -> HTMLResponse:
    """The city's own fields; empty in a new installation."""
    signing.may(person, Action.SOURCES)
    city = registry.load_city(store)
    known: Mapping[str, Any] = _payload(store, tried, "registry") or (
        {name: getattr(city, name) for name in (*_OF_CITY, "allow_private_addresses")}
        if city
        else {"timezone": "Asia/Shanghai"}
    )
    values = {name: source_forms.line(known.get(name)) for name in _OF_CITY}
    if known.get("allow_private_addresses") is True:
        values["allow_private_addresses"] = source_forms.TICKED
    return _city_page(request, city, values, [])


@router.post("/sources/city")
async def save_city(request: Request, store: Store, person: Person) -> Response:
    """Leaves the request that makes the city, or changes its fields."""
    form = await forms.read(request)
    signing.check(person, form, Action.SOURCES)
    return await run_in_threadpool(_city_saved, request, store, person, form)


def _city_saved(request: Request, store: Store, person: Person, form: dict[str, str]) -> Response:
    entry, problems = source_forms.city_entry(form)
    city = registry.load_city(store)
    if problems:
        return _city_page(request, city, form, problems)
    payload = {"edit": "city", **entry, "back": "/sources/city"}
    if not (city and city.units):
        payload["next"] = "/sources/add"
    return _left(request, store, person, "registry", payload, action="source.city", subject=entry["code"])


def _city_page(
    request: Request, city: City | None, values: Mapping[str, str], problems: list[source_forms.Problem]
) -> HTMLResponse:
    return _form_page(request, "source_city.html", city, values, problems)


# ------------------------------------------------------------------ a unit by its address


@router.get("/sources/add", response_class=HTMLResponse)
def show_add(request: Request, store: Store, person: Person, url: Asked = "") -> HTMLResponse:
    """Asks for the home page; lists what was discovered lately."""
    signing.may(person, Action.SOURCES)
    return _add_page(request, store, {"url": url}, [])


@router.post("/sources/add")
async def take_address(request: Request, store: Store, person: Person) -> Response:
    """Leaves the request to discover the columns of the unit at an address."""
    form = await forms.read(request)
    signing.check(person, form, Action.SOURCES)
    return await run_in_threadpool(_discovered, request, store, person, form)


def _discovered(request: Request, store: Store, person: Person, form: dict[str, str]) -> Response:
    url = source_forms.address(form.get("url", ""))
    if not source_forms.is_address(url):
        return _add_page(request, store, form, [source_forms.Problem(field="url", word="url")])
    return _left(request, store, person, "discover", {"url": url}, action="source.discover", subject=url)


def _add_page(
    request: Request, store: Store, values: Mapping[str, str], problems: list[source_forms.Problem]
) -> HTMLResponse:
    latest = requests.latest(store, kinds=["discover"], limit=_SHOWN)
    return _form_page(request, "source_add.html", registry.load_city(store), values, problems, latest=latest)


@router.get("/sources/add/{name}", response_class=HTMLResponse)
def show_preview(request: Request, store: Store, person: Person, name: str, tried: Asked = "") -> Response:
    """What a discovery found, to be reviewed; ``tried`` is the request that a saving of it came to."""
    signing.may(person, Action.SOURCES)
    found = _discovery(request, store, name)
    if found.state != "done":
        return RedirectResponse(f"/requests/{quote(found.id, safe='')}", 303)
    city = registry.load_city(store)
    taken = _units(city)
    values = source_forms.proposed(found.result, taken, len(taken) + 1)
    if before := _payload(store, tried, "registry"):
        values = source_forms.sent_before(before.get("unit"), found.result, values)
    there = _registered(city)
    for at, one in enumerate(source_forms.columns(found.result)):
        if address_key(str(one.get("url"))) in there:
            values.pop(f"column-{at}-take", None)
    return _preview(request, city, found, values, [])


@router.post("/sources/add/{name}")
async def save_unit(request: Request, store: Store, person: Person, name: str) -> Response:
    """Leaves the request that registers the unit with the columns chosen."""
    form = await forms.read(request, most_fields=source_forms.MOST_FIELDS)
    signing.check(person, form, Action.SOURCES)
    return await run_in_threadpool(_unit_saved, request, store, person, name, form)


def _unit_saved(request: Request, store: Store, person: Person, name: str, form: dict[str, str]) -> Response:
    found = _discovery(request, store, name)
    city = registry.load_city(store)
    if "into" in form:
        return _columns_saved(request, store, person, found, form)
    entry, problems = source_forms.unit_entry(form, found.result, _units(city))
    if problems:
        return _preview(request, city, found, form, problems)
    payload = {"edit": "add_unit", "unit": entry, "back": f"/sources/add/{quote(found.id, safe='')}"}
    return _left(request, store, person, "registry", payload, action="source.add", subject=entry["id"])


def _columns_saved(
    request: Request, store: Store, person: Person, found: requests.Request, form: dict[str, str]
) -> Response:
    """Leaves one request a column for a unit there is; the last one is told."""
    city = registry.load_city(store)
    unit = next((one for one in city.units if one.id == form["into"]), None) if city else None
    if unit is None:
        raise HTTPException(404, texts.text(rendering.language_of(request), "error.unit", name=form["into"]))
    columns, problems = source_forms.new_columns(form, found.result, {one.id for one in unit.columns})
    if problems:
        return _preview(request, city, found, form, problems)
    onward = {"edit": "put_column", "unit": unit.id, "next": f"/units/{quote(unit.id, safe='')}"}
    *before, last = columns
    for column in before:
        requests.leave(store, "registry", {**onward, "column": column, "by": person.account.name})
    payload = {**onward, "column": last}
    return _left(request, store, person, "registry", payload, action="source.columns", subject=unit.id)


def _discovery(request: Request, store: Store, name: str) -> requests.Request:
    found = requests.get(store, name)
    if found is None or found.kind != "discover":
        raise HTTPException(404, texts.text(rendering.language_of(request), "request.none", name=name))
    return found


def _units(city: City | None) -> set[str]:
    return {unit.id for unit in city.units} if city else set()


def _preview(
    request: Request,
    city: City | None,
    found: requests.Request,
    values: Mapping[str, str],
    problems: list[source_forms.Problem],
) -> HTMLResponse:
    result = found.result if isinstance(found.result, Mapping) else {}
    told = result.get("columns") if isinstance(result.get("columns"), list) else []
    columns = source_forms.columns(result)
    home = source_forms.line(result.get("home"))
    there = _registered(city)
    return _form_page(
        request,
        "source_preview.html",
        city,
        values,
        problems,
        found=found,
        result=result,
        home=home,
        columns=columns,
        is_cut=len(told or ()) > len(columns),
        doubtful=sum(bool(one.get("doubtful")) for one in columns),
        unread=sum(not _is_good(one.get("outcome")) for one in columns),
        registered={one.get("url") for one in columns if address_key(str(one.get("url"))) in there},
        known=[unit for unit in (city.units if city else ()) if _place(unit.home) == _place(home)],
        unit_kinds=[kind.value for kind in UnitKind],
        supervisions=[one.value for one in Supervision],
        column_kinds=[kind.value for kind in ColumnKind],
    )


def _registered(city: City | None) -> set[str]:
    """The addresses of all columns there are."""
    return {address_key(column.url) for unit in city.units for column in unit.columns} if city else set()


def _is_good(outcome: object) -> bool:
    return outcome in ("ok", "ok_empty", "not_modified")


def _place(url: str) -> tuple[str, str]:
    """Where a home page stands, whichever way it is written."""
    parts = urlsplit(url)
    return parts.netloc.lower().removeprefix("www."), parts.path.rstrip("/")


# ------------------------------------------------------------------ a page to try, a harvest now


@router.get("/sources/read", response_class=HTMLResponse)
def show_read(request: Request, store: Store, person: Person, url: Asked = "") -> HTMLResponse:
    """Asks for a page to read."""
    signing.may(person, Action.SOURCES)
    return _form_page(request, "source_read.html", registry.load_city(store), {"url": url}, [])


@router.post("/sources/read")
async def take_page(request: Request, store: Store, person: Person) -> Response:
    """Leaves the request to read a page."""
    form = await forms.read(request)
    signing.check(person, form, Action.SOURCES)
    return await run_in_threadpool(_page_taken, request, store, person, form)


def _page_taken(request: Request, store: Store, person: Person, form: dict[str, str]) -> Response:
    url = source_forms.address(form.get("url", ""))
    if not source_forms.is_address(url):
        problem = source_forms.Problem(field="url", word="url")
        return _form_page(request, "source_read.html", registry.load_city(store), form, [problem])
    return _left(request, store, person, "read", {"url": url}, action="source.read", subject=url)


@router.post("/sources/harvest")
async def harvest_now(request: Request, store: Store, person: Person) -> Response:
    """Leaves the request to harvest a unit, or one column of it."""
    form = await forms.read(request)
    signing.check(person, form, Action.SOURCES)
    return await run_in_threadpool(_harvested, request, store, person, form)


def _harvested(request: Request, store: Store, person: Person, form: dict[str, str]) -> Response:
    unit = form.get("unit", "")
    if unit not in _units(registry.load_city(store)):
        raise HTTPException(404, texts.text(rendering.language_of(request), "error.unit", name=unit))
    payload: dict[str, Any] = {"unit": unit, "full": "full" in form, "next": f"/units/{quote(unit, safe='')}"}
    if form.get("column"):
        payload["column"] = form["column"]
    return _left(request, store, person, "harvest", payload, action="source.harvest", subject=unit)


# ------------------------------------------------------------------ shared


def _left(
    request: Request, store: Store, person: Person, kind: str, payload: Mapping[str, Any], *, action: str, subject: str
) -> Response:
    """Leaves a request, writes the deed down, and leads to where the request is told."""
    by = person.account.name
    name = requests.leave(store, kind, {**payload, "by": by})
    people.note(store, by, action, subject, facts={"request": name}, address=signing.address_of(request))
    return RedirectResponse(f"/requests/{name}", 303)


def _payload(store: Store, name: str, kind: str) -> Mapping[str, Any] | None:
    found = requests.get(store, name) if name else None
    return found.payload if found is not None and found.kind == kind else None


def _form_page(
    request: Request,
    template: str,
    city: City | None,
    values: Mapping[str, str],
    problems: list[source_forms.Problem],
    **shown: Any,
) -> HTMLResponse:
    bad = {one.field: one.word for one in problems}
    answer = rendering.page(request, template, city, values=values, bad=bad, **shown)
    answer.status_code = 422 if problems else 200
    answer.headers["Cache-Control"] = "no-store"
    return answer
