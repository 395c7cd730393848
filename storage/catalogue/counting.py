"""How many items of each counting class there are, by unit, column and year; the counts always sum to the whole.

One statement groups in the database; nothing is held back. A document that several units published is counted once in
the whole, as its leader's, and once in each unit's own count: who adds up units counts copies again, so both numbers
are told. Withdrawn items are counted apart. The year is that of the date of publication; items without one are of the
year None, in no span of days, and told.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from storage import tables
from storage.database import Database
from storage.schema import Category


@dataclass(frozen=True, kw_only=True)
class Count:
    """So many items of one class, unit, column and year; of a kind: leading or a copy, standing or withdrawn."""

    unit: str
    column: str
    category: Category
    year: int | None  # None: without a date of publication
    is_copy: bool
    withdrawn: bool
    count: int


_ORDER: Final = {category: place for place, category in enumerate(Category)}


def category_counts(
    db: Database, *, first: dt.date | None = None, last: dt.date | None = None, unit: str | None = None
) -> list[Count]:
    """The counts, in the order of units, columns, classes and years.

    :param first: only items published on this day or later, and ``last``: or earlier; items without a date are in no
        span.
    :param unit: only this unit's.
    """
    at = tables.items.c
    year = sa.extract("year", at.published_on)
    by = (at.unit, at.column, at.category, year, at.withdrawn_at.is_not(None))
    where = [
        condition
        for condition in (
            None if first is None else at.published_on >= first,
            None if last is None else at.published_on <= last,
            None if unit is None else at.unit == unit,
        )
        if condition is not None
    ]
    other = tables.items.alias()
    # which items are copies is asked of the index that knows them: the column lies behind the text in a row
    is_copy = at.id.in_(sa.select(other.c.id).where(other.c.same_as.is_not(None)))
    copies = sa.func.sum(sa.case((is_copy, 1), else_=0))
    query = sa.select(*by, sa.func.count(), copies).where(*where).group_by(*by)
    found = []
    with db.read() as session:
        for *key, everything, copied in session.execute(query):
            if everything > copied:
                found.append(_count(key, everything - copied, is_copy=False))
            if copied:
                found.append(_count(key, copied, is_copy=True))
    return sorted(
        found,
        key=lambda one: (one.unit, one.column, _ORDER[one.category], one.year or 0, one.is_copy, one.withdrawn),
    )


@dataclass(frozen=True, kw_only=True)
class MonthCount:
    """So many items of one unit and month that stand; leading or a copy. ``month`` None: without a date."""

    unit: str
    month: tuple[int, int] | None  # year and month of publication
    is_copy: bool
    count: int


def month_counts(
    db: Database, *, first: dt.date | None = None, last: dt.date | None = None, unit: str | None = None
) -> list[MonthCount]:
    """Items that stand by unit and month of publication, in that order; one statement. Options as above."""
    at = tables.items.c
    by = (at.unit, sa.extract("year", at.published_on), sa.extract("month", at.published_on))
    other = tables.items.alias()
    is_copy = at.id.in_(sa.select(other.c.id).where(other.c.same_as.is_not(None)))
    query = sa.select(*by, sa.func.count(), sa.func.sum(sa.case((is_copy, 1), else_=0))).group_by(*by)
    query = query.where(at.withdrawn_at.is_(None))
    if first is not None:
        query = query.where(at.published_on >= first)
    if last is not None:
        query = query.where(at.published_on <= last)
    if unit is not None:
        query = query.where(at.unit == unit)
    found = []
    with db.read() as session:
        for owner, year, month, everything, copied in session.execute(query):
            when = None if year is None else (int(year), int(month))
            for count, copy in ((everything - copied, False), (copied, True)):
                if count:
                    found.append(MonthCount(unit=owner, month=when, is_copy=copy, count=int(count)))
    return sorted(found, key=lambda one: (one.unit, one.month or (0, 0), one.is_copy))


def _count(key: Sequence[Any], count: int, *, is_copy: bool) -> Count:
    unit, column, category, year, withdrawn = key
    return Count(
        unit=unit,
        column=column,
        category=Category(category),
        year=None if year is None else int(year),
        is_copy=is_copy,
        withdrawn=bool(withdrawn),
        count=count,
    )


def whole(counts: Iterable[Count]) -> dict[Category, int]:
    """Items that stand, each document once, by class in the order of the classes; every class is there."""
    return _by_class(one for one in counts if not one.withdrawn and not one.is_copy)


def own(counts: Iterable[Count]) -> dict[Category, int]:
    """Items that stand, copies too: what the units show, which is a unit's own count where they are one unit's."""
    return _by_class(one for one in counts if not one.withdrawn)


def _by_class(counts: Iterable[Count]) -> dict[Category, int]:
    found: Counter[Category] = Counter()
    for one in counts:
        found[one.category] += one.count
    return {category: found[category] for category in Category}


def grouped(counts: Iterable[Count], by: Callable[[Count], str | int | None]) -> Mapping[str | int | None, list[Count]]:
    """The counts by what ``by`` says of each, in their order."""
    found: dict[str | int | None, list[Count]] = {}
    for one in counts:
        found.setdefault(by(one), []).append(one)
    return found
