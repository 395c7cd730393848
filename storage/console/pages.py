"""The pages of one unit and of one finding. Each reads what it shows, and hands it to its template."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from storage import catalogue, findings, observations, proofs, registry
from storage.console import board, finding_steps, queries, rendering, signing, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import utcnow
from storage.people import Action
from storage.proofs import Proof
from storage.schema import City, Column, Observation, Subject
from storage.scoreboard import Scoreboard

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
        proofs=_by_event(proofs.of_finding(store, finding.id)),
        limits=request.app.state.settings,
        endings=proofs.ENDINGS,
    )


def _by_event(found: list[Proof]) -> dict[int, list[Proof]]:
    shown: dict[int, list[Proof]] = {}
    for one in found:
        shown.setdefault(one.event, []).append(one)
    return shown


def _columns(city: City) -> list[Column]:
    return [column for unit in city.units for column in unit.columns]


def _next_step(stands: Scoreboard, *, is_looked: bool) -> str | None:
    """What the operator does next in a young installation: harvest, then assess; None once both were done."""
    if not is_looked:
        return "looks"
    return "verdicts" if stands.as_of is None else None
