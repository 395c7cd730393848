"""What the catalogue has of one calendar year: live items by unit, column, class and statutory class.

An item counts in the year of its date of publication as the unit claims it, a day of the city. Copies count in their
own unit too: of one unit each document is one item. One statement each; nothing but counts leaves the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from storage import tables
from storage.database import Database, among_pairs
from storage.schema import Category

_Place = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class YearCount:
    """So many live items of one unit, column, class and statutory class, published within the year."""

    unit: str
    column: str
    category: Category
    statutory: str | None
    count: int


def year_counts(db: Database, year: int) -> list[YearCount]:
    """The counts of a year, in the order of units, columns and classes."""
    at = tables.items.c
    by = (at.unit, at.column, at.category, at.statutory)
    query = sa.select(*by, sa.func.count()).where(at.withdrawn_at.is_(None), *_within(year)).group_by(*by)
    with db.read() as session:
        found = [
            YearCount(unit=unit, column=column, category=Category(category), statutory=statutory, count=count)
            for unit, column, category, statutory, count in session.execute(query)
        ]
    return sorted(found, key=lambda one: (one.unit, one.column, one.category.value, one.statutory or ""))


def first_published(db: Database) -> dt.date | None:
    """The earliest day that a live item shows as its publication; None: no item shows any."""
    at = tables.items.c
    with db.read() as session:
        found: dt.date | None = session.execute(
            sa.select(sa.func.min(at.published_on)).where(at.withdrawn_at.is_(None))
        ).scalar()
        return found


@dataclass(frozen=True, kw_only=True)
class Validity:
    """So many live items of one unit and column that show this validity (有效性) and were out by a day."""

    unit: str
    column: str
    validity: str | None
    count: int


def by_validity(db: Database, places: Collection[_Place], until: dt.date) -> list[Validity]:
    """The live items of these columns that were out by ``until`` and not repealed by then, by what they show.

    An item is out by its date of publication, or by that of its making where it shows no other.
    """
    at = tables.items.c
    by = (at.unit, at.column, at.validity)
    out = sa.func.coalesce(at.published_on, at.formed_on) <= until
    standing = sa.or_(at.repealed_on.is_(None), at.repealed_on > until)
    with db.read() as session:
        here = among_pairs(session, (at.unit, at.column), sorted(places))
        query = sa.select(*by, sa.func.count()).where(at.withdrawn_at.is_(None), out, standing, here).group_by(*by)
        rows = session.execute(query).all() if places else []
    found = [Validity(unit=unit, column=column, validity=said, count=count) for unit, column, said, count in rows]
    return sorted(found, key=lambda one: (one.unit, one.column, one.validity or ""))


def seen_whole(db: Database) -> dict[_Place, dt.datetime]:
    """Unit and column → when its list was last seen to its end; without columns whose rows are held back."""
    at = tables.column_looks.c
    query = sa.select(at.unit, at.column, at.last_complete_at)
    query = query.where(at.last_complete_at.is_not(None), at.held_since.is_(None))
    with db.read() as session:
        return {(unit, column): seen for unit, column, seen in session.execute(query)}


def _within(year: int) -> tuple[sa.ColumnElement[bool], ...]:
    at = tables.items.c
    return (at.published_on >= dt.date(year, 1, 1), at.published_on <= dt.date(year, 12, 31))
