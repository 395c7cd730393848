"""One unit: its columns and how fresh they are, findings, the score with every lost point, items, history, waivers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa
from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from storage import boards, due_dates, duties, findings, observations, registry, rule_texts, tables
from storage.annual.held import standing as standing_reports
from storage.console import board, queries, rendering, signing, texts
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import Database, among, utcnow
from storage.people import Action
from storage.schema import Column, Observation, Subject, Unit

router = APIRouter(include_in_schema=False)
_SHOWN: Final = 100  # findings on a unit's page; the rest is a link away
_ITEMS: Final = 20
_DAYS: Final = 60  # boards of the history
_AHEAD: Final = dt.timedelta(days=120)


@dataclass(frozen=True, kw_only=True)
class Freshness:
    """What the rule on a column's freshness said last. Days are the city's; ``left`` is below zero when it is over."""

    rule: str
    window: str
    due_on: dt.date
    left: int


@dataclass(frozen=True, kw_only=True)
class ColumnLine:
    """One column on its unit's page. ``failure`` says how the last look failed, None when it was good.

    ``next_due`` is the next day something is owed there.
    """

    column: Column
    last: Observation | None
    good: Observation | None
    failure: str | None
    stands: queries.Standing
    open: int
    fresh: Freshness | None = None
    next_due: dt.date | None = None


@router.get("/units/{name}", response_class=HTMLResponse)
def show_unit(request: Request, store: Store, person: Person, name: str, rule: str = "") -> HTMLResponse:
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
    told = rule_texts.all_texts(store)
    fresh = _freshness(store, unit, told, today)
    dues = due_dates.between(store, today, today + _AHEAD, unit=unit.id, limit=_SHOWN)
    lines = [
        ColumnLine(
            column=column,
            last=latest.get((unit.id, column.id)),
            good=good.get((unit.id, column.id)),
            failure=board.failure(latest.get((unit.id, column.id)), is_held=(unit.id, column.id) in held),
            stands=stands.get(column.id, queries.Standing()),
            open=open_here.get(column.id, 0),
            fresh=fresh.get(column.id),
            next_due=min((one.due_on for one in dues if one.column == column.id), default=None),
        )
        for column in unit.columns
    ]
    every = findings.iter_findings(store, "open", unit=unit.id)
    shown = list(islice((one for one in every if rule in ("", one.rule)), _SHOWN))
    settled = findings.iter_findings(store, findings.State.CLOSED, unit=unit.id)
    closed = list(islice((one for one in settled if rule in ("", one.rule)), _SHOWN))
    stands_at = boards.standing(store, unit.id)
    losses = stands_at.losses or () if stands_at else ()
    named = [one.item for one in (*shown, *closed) if one.item]
    named += [item for loss in losses for item in (*loss["items"], *([loss["item"]] if loss["item"] else []))]
    return rendering.page(
        request,
        "unit.html",
        city,
        unit=unit,
        lines=lines,
        names={column.id: column.name for column in unit.columns},
        well=sum(line.failure is None for line in lines),
        open=sorted(shown, key=lambda one: (one.severity != "red", one.opened_at)),
        total=len(shown) if rule else sum(open_here.values()),
        closed=closed,
        titles=queries.titles(store, named),
        today=today,
        rule=rule,
        told=told,
        score=stands_at,
        losses=losses,
        dues=dues,
        history=list(boards.history(store, unit.id, limit=_DAYS)),
        items=_latest_items(store, unit.id),
        categories=_categories(store, unit.id),
        months=_months(store, unit.id, rendering.zone_of(city)),
        duty=duties.rates(store).get(unit.id),
        reports=standing_reports(store, unit=unit.id)[::-1],
    )


def _freshness(db: Database, unit: Unit, told: Mapping[str, Mapping[str, Any]], today: dt.date) -> dict[str, Freshness]:
    """By column: asked for by the keys that the verdicts of the rules with windows have, so that no other is read."""
    rules = [rule for rule, one in told.items() if one.get("subject") == "column" and "windows" in one["limits"]]
    keys = [findings.verdict_key(rule, unit.id, column.id, None) for rule in rules for column in unit.columns]
    at = tables.verdicts.c
    found: dict[str, Freshness] = {}
    with db.read() as session:
        query = sa.select(at.rule, at.column, at.facts).where(among(session, at.key, keys)).order_by(at.rule)
        for rule, column, facts in session.execute(query):
            if facts.get("due_on") and facts.get("window"):
                due = dt.date.fromisoformat(str(facts["due_on"])[:10])
                left = (due - today).days
                found[column] = Freshness(rule=rule, window=str(facts["window"]), due_on=due, left=left)
    return found


def _months(db: Database, unit: str, zone: dt.tzinfo) -> dict[str, Counter[str]]:
    """Month of the city → findings opened, reopened and closed in it, the last month first; of the last 13 months."""
    event, finding = tables.finding_events.c, tables.findings.c
    query = (
        sa.select(event.at, event.step)
        .join(tables.findings, finding.id == event.finding)
        .where(finding.unit == unit, event.step.in_(("opened", "reopened", "closed")))
        .where(event.at > utcnow() - dt.timedelta(days=396))
        .order_by(event.at.desc())
    )
    found: dict[str, Counter[str]] = {}
    with db.read() as session:
        for at, step in session.execute(query):
            found.setdefault(f"{at.astimezone(zone):%Y-%m}", Counter())[step] += 1
    return found


def _latest_items(db: Database, unit: str) -> list[Any]:
    """The items that came or changed last, by the index on unit and seq."""
    at = tables.items.c
    query = sa.select(at.id, at.title, at.category, at.published_on).where(at.unit == unit, at.withdrawn_at.is_(None))
    with db.read() as session:
        return list(session.execute(query.order_by(at.seq.desc()).limit(_ITEMS)))


def _categories(db: Database, unit: str) -> dict[str, int]:
    """How many items stand in each of the eight classes."""
    at = tables.items.c
    query = sa.select(at.category, sa.func.count()).where(at.unit == unit, at.withdrawn_at.is_(None))
    with db.read() as session:
        rows = session.execute(query.group_by(at.category).order_by(at.category)).tuples().all()
    return dict(rows)
