"""What was listed lately in some columns: asked by their index, however many rows the others have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from storage import tables
from storage.database import Database, among_pairs


@dataclass(frozen=True, kw_only=True)
class ListedRow:
    """One row that stands; ``shown_on`` is the date displayed, ``item`` the item it leads to."""

    unit: str
    column: str
    title: str
    shown_on: dt.date
    item: str | None


def listed_since(
    db: Database, places: Sequence[tuple[str, str]], first: dt.date, last: dt.date, *, limit: int
) -> list[ListedRow]:
    """The rows of these columns that display a day from ``first`` to ``last``, newest first, at most ``limit``."""
    if not places:
        return []
    row = tables.list_rows.c
    with db.read() as session:
        query = (
            sa.select(row.unit, row.column, row.title, row.shown_on, row.item_id.label("item"))
            .where(among_pairs(session, (row.unit, row.column), places))
            .where(row.shown_on.between(first, last), row.missing_since.is_(None))
        )  # ordered here: an ORDER BY would lead SQLite away from the index
        found = [ListedRow(**one) for one in session.execute(query).mappings()]
    found.sort(key=lambda one: (-one.shown_on.toordinal(), one.unit, one.column, one.title))
    return found[:limit]
