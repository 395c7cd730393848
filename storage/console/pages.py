"""The pages: the board, one unit, one finding. Each reads what it shows, and hands it to its template."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from storage import catalogue, findings, observations, registry
from storage.console import board, finding_steps, queries, rendering, signing, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import utcnow
from storage.people import Action
from storage.schema import City, Column, FindingKind, Observation, Subject
from storage.scoreboard import Scoreboard, scoreboard

router = APIRouter(include_in_schema=False)
_SHOWN = 100  # findings on a unit's page; the rest is a link away


@dataclass(frozen=True, kw_only=True)
class ColumnLine:
    """One column on its unit's page. ``failure`` says how the last look failed, None when it was good."""

    column: Column
    last: Observation | None
    good: Observation | None
    failure: str | None
    stands: queries.Standing
    open: int


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
    today = utcnow().astimezone(rendering.zone_of(city)).date()
    return rendering.page(
        request,
        "board.html",
        city,
        next=_next_step(stands, is_looked=bool(looked)),
        groups=board.peer_groups(lines),
        finding_kinds=[kind.value for kind in FindingKind],
        troubles=board.troubles(city.units, latest, good, homes, held, today),
        total=sum(line.open for line in lines),
        well=sum(line.well for line in lines),
        due=sum(line.due for line in lines),
        items=stands.items,
        as_of=stands.as_of,
        last_look=max(looked, default=None),
    )


@router.get("/units/{name}", response_class=HTMLResponse)
def show_unit(request: Request, store: Store, person: Person, name: str) -> HTMLResponse:
    """One unit: its columns with the last look at each, its findings, its waivers."""
    signing.may(person, Action.SEE, name)
    city = registry.load_city(store)
    unit = next((unit for unit in city.units if unit.id == name), None) if city else None
    if unit is None:
        raise HTTPException(404, texts.text(rendering.language_of(request), "error.unit", name=name))
    today = utcnow().astimezone(rendering.zone_of(city)).date()
    latest = observations.latest_by_column(store, Subject.COLUMN)
    good = observations.latest_good_by_column(store, Subject.COLUMN)
    held = queries.held_columns(store)
    stands = queries.standing(store, unit.id, today)
    open_here = queries.open_by_column(store, unit.id)
    lines = [
        ColumnLine(
            column=column,
            last=latest.get((unit.id, column.id)),
            good=good.get((unit.id, column.id)),
            failure=board.failure(latest.get((unit.id, column.id)), is_held=(unit.id, column.id) in held),
            stands=stands.get(column.id, queries.Standing()),
            open=open_here.get(column.id, 0),
        )
        for column in unit.columns
    ]
    shown = list(islice(findings.iter_findings(store, "open", unit=unit.id), _SHOWN))
    closed = list(islice(findings.iter_findings(store, findings.State.CLOSED, unit=unit.id), _SHOWN))
    return rendering.page(
        request,
        "unit.html",
        city,
        unit=unit,
        lines=lines,
        names={column.id: column.name for column in unit.columns},
        well=sum(line.failure is None for line in lines),
        open=sorted(shown, key=lambda one: (one.severity != "red", one.opened_at)),
        total=sum(open_here.values()),
        closed=closed,
        titles=queries.titles(store, [one.item for one in (*shown, *closed) if one.item]),
        today=today,
    )


@router.get("/findings/{name}", response_class=HTMLResponse)
def show_finding(request: Request, store: Store, person: Person, name: str) -> HTMLResponse:
    """One finding: the facts, the citation, the evidence, its life."""
    finding = findings.get_finding(store, name)
    if finding is None:
        raise HTTPException(404, texts.text(rendering.language_of(request), "error.finding", name=name))
    signing.may(person, Action.SEE, finding.unit)
    city = registry.load_city(store)
    unit = next((unit for unit in city.units if unit.id == finding.unit), None) if city else None
    column = next((column for column in unit.columns if column.id == finding.column), None) if unit else None
    item = catalogue.get_item(store, finding.item) if finding.item else None
    return rendering.page(
        request,
        "finding.html",
        city,
        finding=finding,
        unit=unit,
        column=column,
        item=item,
        offers=finding_steps.offers(finding, person.account),
    )


def _columns(city: City) -> list[Column]:
    return [column for unit in city.units for column in unit.columns]


def _next_step(stands: Scoreboard, *, is_looked: bool) -> str | None:
    """What the operator does next in a young installation: harvest, then assess; None once both were done."""
    if not is_looked:
        return "looks"
    return "verdicts" if stands.as_of is None else None
