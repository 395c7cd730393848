"""One unit's page of sources: its columns, pauses and waivers, changed by requests that a worker does.

Nothing is changed here: a form becomes the payload of a request, pure, and the worker holds it to the city file's
rules. So what is wrong is told in the same words as of a file, on the page of the request.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from storage import people, registry, requests
from storage.console import forms, rendering, signing, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import utcnow
from storage.people import Action
from storage.schema import City, ColumnKind, Supervision, Unit, UnitKind

router = APIRouter(include_in_schema=False)
Form = Mapping[str, str]
Payload = dict[str, Any]
_CONTACTS: Final = 20  # taken from a form
_CONTACT: Final = ("name", "email", "phone")


@router.get("/sources/{name}", response_class=HTMLResponse)
def show_unit_sources(request: Request, store: Store, person: Person, name: str) -> HTMLResponse:
    """What is registered of a unit, and the forms that change it."""
    signing.may(person, Action.SOURCES)
    city = registry.load_city(store)
    unit = _unit(request, city, name)
    return rendering.page(
        request,
        "source_unit.html",
        city,
        unit=unit,
        names={column.id: column.name for column in unit.columns},
        unit_kinds=[one.value for one in UnitKind],
        supervisions=[one.value for one in Supervision],
        column_kinds=[one.value for one in ColumnKind],
        today=_today(city),
    )


@router.post("/sources/{name}")
async def change_unit_sources(request: Request, store: Store, person: Person, name: str) -> Response:
    """Leaves the request that a form asks for, and leads to where it is told."""
    form = await forms.read(request)
    what = form.get("do", "")
    signing.check(person, form, Action.WAIVE if what in ("waive", "end_waiver") else Action.SOURCES)
    return await run_in_threadpool(_left, request, store, person, name, form)


def _left(request: Request, store: Store, person: Person, name: str, form: Form) -> Response:
    city = registry.load_city(store)
    unit = _unit(request, city, name)
    what = form.get("do", "")
    if what not in _ASKED:
        raise HTTPException(422, f"expected do to be one of {', '.join(_ASKED)}")
    kind, make = _ASKED[what]
    here = "/sources" if what == "retire_unit" else f"/sources/{quote(unit.id, safe='')}"
    onward = forms.local_path(form["next"]) if form.get("next") else here
    payload = {**make(unit, form), "by": person.account.name, "next": onward}
    if kind == "registry":
        payload = {**payload, "edit": what, "unit": unit.id}
        if what == "pause":
            payload["on"] = form.get("on") or _today(city).isoformat()
    left = requests.leave(store, kind, payload)
    facts = {"request": left, "column": form.get("column") or None}
    people.note(store, person.account.name, f"source.{what}", unit.id, facts=facts, address=signing.address_of(request))
    return RedirectResponse(f"/sources/add/{left}" if kind == "discover" else f"/requests/{left}", 303)


def _unit(request: Request, city: City | None, name: str) -> Unit:
    found = next((unit for unit in city.units if unit.id == name), None) if city else None
    if found is None:
        raise HTTPException(404, texts.text(rendering.language_of(request), "error.unit", name=name))
    return found


def _today(city: City | None) -> dt.date:
    return utcnow().astimezone(rendering.zone_of(city)).date()


# ------------------------------------------------------------------ forms to payloads


def _change_unit(unit: Unit, form: Form) -> Payload:
    fields: Payload = {name: form[name].strip() for name in _FIELDS if name in form}
    if "contact_0_name" in form:
        told = [
            {field: form.get(f"contact_{number}_{field}", "").strip() for field in _CONTACT}
            for number in range(_CONTACTS)
        ]
        fields["contacts"] = [{field: value for field, value in one.items() if value} for one in told if one["name"]]
    return {"fields": fields}


_FIELDS: Final = ("name", "kind", "supervision", "home", "site_code")


def _put_column(unit: Unit, form: Form) -> Payload:
    told = {name: form.get(name, "").strip() or None for name in ("name", "kind", "url", "feed")}
    ticked = {name: name in form for name in ("first_level", "render")}
    return {"column": {"id": form.get("column", "").strip(), **told, **ticked}}


def _place(unit: Unit, form: Form) -> Payload:
    return {"column": form["column"]} if form.get("column") else {}


def _pause(unit: Unit, form: Form) -> Payload:
    return {**_place(unit, form), "reason": form.get("reason", "").strip(), "until": form.get("until") or None}


def _sure(unit: Unit, form: Form) -> Payload:
    if "sure" not in form:
        raise HTTPException(422, "refused.unsure")
    return _place(unit, form)


def _waive(unit: Unit, form: Form) -> Payload:
    told = {name: form.get(name, "").strip() for name in ("reason", "approved_by", "until", "column", "rule")}
    return {"waiver": {name: value for name, value in told.items() if value}}


def _end_waiver(unit: Unit, form: Form) -> Payload:
    number = form.get("number", "")
    if not (number.isascii() and number.isdigit() and int(number[:6]) < len(unit.waivers)):
        raise HTTPException(422, "no such waiver: load the page again")
    return {"number": int(number[:6])}


def _harvest(unit: Unit, form: Form) -> Payload:
    return {**_place(unit, form), "unit": unit.id, "full": form.get("full") == "1"}


def _discover(unit: Unit, form: Form) -> Payload:
    return {"url": unit.home}


# what a form asks for: the kind of request, and how its payload is made of the form
_ASKED: Final[Mapping[str, tuple[str, Callable[[Unit, Form], Payload]]]] = {
    "change_unit": ("registry", _change_unit),
    "retire_unit": ("registry", _sure),
    "put_column": ("registry", _put_column),
    "retire_column": ("registry", _sure),
    "pause": ("registry", _pause),
    "resume": ("registry", _place),
    "waive": ("registry", _waive),
    "end_waiver": ("registry", _end_waiver),
    "harvest": ("harvest", _harvest),
    "discover": ("discover", _discover),
}
