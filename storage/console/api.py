"""REST at ``/api/v1``: items, looks, verdicts and findings, a page at a time, in the exact JSON of ``gongkai export``.

``after`` is the place to go on from: a page ends with the address of the ``next`` one, null at the end, and with its
``cursor``, from which a reader that keeps it later gets what came since. Everything is read through the stores' own
orders, which new records join at the end, so a walk neither skips nor repeats what did not change under it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from storage import boards, catalogue, export, observations, registry
from storage.console import conditional, models, queries
from storage.database import Database, dumps
from storage.formats import json_item
from storage.schema import Observation, PeerGroup, VerdictKind

RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "the client has it, by its If-None-Match"},
    422: {"model": models.Problem, "description": "something that was asked is not understood"},
    503: {"model": models.Problem, "description": "the database cannot be read; Retry-After says when to come again"},
}
router = APIRouter(prefix="/api/v1", tags=["data"], responses=RESPONSES)
SIGNED_IN: Final[dict[int | str, dict[str, Any]]] = {
    401: {"model": models.Problem, "description": "only for people who are signed in, where it is not open"},
    403: {"model": models.Problem, "description": "not for this person"},
}
judged = APIRouter(prefix="/api/v1", tags=["judged"], responses=RESPONSES | SIGNED_IN)  # not for everyone to read
MOST: Final = 1000  # records a page


def _store(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


Store = Annotated[Database, Depends(_store)]
Limit = Annotated[int, Query(ge=1, le=MOST, description=f"records a page, {MOST} at most")]
_HOLDABLE: Final = r"^[^\x00]*$"  # PostgreSQL takes no other text, not even to look for
After = Annotated[str | None, Query(pattern=_HOLDABLE, max_length=200, description="the cursor of the page before")]
# the pattern is described and not checked: who made a cursor up is told in words where to get one
AfterNumber = Annotated[
    str | None,
    Query(max_length=200, description="the cursor of the page before", json_schema_extra={"pattern": "^[0-9]{1,18}$"}),
]
UnitFilter = Annotated[str | None, Query(pattern=_HOLDABLE, max_length=64, description="id of a unit")]
ColumnFilter = Annotated[
    str | None, Query(pattern=_HOLDABLE, max_length=64, description="id of a column; with its unit")
]
RuleFilter = Annotated[str | None, Query(pattern=_HOLDABLE, max_length=64, description="id of a rule, such as UP-02")]

DayFilter = Annotated[dt.date | None, Query(description="the last board up to this day; by default the last of all")]
StateFilter = Annotated[
    str | None,
    Query(
        pattern=_HOLDABLE,
        max_length=64,
        description='"open" (every one that is not closed), "closed", or a step between',
    ),
]


@router.get("/items", response_model=models.Page[models.Item])
def items(
    request: Request,
    store: Store,
    after: AfterNumber = None,
    limit: Limit = 100,
    unit: UnitFilter = None,
    column: ColumnFilter = None,
) -> Response:
    """Items, withdrawn ones too, in the order of their last change: the whole catalogue, then what changes in it."""
    seq = number(after)
    changes = catalogue.iter_changes(store, changed_after=seq, unit=unit, column=column, page=limit + 1)
    return page(request, ((str(seq), json_item.to_json(item)) for item, seq in changes), after, limit)


@judged.get("/observations", response_model=models.Page[models.Observation])
def looks(
    request: Request,
    store: Store,
    after: After = None,
    limit: Limit = 100,
    unit: UnitFilter = None,
    column: ColumnFilter = None,
) -> Response:
    """Looks at columns, feeds, articles, home pages and probes, in the order of their time."""
    since, last = _moment(after)
    found = observations.iter_observations(store, unit=unit, column=column, since=since)
    # the store goes on from a time; looks of that same moment up to the last one were on the page before
    later = (one for one in found if since is None or (one.at, one.id) > (since, last))
    return page(request, ((_place(one), export.observation_json(one)) for one in later), after, limit)


@judged.get("/verdicts", response_model=models.Page[models.Verdict])
def verdicts(
    request: Request,
    store: Store,
    after: After = None,
    limit: Limit = 100,
    unit: UnitFilter = None,
    column: ColumnFilter = None,
    rule: RuleFilter = None,
    verdict: VerdictKind | None = None,
) -> Response:
    """The latest verdict of every rule on every subject, in a stable order of its own."""
    wanted = {"unit": unit, "column": column, "rule": rule, "verdict": verdict and verdict.value}
    found = queries.verdicts_page(store, after, limit + 1, wanted)
    return page(request, ((key, export.verdict_json(one)) for key, one in found), after, limit)


@judged.get("/findings", response_model=models.Page[models.Finding])
def all_findings(
    request: Request,
    store: Store,
    after: After = None,
    limit: Limit = 100,
    unit: UnitFilter = None,
    column: ColumnFilter = None,
    rule: RuleFilter = None,
    state: StateFilter = None,
) -> Response:
    """Findings, closed ones too unless ``state`` is given, in the order of their ids."""
    wanted = {"unit": unit, "column": column, "rule": rule, "state": state}
    found = queries.findings_page(store, after, limit + 1, wanted)
    return page(request, ((key, export.finding_json(one)) for key, one in found), after, limit)


@judged.get("/board", response_model=models.Board)
def board(request: Request, store: Store, day: DayFilter = None) -> Response:
    """The scoreboard of the last day judged: each unit's points, rank, open findings and verdicts by rule."""
    told = boards.latest(store, until=day)
    known = dict(told.board) if told else {}
    lines = boards.standings(store, told.day) if told else []
    order = [group.value for group in PeerGroup]
    lines.sort(key=lambda one: (order.index(one.line["peer_group"]), one.line["rank"] or math.inf, one.unit))
    answer = {
        "as_of": told.day.isoformat() if told else None,
        "told_at": json_item.time_text(told.told_at) if told else None,
        **{name: known.get(name) for name in ("city", "code", "formula", "regulation")},
        **{name: known.get(name, {}) for name in ("open_findings", "verdicts")},
        **{name: known.get(name, 0) for name in ("advice", "review", "columns")},
        "peer_groups": known.get("peer_groups", []),
        "items": known.get("items"),
        "coverage": known.get("coverage"),
        "data": [{**one.line, "cells": one.cells} for one in lines],
    }
    return conditional.tagged(request, dumps(answer).encode("utf-8", "replace"), "application/json")


@router.get("/units", response_model=models.Units)
def units(request: Request, store: Store) -> Response:
    """Every unit in the registry with its columns, in the order of the city file; whom to write to is left out."""
    city = registry.load_city(store)
    found = []
    for unit in city.units if city else ():
        data = asdict(unit)
        columns = [{name: value for name, value in one.items() if name != "unit"} for one in data["columns"]]
        for place in (data, *columns):
            place["paused"] = _pause(place["paused"])
        for column in columns:
            if column["confirmed"]:
                column["confirmed"]["on"] = column["confirmed"]["on"].isoformat()
        kept = ("id", "name", "kind", "supervision", "home", "site_code", "paused")
        found.append({**{name: data[name] for name in kept}, "columns": columns})
    return conditional.tagged(request, dumps({"data": found}).encode(), "application/json")


def _pause(told: dict[str, Any] | None) -> dict[str, Any] | None:
    """A pause without who put it there."""
    if told is None:
        return None
    until = told["until"].isoformat() if told["until"] else None
    return {"reason": told["reason"], "on": told["on"].isoformat(), "until": until}


def page(request: Request, rows: Iterator[tuple[str, dict[str, Any]]], after: str | None, limit: int) -> Response:
    """The first ``limit`` of ``rows`` (cursor, record), and where to go on."""
    found = list(islice(rows, limit + 1))
    shown = found[:limit]
    cursor = shown[-1][0] if shown else after
    link = None
    if len(found) > limit:
        query = {**request.query_params, "after": cursor, "limit": limit}
        link = f"{request.url.path}?{urlencode(query)}"
    headers = {"Link": f'<{link}>; rel="next"'} if link else None
    body = dumps({"data": [record for _, record in shown], "cursor": cursor, "next": link})
    return conditional.tagged(request, body.encode("utf-8", "replace"), "application/json", headers)


def _place(one: Observation) -> str:
    return f"{json_item.time_text(one.at)}~{one.id}"


def _moment(after: str | None) -> tuple[dt.datetime | None, str]:
    if after is None:
        return None, ""
    moment, _, last = after.partition("~")
    try:
        at = dt.datetime.fromisoformat(moment)
        if at.tzinfo is not None:
            return at.astimezone(dt.UTC), last
    except (ValueError, OverflowError):  # the last moment of the year 9999 is in no other zone one
        pass
    raise _not_a_cursor(after)


def number(after: str | None) -> int:
    """A cursor that is a number; 0 for none.

    :raises HTTPException: it is something else.
    """
    if after is None:
        return 0
    if not (after.isascii() and after.isdigit() and len(after) <= 18):
        raise _not_a_cursor(after)
    return int(after)


def _not_a_cursor(after: str) -> HTTPException:
    return HTTPException(422, f"after={after!r} is not a cursor of this list: take it from a page's cursor or next")
