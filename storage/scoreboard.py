"""Where the units stand, counted from what is stored: open findings, items, looks. No points and no ranks.

Points follow a published formula whose weights are the office's (``flows/compliance/score.py``); what is counted
here is the same whatever the formula, and cheap enough for every page the console shows.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from storage import registry, tables
from storage.database import Database
from storage.schema import Outcome, PeerGroup, Subject


@dataclass(frozen=True, kw_only=True)
class Line:
    """One unit, in the order of the registry. ``findings`` are the open ones by kind."""

    unit: str
    name: str
    kind: str
    peer_group: PeerGroup
    findings: Mapping[str, int]
    items: int  # that stand
    columns: int
    last_look: dt.datetime | None  # the newest look at any of its columns


@dataclass(frozen=True, kw_only=True)
class Scoreboard:
    """The whole city. ``looks`` counts the columns by the outcome of the latest look at them."""

    city: str
    as_of: dt.date | None  # the latest day judged: that of the verdicts given afresh each time, which name no item
    lines: tuple[Line, ...]
    findings: Mapping[str, int]
    items: int
    columns: int
    looks: Mapping[str, int]


def scoreboard(db: Database) -> Scoreboard:
    """The city as the store has it now; empty before a city was applied."""
    city = registry.load_city(db)
    units = city.units if city else ()
    with db.read() as session:
        at = tables.findings.c
        opened = sa.select(at.unit, at.kind, sa.func.count()).where(at.closed_at.is_(None)).group_by(at.unit, at.kind)
        findings: dict[str, Counter[str]] = {}
        for unit, kind, count in session.execute(opened):
            findings.setdefault(unit, Counter())[kind] += count
        standing = sa.select(tables.items.c.unit, sa.func.count()).where(tables.items.c.withdrawn_at.is_(None))
        items = dict(session.execute(standing.group_by(tables.items.c.unit)).tuples().all())
        heads = tables.observation_heads
        newest = sa.select(heads.c.unit, sa.func.max(heads.c.latest_at, type_=tables.UtcDateTime))
        newest = newest.where(heads.c.subject == Subject.COLUMN).group_by(heads.c.unit)
        looked = dict(session.execute(newest).tuples().all())
        looks: Counter[str] = Counter()
        outcomes = sa.select(heads.c.unit, heads.c.column, tables.observations.c.outcome)
        outcomes = outcomes.join(heads, tables.observations.c.id == heads.c.latest_id)
        known = {(unit.id, column.id) for unit in units for column in unit.columns}
        for unit, column, outcome in session.execute(outcomes.where(heads.c.subject == Subject.COLUMN)):
            looks[outcome] += (unit, column) in known  # a column that left is nobody's duty
        judged = sa.select(sa.func.max(tables.verdicts.c.as_of))
        as_of = session.execute(judged.where(tables.verdicts.c.item.is_(None))).scalar()
        as_of = as_of or session.execute(judged).scalar()
    totals: Counter[str] = Counter()
    for one in units:
        totals.update(findings.get(one.id, {}))
    return Scoreboard(
        city=city.name if city else "",
        as_of=as_of,
        lines=tuple(
            Line(
                unit=unit.id,
                name=unit.name,
                kind=unit.kind.value,
                peer_group=unit.peer_group,
                findings=dict(findings.get(unit.id, Counter()).most_common()),
                items=items.get(unit.id, 0),
                columns=len(unit.columns),
                last_look=looked.get(unit.id),
            )
            for unit in units
        ),
        findings=dict(totals.most_common()),
        items=sum(items.values()),
        columns=sum(len(unit.columns) for unit in units),
        looks={outcome.value: looks[outcome.value] for outcome in Outcome if looks[outcome.value]},
    )
