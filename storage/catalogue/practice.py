"""Which fields of a catalogue entry the sites show at all, counted over the items that stand in each column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

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
    validity: int


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
            sa.func.count(at.validity).label("validity"),
        )
        .where(at.page_read, at.withdrawn_at.is_(None))
        .group_by(at.unit, at.column)
        .order_by(at.unit, at.column)
    )
    with db.read() as session:
        found = session.execute(query).mappings().all()
    for row in found:
        yield EntryCounts(**row)


_WATCHED: Final = ("published_on", "source", "index_number", "document_number", "formed_on", "body_text")


@dataclass(frozen=True, kw_only=True)
class FieldCounts:
    """Of the items of one column whose articles were read: how many state each field, new ones and old ones apart."""

    unit: str
    column: str
    old: int
    new: int
    stated_old: Mapping[str, int]
    stated_new: Mapping[str, int]


def field_counts(db: Database, since: dt.datetime) -> Iterator[FieldCounts]:
    """Counts for every column with items that were read, those first seen since ``since`` apart from those before."""
    at = tables.items.c
    is_new = at.first_seen >= since
    sides = {"new": is_new, "old": sa.not_(is_new)}
    counted = [sa.func.sum(sa.case((where, 1), else_=0)).label(side) for side, where in sides.items()]
    counted += [
        sa.func.sum(sa.case((sa.and_(where, at[name].is_not(None)), 1), else_=0)).label(f"{side} {name}")
        for side, where in sides.items()
        for name in _WATCHED
    ]
    query = (
        sa.select(at.unit, at.column, *counted)
        .where(at.page_read, at.withdrawn_at.is_(None), at.first_seen.is_not(None))
        .group_by(at.unit, at.column)
        .order_by(at.unit, at.column)
    )
    with db.read() as session:
        found = session.execute(query).mappings().all()
    for row in found:
        stated = {side: {name: int(row[f"{side} {name}"]) for name in _WATCHED} for side in sides}
        yield FieldCounts(
            unit=row["unit"],
            column=row["column"],
            old=int(row["old"]),
            new=int(row["new"]),
            stated_old=stated["old"],
            stated_new=stated["new"],
        )
