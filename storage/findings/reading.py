"""Verdicts and findings as they stand: the latest verdict of every rule on every subject, findings with events."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from storage import tables
from storage.database import Database, among
from storage.formats.json_item import evidence_of
from storage.schema import Finding, FindingEvent, FindingKind, Verdict, VerdictKind

CHUNK: Final = 1000  # rows to a page
_INTERNAL: Final = ("key", "since", "digest")
_STREAMED: Final = 5000  # slim rows fetched at a time


class Judged(NamedTuple):
    """What is counted of a verdict: everything but its facts, evidence and texts. Tuples, for there are millions."""

    rule: str
    unit: str
    column: str | None
    item: str | None
    verdict: VerdictKind
    reason: str | None
    as_of: dt.date


class Opened(NamedTuple):
    """What is counted of a finding that is not settled."""

    unit: str
    kind: FindingKind
    closed_at: dt.datetime | None = None


def iter_verdicts(
    db: Database, *, rule: str | None = None, unit: str | None = None, verdict: VerdictKind | None = None
) -> Iterator[Verdict]:
    """The latest verdict of every rule on every subject, in bounded memory, in a stable order."""
    at = tables.verdicts.c
    query = sa.select(tables.verdicts)
    for column, value in ((at.rule, rule), (at.unit, unit), (at.verdict, verdict)):
        if value is not None:
            query = query.where(column == str(value))
    for row in _pages(db, query, at.key):
        yield _verdict(row)


def iter_judged(db: Database) -> Iterator[Judged]:
    """The latest verdict of every rule on every subject, slim, in bounded memory; in no order, from one snapshot."""
    at = tables.verdicts.c
    query = sa.select(at.rule, at.unit, at.column, at.item, at.verdict, at.reason, at.as_of)
    kinds = {kind.value: kind for kind in VerdictKind}
    with db.snapshot() as session:
        for some in session.execute(query, execution_options={"yield_per": _STREAMED}).partitions():
            for rule, unit, column, item, verdict, reason, as_of in some:
                yield Judged(rule, unit, column, item, kinds[verdict], reason, as_of)


def iter_opened(db: Database) -> Iterator[Opened]:
    """Every finding that is not settled, slim, in the order of :func:`iter_findings`."""
    at = tables.findings.c
    query = sa.select(at.unit, at.kind).where(at.closed_at.is_(None)).order_by(at.id)
    kinds = {kind.value: kind for kind in FindingKind}
    with db.snapshot() as session:
        for some in session.execute(query, execution_options={"yield_per": _STREAMED}).partitions():
            for unit, kind in some:
                yield Opened(unit, kinds[kind])


def days_judged(db: Database, rules: Iterable[str]) -> set[dt.date]:
    """The days that the verdicts of these rules are of.

    Of rules that every assessment judges afresh it is one day, or more where an assessment broke off.
    """
    at = tables.verdicts.c
    with db.read() as session:
        return set(session.execute(sa.select(at.as_of).where(at.rule.in_(list(rules))).distinct()).scalars())


def rules_on(db: Database, items: Sequence[str]) -> dict[tuple[str, str | None, str], set[str]]:
    """Unit, column and item → the rules of which a verdict stands on it, for those of these items that have any."""
    at = tables.verdicts.c
    found: dict[tuple[str, str | None, str], set[str]] = {}
    if not items:
        return found
    with db.read() as session:
        query = sa.select(at.unit, at.column, at.item, at.rule).where(among(session, at.item, items))
        for unit, column, item, rule in session.execute(query):
            found.setdefault((unit, column, item), set()).add(rule)
    return found


def iter_findings(db: Database, state: str | None = None, *, unit: str | None = None) -> Iterator[Finding]:
    """Findings with their events, in bounded memory; ``state`` "open" is every one that is not settled."""
    at = tables.findings.c
    query = sa.select(tables.findings)
    if state == "open":
        query = query.where(at.closed_at.is_(None))
    elif state is not None:
        query = query.where(at.state == state)
    if unit is not None:
        query = query.where(at.unit == unit)
    for page in _chunked(_pages(db, query, at.id)):
        events = _events(db, [row["id"] for row in page])
        yield from (_finding(row, events.get(row["id"], ())) for row in page)


def count_open(db: Database, rule: str) -> Counter[str]:
    """Findings of a rule that are not settled, by unit."""
    at = tables.findings.c
    query = sa.select(at.unit, sa.func.count()).where(at.rule == rule, at.closed_at.is_(None)).group_by(at.unit)
    with db.read() as session:
        return Counter(dict(session.execute(query).tuples().all()))


def get_finding(db: Database, finding: str) -> Finding | None:
    """The finding of this id, with its events."""
    with db.read() as session:
        found = session.execute(sa.select(tables.findings).where(tables.findings.c.id == finding)).mappings().first()
    return None if found is None else _finding(found, _events(db, [finding]).get(finding, ()))


def states(db: Database, names: Iterable[str]) -> dict[str, str]:
    """Where each of these findings stands; one that nobody knows is not among them."""
    at = tables.findings.c
    with db.read() as session:
        query = sa.select(at.id, at.state).where(among(session, at.id, sorted(set(names))))
        return {row[0]: row[1] for row in session.execute(query)}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One event of a finding's life: its number, what it was, the steps before it; the finding as it stands now."""

    number: int
    event: FindingEvent
    before: tuple[FindingEvent, ...]
    finding: Finding


def steps_after(db: Database, number: int, limit: int = CHUNK) -> list[Step]:
    """The first ``limit`` events of any finding's life after the event of this number, in their order."""
    at = tables.finding_events.c
    columns = (at.id, at.finding, at.at, at.who, at.step, at.note)
    query = sa.select(*columns).where(at.id > number).order_by(at.id).limit(limit)
    with db.read() as session:
        new = session.execute(query).all()
        names = sorted({row.finding for row in new})
        found = session.execute(sa.select(tables.findings).where(among(session, tables.findings.c.id, names)))
        rows = {row["id"]: row for row in found.mappings()}
        lives: dict[str, list[tuple[int, FindingEvent]]] = {}
        for row in session.execute(sa.select(*columns).where(among(session, at.finding, names)).order_by(at.id)):
            event = FindingEvent(at=row.at, who=row.who, step=row.step, note=row.note)
            lives.setdefault(row.finding, []).append((row.id, event))
    steps = []
    for row in new:
        life = lives[row.finding]
        (place,) = (index for index, (id_, _) in enumerate(life) if id_ == row.id)
        events = tuple(event for _, event in life)
        finding = _finding(rows[row.finding], events)
        steps.append(Step(number=row.id, event=events[place], before=events[:place], finding=finding))
    return steps


def _pages(db: Database, query: sa.Select[Any], key: Any) -> Iterator[Mapping[Any, Any]]:
    page = query.order_by(key).limit(CHUNK)
    while True:
        with db.read() as session:
            found = session.execute(page).mappings().all()
        yield from found
        if len(found) < CHUNK:
            return
        page = query.where(key > found[-1][key.name]).order_by(key).limit(CHUNK)


def _chunked(rows: Iterator[Mapping[Any, Any]]) -> Iterator[list[Mapping[Any, Any]]]:
    while chunk := list(itertools.islice(rows, CHUNK)):
        yield chunk


def _events(db: Database, names: Sequence[str]) -> dict[str, tuple[FindingEvent, ...]]:
    at = tables.finding_events.c
    query = sa.select(at.finding, at.at, at.who, at.step, at.note, at.id).where(at.finding.in_(names)).order_by(at.id)
    found: dict[str, list[FindingEvent]] = {}
    with db.read() as session:
        for row in session.execute(query):
            event = FindingEvent(at=row.at, who=row.who, step=row.step, note=row.note, number=row.id)
            found.setdefault(row.finding, []).append(event)
    return {name: tuple(events) for name, events in found.items()}


def _verdict(row: Mapping[Any, Any]) -> Verdict:
    known = {name: value for name, value in row.items() if name not in _INTERNAL}
    known["verdict"] = VerdictKind(row["verdict"])
    known["kind"] = None if row["kind"] is None else FindingKind(row["kind"])
    known["evidence"] = tuple(evidence_of(item) for item in row["evidence"])
    return Verdict(**known)


def _finding(row: Mapping[Any, Any], events: tuple[FindingEvent, ...]) -> Finding:
    known = {"kind": FindingKind(row["kind"]), "evidence": tuple(evidence_of(one) for one in row["evidence"])}
    return Finding(**{**row, **known, "events": events})
