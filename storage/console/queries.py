"""What the console counts and no other room asks for; everything else it reads through the doors of ``storage``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from storage import tables
from storage.database import Database


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
        return {kind: count for kind, count in session.execute(query)}


def open_by_column(db: Database, unit: str) -> dict[str | None, int]:
    """Open findings of one unit by column; None for those about the unit as a whole."""
    finding = tables.findings.c
    query = (
        sa.select(finding.column, sa.func.count())
        .where(finding.unit == unit, finding.closed_at.is_(None))
        .group_by(finding.column)
    )
    with db.read() as session:
        return {column: count for column, count in session.execute(query)}


def receivers(db: Database) -> dict[str, int]:
    """Every receiver anything was delivered to, with the number of the last change it has."""
    delivery = tables.deliveries.c
    query = sa.select(delivery.receiver, sa.func.max(delivery.seq)).group_by(delivery.receiver)
    with db.read() as session:
        return {receiver: int(seq) for receiver, seq in session.execute(query.order_by(delivery.receiver))}
