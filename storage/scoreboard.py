"""The scoreboard: which units stand where, from stored verdicts and findings; one truth for console and reports.

A unit's score is the mean, over the rules that could be judged on it, of the share of subjects found compliant:
every rule counts alike, so that a thousand timely items do not outweigh one dead column. What could not be
assessed counts neither for nor against the unit (a fault of ours is no fault of theirs); how much of what was due
could be assessed is its coverage, shown beside the score. A unit of which nothing could be assessed has no rank.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from storage import registry, tables
from storage.database import Database
from storage.schema import Outcome, Subject, Unit, VerdictKind


@dataclass(frozen=True, kw_only=True)
class Line:
    """One unit. ``score`` and ``coverage`` are shares from 0 to 1, None where nothing was judged."""

    rank: int | None
    unit: str
    name: str
    kind: str
    score: float | None
    coverage: float | None
    findings: Mapping[str, int]  # open ones by kind
    items: int
    columns: int
    last_look: dt.datetime | None  # the newest look at any of its columns


@dataclass(frozen=True, kw_only=True)
class Scoreboard:
    """The whole city. ``looks`` counts the columns by the outcome of the latest look at them."""

    city: str
    as_of: dt.date | None  # the latest day judged
    lines: tuple[Line, ...]
    findings: Mapping[str, int]
    coverage: float | None
    items: int
    columns: int
    looks: Mapping[str, int] = field(default_factory=dict)


def scoreboard(db: Database) -> Scoreboard:
    """The scoreboard as the store has it now, best unit first; empty before a city was applied."""
    city = registry.load_city(db)
    units = city.units if city else ()
    with db.read() as session:
        verdicts: dict[str, dict[str, Counter[str]]] = {}
        for unit, rule, verdict, count in session.execute(
            sa.select(
                tables.verdicts.c.unit, tables.verdicts.c.rule, tables.verdicts.c.verdict, sa.func.count()
            ).group_by(tables.verdicts.c.unit, tables.verdicts.c.rule, tables.verdicts.c.verdict)
        ):
            verdicts.setdefault(unit, {}).setdefault(rule, Counter())[verdict] += count
        findings: dict[str, Counter[str]] = {}
        for unit, kind, count in session.execute(
            sa.select(tables.findings.c.unit, tables.findings.c.kind, sa.func.count())
            .where(tables.findings.c.closed_at.is_(None))
            .group_by(tables.findings.c.unit, tables.findings.c.kind)
        ):
            findings.setdefault(unit, Counter())[kind] += count
        standing = sa.select(tables.items.c.unit, sa.func.count()).where(tables.items.c.withdrawn_at.is_(None))
        items = dict(session.execute(standing.group_by(tables.items.c.unit)).tuples().all())
        heads = tables.observation_heads
        newest = sa.select(heads.c.unit, sa.func.max(heads.c.latest_at, type_=tables.UtcDateTime))
        newest = newest.where(heads.c.subject == Subject.COLUMN).group_by(heads.c.unit)
        looked = dict(session.execute(newest).tuples().all())
        looks: Counter[str] = Counter()
        for outcome, count in session.execute(
            sa.select(tables.observations.c.outcome, sa.func.count())
            .join(heads, tables.observations.c.id == heads.c.latest_id)
            .where(heads.c.subject == Subject.COLUMN)
            .group_by(tables.observations.c.outcome)
        ):
            looks[outcome] += count
        as_of = session.execute(sa.select(sa.func.max(tables.verdicts.c.as_of))).scalar()
    known = {unit.id for unit in units}
    totals: Counter[str] = Counter()
    for unit, counts in findings.items():
        if unit in known:
            totals.update(counts)
    return Scoreboard(
        city=city.name if city else "",
        as_of=as_of,
        lines=_ranked([_line(unit, verdicts, findings, items, looked) for unit in units]),
        findings=dict(totals.most_common()),
        coverage=_coverage([counts for unit in known for counts in verdicts.get(unit, {}).values()]),
        items=sum(items.values()),
        columns=sum(len(unit.columns) for unit in units),
        looks={outcome.value: looks[outcome.value] for outcome in Outcome if looks[outcome.value]},
    )


def _line(
    unit: Unit,
    verdicts: Mapping[str, Mapping[str, Counter[str]]],
    findings: Mapping[str, Counter[str]],
    items: Mapping[str, int],
    looked: Mapping[str, dt.datetime],
) -> Line:
    rules = verdicts.get(unit.id, {})
    shares = [share for counts in rules.values() if (share := _share(counts)) is not None]
    return Line(
        rank=None,
        unit=unit.id,
        name=unit.name,
        kind=unit.kind.value,
        score=sum(shares) / len(shares) if shares else None,
        coverage=_coverage(list(rules.values())),
        findings=dict(findings.get(unit.id, Counter()).most_common()),
        items=items.get(unit.id, 0),
        columns=len(unit.columns),
        last_look=looked.get(unit.id),
    )


def _share(counts: Mapping[str, int]) -> float | None:
    compliant, breach = counts.get(VerdictKind.COMPLIANT, 0), counts.get(VerdictKind.BREACH, 0)
    return compliant / (compliant + breach) if compliant + breach else None


def _coverage(rules: list[Counter[str]]) -> float | None:
    judged = sum(counts[VerdictKind.COMPLIANT] + counts[VerdictKind.BREACH] for counts in rules)
    asked = judged + sum(counts[VerdictKind.NOT_ASSESSABLE] for counts in rules)
    return judged / asked if asked else None


def _ranked(lines: list[Line]) -> tuple[Line, ...]:
    """Best score first; equal scores share a rank; those without a score stand last and have none."""
    lines = sorted(
        lines, key=lambda line: (line.score is None, -(line.score or 0), sum(line.findings.values()), line.unit)
    )
    ranked: list[Line] = []
    for place, line in enumerate(lines, 1):
        rank: int | None = place
        if line.score is None:
            rank = None
        elif ranked and ranked[-1].score == line.score:
            rank = ranked[-1].rank
        ranked.append(replace(line, rank=rank))
    return tuple(ranked)
