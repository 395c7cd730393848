"""Figures of a year that no table of the units' reports has, as they were entered from a sheet."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import sqlalchemy as sa

from storage import tables
from storage.annual.rollup import Entered
from storage.database import Database, storable


def replace(db: Database, year: int, figures: Iterable[Entered]) -> int:
    """Keeps these as the year's figures, each in the place of the one its unit had for its measure; how many."""
    at = tables.annual_figures.c
    count = 0
    with db.begin() as session:
        for one in figures:
            of_unit = at.unit.is_(None) if one.unit is None else at.unit == one.unit
            session.execute(sa.delete(tables.annual_figures).where(at.year == year, at.measure == one.measure, of_unit))
            values = storable(one.model_dump()) | {"year": year, "value": str(one.value)}
            session.execute(sa.insert(tables.annual_figures).values(**values))
            count += 1
    return count


def entered(db: Database, year: int) -> list[Entered]:
    """The year's figures, by unit and measure."""
    at = tables.annual_figures.c
    query = sa.select(at.unit, at.measure, at.value, at.source, at.entered_by, at.entered_at)
    query = query.where(at.year == year).order_by(at.unit, at.measure, at.id)
    with db.read() as session:
        rows = session.execute(query).mappings()
        return [Entered(**{**row, "value": Decimal(row["value"])}) for row in rows]
