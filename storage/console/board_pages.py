"""The board of the city: units by rank, what changed, curves, the heat map; as it is, as told of a day, as frozen.

Everything that follows from rules was told by the last assessment and is read here a row a unit. Only what moves
between assessments is asked for anew: open findings, looks, what is ours to put right.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from storage import boards, observations, periods, registry
from storage.boards import Board, Standing
from storage.console import board, heat, queries, rendering, signing, standings, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.people import Action
from storage.schema import City, Column, FindingKind, PeerGroup

router = APIRouter(include_in_schema=False)
_DAYS = 60  # of the curves
_OFFERED = 60  # days told that can be chosen
Lines = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """What a board is compared with: a frozen period (``name``), or the board of a day (None)."""

    day: dt.date
    lines: Lines
    name: str | None = None


@dataclass(frozen=True, kw_only=True)
class Since:
    """What happened since the baseline: units that rose or fell in points, and findings."""

    baseline: Baseline
    rose: int
    fell: int
    moved: queries.Moved


@router.get("/", response_class=HTMLResponse)
def show_board(
    request: Request, store: Store, person: Person, day: str = "", peers: str = "", group: str = ""
) -> Response:
    """The whole city now, or as it was told of the last day up to ``day``.

    A unit's person has no board: theirs is their unit's page.
    """
    if person.account.unit is not None:
        return RedirectResponse(f"/units/{quote(person.account.unit, safe='')}", 303)
    city = registry.outline(store)
    if city is None or not city.units:
        return rendering.page(request, "board.html", city, next="units" if city else "city")
    asked = _day_of(request, day)
    told = boards.latest(store, until=asked)
    if asked is not None and told is None:
        raise HTTPException(404, texts.text(rendering.language_of(request), "board.no_day", day=asked))
    return _whole(request, store, city, told, is_live=asked is None, peers=peers, group=group)


@router.get("/periods/{name}", response_class=HTMLResponse)
def show_period(request: Request, store: Store, person: Person, name: str) -> HTMLResponse:
    """A frozen period as it was frozen, with its amendments beside it."""
    signing.may(person, Action.SEE)
    found = periods.find(store, name)
    if found is None:
        raise HTTPException(404, texts.text(rendering.language_of(request), "board.no_period", name=name))
    frozen = json.loads(found.board)
    rows = [
        standings.row(one["unit"], one["name"], one["peer_group"], one, findings=one["open_findings"])
        for one in frozen["scores"]
    ]
    return rendering.page(
        request,
        "period.html",
        registry.outline(store),
        period=found,
        board=frozen,
        groups=standings.peer_groups(rows),
        signs=heat.SIGNS,
        cells={one.unit: [heat.group_cell(part) for part in one.told["groups"]] for one in rows if one.told},
        finding_kinds=_kinds(rows),
        total=sum(one.open for one in rows),
        amendments=periods.amendments(store, name),
        names={one.unit: one.name for one in rows},
    )


def _whole(
    request: Request, store: Store, city: City, told: Board | None, *, is_live: bool, peers: str, group: str
) -> HTMLResponse:
    """The page of a board; ``told`` None: nothing was told yet, and what can be counted without it is shown."""
    lines = {one.unit: one for one in boards.standings(store, told.day)} if told else {}
    days = boards.trend(store, told.day, limit=_DAYS) if told else []
    headings = periods.headings(store)
    baseline = _baseline(store, told.day, headings) if told else None
    failing = queries.failing(store)
    observed = queries.observed(store, failing)
    opened = queries.open_by_unit(store) if is_live else {unit: _opened(one) for unit, one in lines.items()}
    least = standings.foot(days)
    rows = [
        standings.row(
            unit,
            name,
            peer_group,
            lines[unit].line if unit in lines else None,
            findings=opened.get(unit, {}),
            observed=observed.get(unit, queries.Observed()) if is_live else None,
            before=baseline.lines if baseline else None,
            days=days,
            least=least,
        )
        for unit, name, peer_group in _units(city, lines, is_live=is_live)
    ]
    chosen = peers if peers in set(PeerGroup) else None
    heads = heat.groups(told.board["formula"]) if told else []
    shown_heads = heat.chosen(heads, group)
    rules = [rule for head in shown_heads for rule in head.rules]
    groups = standings.peer_groups(rows)
    shown = {name: found for name, found in groups.items() if chosen in (None, name)}
    looks = [one.last_look for one in observed.values() if one.last_look]
    return rendering.page(
        request,
        "board.html",
        city,
        next=_next_step(store, told, is_looked=bool(looks)),
        told=told,
        is_live=is_live,
        groups=shown,
        all_groups=list(groups),
        peers=chosen,
        heads=heads,
        signs=heat.SIGNS,
        shown_heads=shown_heads,
        rules=rules,
        cells={one.unit: heat.cells(lines[one.unit].cells, rules) for one in rows if one.unit in lines},
        finding_kinds=_kinds(rows),
        foot=least,
        troubles=_troubles(store, city, failing) if is_live else [],
        units=len(rows),
        total=sum(one.open for one in rows),
        well=sum(one.well for one in observed.values()),
        due=sum(one.due for one in observed.values()),
        last_look=max(looks, default=None),
        days=days,
        curves={
            "open": standings.curve(days, [one.open for one in days]),
            "mean": standings.curve(days, [one.mean for one in days], least=least, most=100),
        },
        since=_since(store, city, told, baseline, rows) if told and baseline else None,
        offered=boards.days(store, limit=_OFFERED)[::-1],
        periods=headings,
    )


def _units(city: City, lines: Mapping[str, Standing], *, is_live: bool) -> list[tuple[str, str, str]]:
    """Id, name and peer group: of those in the registry now, or of those that were on a board then."""
    if is_live:
        return [(unit.id, unit.name, unit.peer_group.value) for unit in city.units]
    return [(one.unit, one.line["name"], one.line["peer_group"]) for one in lines.values()]


def _kinds(rows: Sequence[standings.Row]) -> list[str]:
    """The kinds of which there are open findings, in the order of the schema; what no unit has is no column."""
    present = {kind for one in rows for kind in one.findings}
    return [kind.value for kind in FindingKind if kind.value in present] + sorted(present - set(FindingKind))


def _opened(one: Standing) -> Mapping[str, int]:
    found: Mapping[str, int] = one.line["open_findings"]
    return found


def _baseline(store: Store, day: dt.date, headings: Sequence[periods.Heading]) -> Baseline | None:
    """The last period frozen before the day, or the last board of the month before."""
    heading = next((one for one in headings if one.as_of < day), None)
    if heading is not None:
        frozen = json.loads(periods.get(store, heading.name).board)
        lines = standings.amended(frozen["scores"], periods.amendments(store, heading.name))
        return Baseline(day=heading.as_of, lines=lines, name=heading.name)
    before = boards.latest(store, until=day.replace(day=1) - dt.timedelta(days=1))
    if before is None:
        return None
    return Baseline(day=before.day, lines=boards.lines(store, before.day))


def _since(store: Store, city: City, told: Board, baseline: Baseline, rows: Sequence[standings.Row]) -> Since:
    gained = [one.change.points for one in rows if one.change and one.change.points is not None]
    zone = rendering.zone_of(city)

    def end_of(day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone).astimezone(dt.UTC)

    return Since(
        baseline=baseline,
        rose=sum(one > 0 for one in gained),
        fell=sum(one < 0 for one in gained),
        moved=queries.moved(store, end_of(baseline.day), end_of(told.day)),
    )


def _troubles(store: Store, city: City, failing: Sequence[queries.Failing]) -> list[board.Trouble]:
    """What is ours to put right; only places that fail are read whole."""
    places = [(one.unit, one.column) for one in failing if one.column is not None]
    columns: dict[str, list[Column]] = {}
    for column in registry.columns_at(store, places):
        columns.setdefault(column.unit, []).append(column)
    looks = observations.get_many(store, [name for one in failing for name in (one.latest, one.good) if name])
    latest = {(one.unit, one.column): looks[one.latest] for one in failing if one.latest in looks}
    good = {(one.unit, one.column): looks[one.good] for one in failing if one.good in looks}
    homes = {place: look for place, look in latest.items() if place[1] is None}
    held = {(one.unit, one.column) for one in failing if one.is_held}
    failed = {one.unit for one in failing}
    units = [replace(unit, columns=tuple(columns.get(unit.id, ()))) for unit in city.units if unit.id in failed]
    return board.troubles(units, latest, good, homes, held)


def _next_step(store: Store, told: Board | None, *, is_looked: bool) -> str | None:
    """What the operator does next in a young installation; None once a board was told."""
    if told is not None:
        return None
    if queries.is_judged(store):
        return "board"
    return "verdicts" if is_looked else "looks"


def _day_of(request: Request, asked: str) -> dt.date | None:
    """The day asked for; None: the last one.

    :raises HTTPException: it is no day.
    """
    if not asked:
        return None
    try:
        return dt.date.fromisoformat(asked)
    except ValueError:
        said = texts.text(rendering.language_of(request), "board.bad_day", day=asked[:40])
        raise HTTPException(422, said) from None
