"""What the console alone asks for: counts, and verdicts and findings a page at a time from a cursor on.

Everything else it reads through the doors of ``storage``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.findings import State
from storage.formats.json_item import evidence_of, time_text
from storage.schema import Finding, FindingKind, Outcome, Subject, Verdict, VerdictKind


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What stands in one column: rows that are listed now, and the newest date displayed."""

    rows: int = 0
    newest_on: dt.date | None = None


def standing(db: Database, unit: str, until: dt.date) -> dict[str, Standing]:
    """By column of one unit; a date after ``until`` is not the newest, as it is none for the rules."""
    row = tables.list_rows.c
    newest = sa.func.max(sa.case((row.shown_on <= until, row.shown_on)), type_=sa.Date)
    query = (
        sa.select(row.column, sa.func.count(), newest)
        .where(row.unit == unit, row.missing_since.is_(None))
        .group_by(row.column)
    )
    with db.read() as session:
        return {column: Standing(rows=rows, newest_on=on) for column, rows, on in session.execute(query)}


def held_columns(db: Database) -> set[tuple[str, str | None]]:
    """The columns whose rows are not written because too much changed at once."""
    look = tables.column_looks.c
    with db.read() as session:
        query = sa.select(look.unit, look.column).where(look.held_since.is_not(None))
        return {(unit, column) for unit, column in session.execute(query)}


@dataclass(frozen=True, kw_only=True)
class Observed:
    """How well a unit's columns are observed: ``well`` of ``due``. Times in UTC."""

    well: int = 0
    due: int = 0
    last_good: dt.datetime | None = None
    last_look: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Failing:
    """A place whose last look does not prove what stands there; column None: the unit's home page.

    ``latest`` and ``good`` are the ids of the looks.
    """

    unit: str
    column: str | None
    latest: str | None
    good: str | None
    is_held: bool


def observed(db: Database, failed: Iterable[Failing]) -> dict[str, Observed]:
    """By unit that has columns; ``failed`` are those that are not well observed, so that no look is read for it."""
    column, head = tables.columns.c, tables.observation_heads.c
    bad = Counter(one.unit for one in failed if one.column is not None)
    times = [sa.func.max(one, type_=tables.UtcDateTime) for one in (head.good_at, head.latest_at)]
    query = sa.select(column.unit, sa.func.count(), *times).select_from(tables.columns)
    query = query.outerjoin(tables.observation_heads, _is_head()).where(column.left_at.is_(None))
    with db.read() as session:
        return {
            unit: Observed(due=due, well=due - bad[unit], last_good=good, last_look=last)
            for unit, due, good, last in session.execute(query.group_by(column.unit))
        }


def failing(db: Database) -> list[Failing]:
    """Registered columns that are not well observed, and home pages whose last look failed."""
    column, head, look = tables.columns.c, tables.observation_heads.c, tables.observations.c
    held = tables.column_looks.c.held_since.is_not(None)
    columns = _looked_at(sa.select(column.unit, column.id, head.latest_id, head.good_id, held))
    homes = sa.select(head.unit, head.latest_id).join(tables.observations, look.id == head.latest_id)
    homes = homes.where(head.subject == Subject.HOME.value, head.column == "", look.outcome.not_in(_GOOD))
    with db.read() as session:
        found = [
            Failing(unit=unit, column=name, latest=latest, good=good, is_held=bool(is_held))
            for unit, name, latest, good, is_held in session.execute(columns.where(sa.not_(_is_well())))
        ]
        found += [
            Failing(unit=unit, column=None, latest=latest, good=None, is_held=False)
            for unit, latest in session.execute(homes)
        ]
    return found


_GOOD = tuple(one.value for one in Outcome if one.is_good)


def _is_well() -> sa.ColumnElement[bool]:
    """As ``board.failure`` says it of one look; never null, so that it can be turned round."""
    look = tables.observations.c
    return sa.and_(
        sa.func.coalesce(look.outcome, "").in_(_GOOD),
        sa.func.coalesce(look.reason, "") != "mass_change",
        tables.column_looks.c.held_since.is_(None),
    )


def _is_head() -> sa.ColumnElement[bool]:
    column, head = tables.columns.c, tables.observation_heads.c
    return sa.and_(head.unit == column.unit, head.column == column.id, head.subject == Subject.COLUMN.value)


def _looked_at(query: sa.Select[Any]) -> sa.Select[Any]:
    """Each column of the registry beside the last look at it."""
    column, head, held = tables.columns.c, tables.observation_heads.c, tables.column_looks.c
    return (
        query.select_from(tables.columns)
        .outerjoin(tables.observation_heads, _is_head())
        .outerjoin(tables.observations, tables.observations.c.id == head.latest_id)
        .outerjoin(tables.column_looks, sa.and_(held.unit == column.unit, held.column == column.id))
        .where(column.left_at.is_(None))
    )


def open_by_unit(db: Database) -> dict[str, dict[str, int]]:
    """Open findings by unit and kind; only they are read, by their states."""
    finding = tables.findings.c
    unsettled = [state.value for state in State if not state.is_settled]
    query = sa.select(finding.unit, finding.kind, sa.func.count()).where(finding.state.in_(unsettled))
    counted: dict[str, dict[str, int]] = {}
    with db.read() as session:
        for unit, kind, count in session.execute(query.group_by(finding.unit, finding.kind)):
            counted.setdefault(unit, {})[kind] = count
    return counted


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Findings opened and closed between two moments, and those that were and still are open."""

    opened: int
    closed: int
    still: int


def moved(db: Database, after: dt.datetime, until: dt.datetime) -> Moved:
    """What happened to findings after one moment, up to another; one that was reopened counts from its first day."""
    at = tables.findings.c

    def count(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0)), 0)

    between = [sa.and_(one > after, one <= until) for one in (at.opened_at, at.closed_at)]
    stands = sa.or_(at.closed_at.is_(None), at.closed_at > until)
    query = sa.select(count(between[0]), count(between[1]), count(at.opened_at <= after, stands))
    with db.read() as session:
        opened, closed, still = session.execute(query).tuples().one()
    return Moved(opened=opened, closed=closed, still=still)


def is_judged(db: Database) -> bool:
    """Whether any verdict stands."""
    with db.read() as session:
        return session.execute(sa.select(tables.verdicts.c.key).limit(1)).first() is not None


def open_findings(db: Database) -> dict[str, int]:
    """Open findings of the whole city by kind."""
    finding = tables.findings.c
    query = sa.select(finding.kind, sa.func.count()).where(finding.closed_at.is_(None)).group_by(finding.kind)
    with db.read() as session:
        return {str(row[0]): int(row[1]) for row in session.execute(query)}


def open_by_column(db: Database, unit: str) -> dict[str | None, int]:
    """Open findings of one unit by column; None for those about the unit as a whole."""
    finding = tables.findings.c
    query = (
        sa.select(finding.column, sa.func.count())
        .where(finding.unit == unit, finding.closed_at.is_(None))
        .group_by(finding.column)
    )
    with db.read() as session:
        return {row[0]: int(row[1]) for row in session.execute(query)}


def titles(db: Database, items: Iterable[str]) -> dict[str, str]:
    """Titles by item id; an id nobody knows has none."""
    item = tables.items.c
    with db.read() as session:
        query = sa.select(item.id, item.title).where(item.id.in_(set(items)))
        return {row[0]: row[1] for row in session.execute(query)}


def is_item(db: Database, name: str) -> bool:
    """Whether an item of this id is or was in the catalogue."""
    with db.read() as session:
        return session.execute(sa.select(tables.items.c.id).where(tables.items.c.id == name)).first() is not None


def revisions_page(db: Database, name: str, after: int, limit: int) -> list[dict[str, Any]]:
    """At most ``limit`` revisions of an item after its revision ``after``, oldest first, JSON-safe."""
    at = tables.item_revisions.c
    columns = (at.seq, at.revision, at.action, at.datestamp, at.changed, at.payload)
    query = sa.select(*columns).where(at.item_id == name, at.revision > after).order_by(at.revision).limit(limit)
    with db.read() as session:
        found = session.execute(query).all()
    return [
        {
            "seq": row.seq,
            "revision": row.revision,
            "action": row.action,
            "datestamp": time_text(row.datestamp),
            "changed": list(row.changed),
            "item": json.loads(row.payload),
        }
        for row in found
    ]


def verdicts_page(
    db: Database, after: str | None, limit: int, wanted: Mapping[str, str | None]
) -> Iterator[tuple[str, Verdict]]:
    """At most ``limit`` verdicts whose key is after ``after``, each with its key, in the order of the keys.

    :param wanted: column of the table → value; None: any.
    """
    table = tables.verdicts
    for row in _rows(db, table, table.c.key, after, limit, _conditions(table, wanted)):
        told = {name: row[name] for name in _VERDICT}
        told["verdict"] = VerdictKind(row["verdict"])
        told["kind"] = None if row["kind"] is None else FindingKind(row["kind"])
        told["evidence"] = tuple(evidence_of(one) for one in row["evidence"])
        yield row["key"], Verdict(**told)


def findings_page(
    db: Database, after: str | None, limit: int, wanted: Mapping[str, str | None]
) -> Iterator[tuple[str, Finding]]:
    """At most ``limit`` findings (their events left out) whose id is after ``after``, in the order of the ids.

    :param wanted: column of the table → value; None: any. ``state`` "open" is every one that is not settled.
    """
    table = tables.findings
    conditions = _conditions(table, {name: value for name, value in wanted.items() if name != "state"})
    state = wanted.get("state")
    if state is not None:
        conditions.append(table.c.closed_at.is_(None) if state == "open" else table.c.state == state)
    for row in _rows(db, table, table.c.id, after, limit, conditions):
        evidence = tuple(evidence_of(one) for one in row["evidence"])
        yield row["id"], Finding(**{**row, "kind": FindingKind(row["kind"]), "evidence": evidence})


_VERDICT = tuple(column.name for column in tables.verdicts.c if column.name not in ("key", "since", "digest"))


def _conditions(table: sa.Table, wanted: Mapping[str, str | None]) -> list[sa.ColumnElement[bool]]:
    return [table.c[name] == value for name, value in wanted.items() if value is not None]


def _rows(
    db: Database,
    table: sa.Table,
    key: sa.Column[Any],
    after: str | None,
    limit: int,
    conditions: list[sa.ColumnElement[bool]],
) -> list[Mapping[Any, Any]]:
    query = sa.select(table).where(*conditions).order_by(key).limit(limit)
    if after is not None:
        query = query.where(key > after)
    with db.read() as session:
        return list(session.execute(query).mappings())
