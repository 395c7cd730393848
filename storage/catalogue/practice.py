"""Which fields of a catalogue entry the sites show at all, counted over the items that stand in each column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from storage import tables
from storage.database import Database


@dataclass(frozen=True, kw_only=True)
class EntryCounts:
    """Of the items of one column whose articles were read: how many there are, and how many state each field."""

    unit: str
    column: str
    items: int
    index_number: int
    summary: int
    formed_on: int


def entry_counts(db: Database) -> Iterator[EntryCounts]:
    """Counts for every column with items that were read, in one pass over the items."""
    at = tables.items.c
    query = (
        sa.select(
            at.unit,
            at.column,
            sa.func.count().label("items"),
            sa.func.count(at.index_number).label("index_number"),
            sa.func.count(at.summary).label("summary"),
            sa.func.count(at.formed_on).label("formed_on"),
        )
        .where(at.page_read, at.withdrawn_at.is_(None))
        .group_by(at.unit, at.column)
        .order_by(at.unit, at.column)
    )
    with db.read() as session:
        found = session.execute(query).mappings().all()
    for row in found:
        yield EntryCounts(**row)
