"""What a unit's lists show now, row by row: for rules that look for a thing wherever it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, NamedTuple

import sqlalchemy as sa

from storage import tables
from storage.catalogue import revisions
from storage.database import Database

_AT_A_TIME: Final = 2000  # rows held


class StandingRow(NamedTuple):
    """A row that stands, told briefly: a unit has hundreds of thousands.

    ``appeared_at`` is None where nobody saw its column whole without it before.
    """

    column: str
    url: str
    title: str  # the document's where it was read, for lists cut titles short
    shown_on: dt.date | None
    appeared_at: dt.datetime | None
    changed_at: dt.datetime | None  # the latest change of what its document says; None: as it was first read


def iter_standing(db: Database, unit: str) -> Iterator[StandingRow]:
    """Every row that stands in the unit's columns, by column and address, in bounded memory; one query."""
    row, item, revision = tables.list_rows.c, tables.items.c, tables.item_revisions.c
    ours = sa.or_(*(revision.changed == sa.literal(list(names), tables.Json) for names in revisions.IDENTITY))
    changed = sa.case((item.revision > 1, sa.case((ours, _last_said()), else_=revision.datestamp)), else_=None)
    query = (
        sa.select(
            row.column,
            row.url,
            sa.func.coalesce(item.title, row.title).label("title"),
            row.shown_on,
            sa.case((row.not_before.is_not(None), row.first_seen), else_=None).label("appeared_at"),
            sa.type_coerce(changed, tables.UtcDateTime).label("changed_at"),
        )
        .outerjoin(tables.items, item.id == row.item_id)
        .outerjoin(tables.item_revisions, revision.seq == item.seq)
        .where(row.unit == unit, row.missing_since.is_(None))
        .order_by(row.column, row.address_key)
        .execution_options(yield_per=_AT_A_TIME)
    )
    with db.read() as session:
        yield from (StandingRow(*found) for found in session.execute(query))


def _last_said() -> sa.ScalarSelect[dt.datetime]:
    """When a document last said something else, for one that was joined to others or parted from them since."""
    said = tables.item_revisions.alias("said")
    ours = sa.or_(*(said.c.changed == sa.literal(list(names), tables.Json) for names in revisions.IDENTITY))
    here = (said.c.item_id == tables.items.c.id, said.c.revision > 1, ~ours)
    return sa.select(sa.func.max(said.c.datestamp)).where(*here).correlate(tables.items).scalar_subquery()


def row_titles(db: Database, unit: str, column: str) -> tuple[str, ...]:
    """The titles of the rows that stand in one column, in the order of their addresses."""
    row, item = tables.list_rows.c, tables.items.c
    query = (
        sa.select(sa.func.coalesce(item.title, row.title))
        .outerjoin(tables.items, item.id == row.item_id)
        .where(row.unit == unit, row.column == column, row.missing_since.is_(None))
        .order_by(row.address_key)
    )
    with db.read() as session:
        return tuple(session.execute(query).scalars())
