"""REST of yearly reports: what was told of a year, and the reports that were published, each figure with its cell.

Who has not signed in gets what is public: nothing that came by mail, nothing that was entered from sheets.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Path, Request, Response

from storage.annual import held, told
from storage.annual.held import HeldReport
from storage.annual.rollup import Lacks, Line, Rollup, Sum, as_data
from storage.console import annual_pages, conditional, models, signing
from storage.console.api import RESPONSES, SIGNED_IN, After, Limit, Store, page
from storage.database import dumps
from storage.formats.json_item import evidence_json, time_text
from storage.people import Action

router = APIRouter(prefix="/api/v1", tags=["judged"], responses=RESPONSES | SIGNED_IN)
_FIRST, _LAST = annual_pages.YEARS[0], annual_pages.YEARS[-1]
Year = Annotated[int, Path(ge=_FIRST, le=_LAST, description="the year that is reported on")]
_NOTHING: Final[dict[int | str, dict[str, Any]]] = {
    404: {"model": models.Problem, "description": "nothing was told of that year"}
}
_BY_MAIL: Final = ("report", "source", "format", "form", "outcome", "detail", "received_on", "received_by")


@router.get("/annual/{year}", response_model=models.AnnualYear, responses=_NOTHING)
def annual_year(request: Request, store: Store, year: Year) -> Response:
    """Everything told of a year: the roster, the tables' sums, counts of the catalogue, claims, figures entered."""
    found = told.told(store, year)
    if found is None:
        raise HTTPException(404, f"nothing was told of {year}")
    rollup, at = found
    person = signing.someone(request, store)
    shown = rollup if person is not None and person.account.may(Action.SEE) else public(rollup)
    body = dumps({**as_data(shown), "told_at": time_text(at)}).encode("utf-8", "replace")
    return conditional.tagged(request, body, "application/json", {"Vary": "Cookie"})


@router.get("/annual/{year}/reports", response_model=models.Page[models.AnnualReport])
def annual_reports(request: Request, store: Store, year: Year, after: After = None, limit: Limit = 100) -> Response:
    """The published reports of a year that stand, as read: each figure with what stands in its cell, and the checks."""
    found = held.standing(store, year=year, source="published")
    rows = ((one.unit, _report(one)) for one in found if after is None or one.unit > after)
    return page(request, rows, after, limit)


def public(rollup: Rollup) -> Rollup:
    """The roll-up as if nothing had come by mail, and without what was entered from sheets."""
    mailed = {one.unit for one in rollup.lines if one.source == "mail"}
    return rollup.model_copy(
        update={
            "lines": tuple(_public(one) for one in rollup.lines),
            "sums": {name: _without(one, mailed) for name, one in rollup.sums.items()},
            "claims": tuple(one for one in rollup.claims if one.unit not in mailed),
            "entered": (),
        }
    )


def _public(line: Line) -> Line:
    hidden: dict[str, Any] = {"received_on": None, "received_by": None}
    if line.source == "mail":
        hidden |= {**dict.fromkeys(_BY_MAIL), "checks": (), "alike": ()}
    return line.model_copy(update=hidden)


def _without(one: Sum, units: set[str]) -> Sum:
    parts = {unit: value for unit, value in one.parts.items() if unit not in units}
    lacks = [two for two in one.lacks if two.unit not in units]
    update = {
        "value": sum(parts.values(), Decimal(0)) if parts else None,
        "counted": len(parts),
        "parts": parts,
        "lacks": tuple(sorted([*lacks, *(Lacks(unit=unit, why="no_report") for unit in units)], key=_unit)),
    }
    return one.model_copy(update=update) if units else one


def _unit(one: Lacks) -> str:
    return one.unit


def _report(one: HeldReport) -> dict[str, Any]:
    read: Mapping[str, Any] = one.report or {}
    return {
        **{name: getattr(one, name) for name in ("id", "unit", "year", "name", "url", "column", "item", "format")},
        **{name: getattr(one, name) for name in ("form", "detail", "sha256", "reader")},
        "outcome": one.outcome.value,
        "published_on": one.published_on.isoformat() if one.published_on else None,
        "first_seen": time_text(one.first_seen) if one.first_seen else None,
        "read_at": time_text(one.read_at),
        "evidence": evidence_json(one.evidence) if one.evidence else None,
        "title": read.get("title"),
        "tables_found": list(read.get("tables_found", ())),
        "problems": list(read.get("problems", ())),
        "figures": {
            name: {
                **{key: figure[key] for key in ("state", "value", "raw")},
                "address": figure["cell"][3] if figure["cell"] else None,
            }
            for name, figure in read.get("figures", {}).items()
        },
        "checks": [dict(check) for check in one.checks or ()],
    }
