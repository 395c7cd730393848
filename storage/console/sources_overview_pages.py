"""The page of sources: how well every unit is harvested, what is paused, what drifts, what is ours to put right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from storage import drift_told, observations, registry
from storage.console import board, board_pages, queries, rendering, signing
from storage.console.api import Store
from storage.console.signing import Person
from storage.database import utcnow
from storage.people import Action
from storage.schema import Subject, Unit

router = APIRouter(include_in_schema=False)
DAYS: Final = (7, 30)  # of which the share of good looks is told
_SHOWN: Final = 200  # signs of drift, and troubles; gongkai status --json has all


@dataclass(frozen=True, kw_only=True)
class SourceLine:
    """One unit. ``looks`` are good looks and all looks at its columns in the last so many days, as of ``DAYS``."""

    unit: Unit
    seen: queries.Observed
    looks: Sequence[tuple[int, int]]
    paused: int  # places of it
    feeds: int  # columns that have one


@router.get("/sources", response_class=HTMLResponse)
def show_sources(request: Request, store: Store, person: Person) -> HTMLResponse:
    """Every unit's harvest; pauses, drift, and the operator's list apart from what units owe."""
    signing.may(person, Action.SOURCES)
    city = registry.load_city(store)
    now = utcnow()
    units = city.units if city else ()
    today = now.astimezone(rendering.zone_of(city)).date()
    failing = queries.failing(store)
    seen = queries.observed(store, failing)
    looks = observations.good_looks(store, Subject.COLUMN, DAYS, now=now)
    paused = board.pauses(units, today)
    signs = drift_told.told(store)
    never = queries.Observed(due=0, well=0, last_good=None, last_look=None)
    troubles = board_pages.troubles(store, city, failing) if city else []
    return rendering.page(
        request,
        "sources.html",
        city,
        lines=[
            SourceLine(
                unit=unit,
                seen=seen.get(unit.id, never),
                looks=[looks.get((unit.id, days), (0, 0)) for days in DAYS],
                paused=sum(one.unit.id == unit.id for one in paused),
                feeds=sum(column.feed is not None for column in unit.columns),
            )
            for unit in units
        ],
        days=DAYS,
        paused=paused,
        signs=signs[:_SHOWN],
        signs_left=max(0, len(signs) - _SHOWN),
        signs_at=max((one.told_at for one in signs if one.told_at), default=None),
        names={(unit.id, column.id): f"{unit.name} · {column.name}" for unit in units for column in unit.columns},
        troubles=sorted(troubles, key=_oldest_first)[:_SHOWN],
        troubles_left=max(0, len(troubles) - _SHOWN),
    )


def _oldest_first(one: board.Trouble) -> tuple[bool, dt.datetime, str]:
    """What was never seen well comes first, then what was last seen well longest ago."""
    return one.last_good is not None, one.last_good or dt.datetime.min.replace(tzinfo=dt.UTC), one.unit.id
