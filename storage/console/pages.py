"""The pages: the board. Each reads what it shows, and hands it to its template."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from storage import observations, registry
from storage.console import board, queries, rendering
from storage.console.api import Store
from storage.console.signing import Person
from storage.schema import City, Column, FindingKind, Subject
from storage.scoreboard import Scoreboard, scoreboard

router = APIRouter(include_in_schema=False)


@router.get("/", response_class=HTMLResponse)
def show_board(request: Request, store: Store, person: Person) -> Response:
    """The whole city: units by peer group with their open findings, and what is ours to put right.

    A unit's person has no board: theirs is their unit's page.
    """
    if person.account.unit is not None:
        return RedirectResponse(f"/units/{quote(person.account.unit, safe='')}", 303)
    city = registry.load_city(store)
    if city is None or not city.units:
        return rendering.page(request, "board.html", city, next="units" if city else "city")
    stands = scoreboard(store)
    latest = observations.latest_by_column(store, Subject.COLUMN)
    good = observations.latest_good_by_column(store, Subject.COLUMN)
    homes = observations.latest_by_column(store, Subject.HOME)
    held = queries.held_columns(store)
    counts = {line.unit: line.findings for line in stands.lines}
    lines = [board.unit_line(unit, counts.get(unit.id, {}), latest, good, held) for unit in city.units]
    looked = [latest[column.unit, column.id].at for column in _columns(city) if (column.unit, column.id) in latest]
    return rendering.page(
        request,
        "board.html",
        city,
        next=_next_step(stands, is_looked=bool(looked)),
        groups=board.peer_groups(lines),
        finding_kinds=[kind.value for kind in FindingKind],
        troubles=board.troubles(city.units, latest, good, homes, held),
        total=sum(line.open for line in lines),
        well=sum(line.well for line in lines),
        due=sum(line.due for line in lines),
        items=stands.items,
        as_of=stands.as_of,
        last_look=max(looked, default=None),
    )


def _columns(city: City) -> list[Column]:
    return [column for unit in city.units for column in unit.columns]


def _next_step(stands: Scoreboard, *, is_looked: bool) -> str | None:
    """What the operator does next in a young installation: harvest, then assess; None once both were done."""
    if not is_looked:
        return "looks"
    return "verdicts" if stands.as_of is None else None
