"""What the console alone asks for: counts, and verdicts and findings a page at a time from a cursor on.

Everything else it reads through the doors of ``storage``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.formats.json_item import evidence_of, time_text
from storage.schema import Finding, FindingKind, Verdict, VerdictKind


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
