"""The roll-up of each year as it was last told: what the console shows without working anything out."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from storage import tables
from storage.annual.rollup import Rollup, as_data, rollup_of
from storage.database import Database, storable, take_lock, utcnow


def tell(db: Database, rollup: Rollup, *, at: dt.datetime | None = None) -> None:
    """Keeps this as what is told of its year."""
    told = tables.annual_told
    with db.begin() as session:
        take_lock(session, "annual_told")
        session.execute(sa.delete(told).where(told.c.year == rollup.year))
        session.execute(
            sa.insert(told).values(year=rollup.year, rollup=storable(as_data(rollup)), told_at=at or utcnow())
        )


def told(db: Database, year: int) -> tuple[Rollup, dt.datetime] | None:
    """What was told of a year, and when; None: nothing yet."""
    at = tables.annual_told.c
    with db.read() as session:
        row = session.execute(sa.select(at.rollup, at.told_at).where(at.year == year)).first()
    return None if row is None else (rollup_of(row.rollup), row.told_at)


def years(db: Database) -> list[int]:
    """The years of which something was told, the latest first."""
    at = tables.annual_told.c
    with db.read() as session:
        return list(session.execute(sa.select(at.year).order_by(at.year.desc())).scalars())
