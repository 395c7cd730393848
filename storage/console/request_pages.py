"""One request: it waits and the page looks again, or it is done and the page tells what came of it, and leads on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from storage import registry, requests
from storage.console import forms, rendering, signing, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import utcnow
from storage.people import Action

router = APIRouter(include_in_schema=False)
LOOK_S: Final = 2  # between two looks of a page that waits
_LATE: Final = dt.timedelta(minutes=1)  # a worker looks each second, the schedule each minute
_ROWS: Final = 200  # of a list that was read; of a text that was told, lines


@router.get("/requests/{name}", response_class=HTMLResponse)
def show_request(request: Request, store: Store, person: Person, name: str, still: str = "") -> HTMLResponse:
    """A request and its answer; a unit's person sees the recheck they asked for.

    :param still: not empty: the page does not look again by itself.
    """
    found = requests.get(store, name)
    own = found is not None and found.kind == "recheck" and person.account.may(Action.RECHECK, _text(found, "unit"))
    if not own:
        signing.may(person, Action.SOURCES)
    if found is None:
        raise HTTPException(404, texts.text(rendering.language_of(request), "request.none", name=name))
    waits = found.state in ("left", "claimed")
    result = found.result
    unit = _text(found, "unit") or (_of(result, "unit") if found.kind == "registry" else None)
    city = registry.load_city(store)
    known = next((one for one in city.units if one.id == unit), None) if city else None
    answer = rendering.page(
        request,
        "request.html",
        city,
        found=found,
        waits=waits,
        still=bool(still),
        is_late=found.state == "left" and utcnow() - found.left_at > _LATE,
        result=result,
        told=_lines(result.get("told") if isinstance(result, Mapping) else result),
        changes=_lines(result.get("changes")) if isinstance(result, Mapping) else [],
        unit=known,
        by=_text(found, "by"),
        subject=_text(found, "url") or (known.name if known else unit),
        onward=_local(found, "next"),
        back=_back(found),
        rows=_ROWS,
    )
    answer.headers["Cache-Control"] = "no-store"
    if waits and not still:
        answer.headers["Refresh"] = str(LOOK_S)
    return answer


def _text(found: requests.Request, field: str) -> str | None:
    value = found.payload.get(field)
    return value if isinstance(value, str) and value else None


def _of(result: object, field: str) -> str | None:
    value = result.get(field) if isinstance(result, Mapping) else None
    return value if isinstance(value, str) and value else None


def _lines(told: object) -> list[str]:
    """What was told, line by line: a text, or a list of them."""
    lines = told.splitlines() if isinstance(told, str) else told if isinstance(told, list) else []
    return [str(line) for line in lines[:_ROWS]]


def _local(found: requests.Request, field: str) -> str | None:
    """A path of this site that the request names; None for any other."""
    path = _text(found, field)
    return path if path is not None and forms.local_path(path) == path else None


def _back(found: requests.Request) -> str | None:
    """Where a request that failed is put right."""
    if found.kind in ("discover", "read"):
        page = "/sources/add" if found.kind == "discover" else "/sources/read"
        return f"{page}?url={quote(_text(found, 'url') or '', safe='')}"
    back = _local(found, "back") or _local(found, "next")
    return f"{back}?tried={found.id}" if back and "?" not in back and _local(found, "back") else back
