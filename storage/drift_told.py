"""Columns that are no longer read as they were: told by assessing, read by the page of sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from storage import tables
from storage.database import Database, insert_many, storable, take_lock, utcnow


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One sign of drift: ``what`` is a machine word; what was, what is now, what to do, in words of the operator."""

    unit: str
    column: str
    what: str
    was: str
    now: str
    proposal: str
    told_at: dt.datetime | None = None  # in UTC


def tell(db: Database, signs: Iterable[Sign]) -> None:
    """Keeps the signs, in their order, in place of those told before; in one transaction."""
    moment = utcnow()
    rows = [
        {**{name: storable(value) for name, value in vars(one).items()}, "told_at": moment, "number": number}
        for number, one in enumerate(signs)
    ]
    with db.begin() as session:
        take_lock(session, "drift told")
        session.execute(sa.delete(tables.drift_told))
        insert_many(session, tables.drift_told, rows)


def told(db: Database, *, unit: str | None = None) -> list[Sign]:
    """The signs as last told; of one unit where it is named."""
    at = tables.drift_told.c
    columns = [at[name] for name in ("unit", "column", "what", "was", "now", "proposal", "told_at")]
    query = sa.select(*columns).order_by(at.number)
    if unit is not None:
        query = query.where(at.unit == unit)
    with db.read() as session:
        return [Sign(**row) for row in session.execute(query).mappings()]
