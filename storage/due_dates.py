"""What units owe by a day that is coming, or has passed without it: told by assessing, read by the calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database, insert_many, take_lock


@dataclass(frozen=True, kw_only=True)
class DueDate:
    """One thing owed by ``due_on`` (the last day in time, a calendar day of the city).

    ``nature`` is recurring (定期), prompt (随时) or standing (长期); ``title`` says in Chinese what is owed; ``facts``
    are what the date follows from.
    """

    unit: str
    rule: str
    nature: str
    title: str
    due_on: dt.date
    column: str | None = None
    item: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def tell(db: Database, dates: Iterable[DueDate]) -> None:
    """Keeps the dates in place of those before, in one transaction."""
    ordered = sorted(dates, key=lambda one: (one.due_on, one.unit, one.rule, one.column or "", one.item or ""))
    rows = [{**vars(one), "facts": dict(one.facts), "number": number} for number, one in enumerate(ordered)]
    with db.begin() as session:
        take_lock(session, "due dates")
        session.execute(sa.delete(tables.due_dates))
        insert_many(session, tables.due_dates, rows)


def between(
    db: Database, first: dt.date, last: dt.date, *, unit: str | None = None, limit: int = 1000
) -> list[DueDate]:
    """What is owed by a day from ``first`` to ``last``, both included, by day; at most ``limit``."""
    at = tables.due_dates.c
    columns = [at[name] for name in ("unit", "rule", "nature", "title", "due_on", "column", "item", "facts")]
    query = sa.select(*columns).where(at.due_on.between(first, last)).order_by(at.due_on, at.number).limit(limit)
    if unit is not None:
        query = query.where(at.unit == unit)
    with db.read() as session:
        return [DueDate(**row) for row in session.execute(query).mappings()]
