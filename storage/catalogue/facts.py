"""What stands in each column, counted: the facts that the rules on columns judge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database
from storage.schema import Outcome

_CHUNK: Final = 500
_GONE_LOOKS: Final = 2  # an article is not taken for gone by one look


@dataclass(frozen=True, kw_only=True)
class ColumnFacts:
    """One column of the registry as its rows stand now. ``rows`` = ``read`` + ``row_only`` + ``unread``.

    ``dated`` and ``undated`` count what a reader is shown: a date guessed from an address is none. A row whose
    article could not be read is ``unread`` and, where the row has no date, neither dated nor undated: nobody has
    proven that the article shows none.
    """

    unit: str
    column: str
    rows: int = 0  # that stand (not missing)
    read: int = 0  # article read
    row_only: int = 0  # the row is all there is: a file, or a page elsewhere
    unread: int = 0  # article not read yet, or not to be had
    dated: int = 0
    undated: int = 0
    missing: int = 0  # rows gone, waiting for their grace to pass or withdrawn
    newest_on: dt.date | None = None  # latest displayed date, not after ``as_of`` where that was given
    newest_url: str | None = None
    newest_title: str | None = None
    newest_item: str | None = None
    newest_first_seen: dt.datetime | None = None
    newest_not_before: dt.datetime | None = None
    after_as_of: int = 0  # rows with a date after ``as_of``
    last_appeared: dt.datetime | None = None  # latest first_seen of a row that stands
    tried: int = 0  # rows whose article was asked for
    gone: int = 0  # of those: not there at the last look, as at no look before
    first_complete_at: dt.datetime | None = None
    last_complete_at: dt.datetime | None = None
    complete_looks: int = 0
    last_walk_at: dt.datetime | None = None
    held_since: dt.datetime | None = None  # a mass change keeps walks of this column from being written
    held_reason: str | None = None
    held_lost: int | None = None
    held_of: int | None = None


def column_facts(db: Database, as_of: dt.date | None = None) -> Iterator[ColumnFacts]:
    """Facts of every column in the registry, in its order; columns never walked come with zeros.

    One pass over the list rows, whatever their number.
    """
    with db.read() as session:
        counts = {(row["unit"], row["column"]): row for row in session.execute(_counts(as_of)).mappings()}
        newest = _newest(session, as_of)
        narrow = [column for column in tables.column_looks.c if column.name != "held_sample"]
        looks = {(row["unit"], row["column"]): row for row in session.execute(sa.select(*narrow)).mappings()}
        present = session.execute(_present()).all()
    for unit, column in present:
        place = (unit, column)
        yield ColumnFacts(
            **{**counts.get(place, {}), **newest.get(place, {}), **looks.get(place, {}), "unit": unit, "column": column}
        )


def appeared(db: Database, places: Sequence[tuple[str, str]]) -> dict[tuple[str, str], dt.datetime]:
    """When the last document was first seen in each of these columns that a complete look before had not shown.

    One that is only listed at another address is not new. A column in which nothing appeared since its first complete
    look is left out. Costs what stands in the columns asked for.
    """
    row, item = tables.list_rows.c, tables.items.c
    first_seen = sa.case((row.item_id.is_(None), row.first_seen), else_=item.first_seen)
    query = (
        sa.select(row.unit, row.column, sa.func.max(first_seen, type_=tables.UtcDateTime))
        .select_from(tables.list_rows.outerjoin(tables.items, row.item_id == item.id))
        .where(
            row.missing_since.is_(None),
            row.not_before.is_not(None),
            sa.or_(row.item_id.is_(None), item.not_before.is_not(None)),
        )
        .group_by(row.unit, row.column)
    )
    found = {}
    with db.read() as session:
        for start in range(0, len(places), _CHUNK):
            here = sa.tuple_(row.unit, row.column).in_(places[start : start + _CHUNK])
            found.update({(unit, column): at for unit, column, at in session.execute(query.where(here)) if at})
    return found


@dataclass(frozen=True, kw_only=True)
class GoneRow:
    """A row that stands and leads to nothing: its article was not there at the last look, as at no look before."""

    unit: str
    column: str
    title: str
    url: str
    looks: int


def gone_rows(db: Database, most: int) -> Iterator[GoneRow]:
    """Rows that lead to nothing, at most so many of each column, in the order of their addresses."""
    row = tables.list_rows.c
    place = sa.func.row_number().over(partition_by=(row.unit, row.column), order_by=row.address_key).label("place")
    ranked = (
        sa.select(row.unit, row.column, row.title, row.url, row.tries.label("looks"), place)
        .where(row.missing_since.is_(None), *_is_gone())
        .subquery()
    )
    at = ranked.c
    query = sa.select(at.unit, at.column, at.title, at.url, at.looks).where(at.place <= most)
    with db.read() as session:
        found = session.execute(query.order_by(at.unit, at.column, at.place)).mappings().all()
    yield from (GoneRow(**one) for one in found)


def _is_gone() -> tuple[sa.ColumnElement[bool], ...]:
    row = tables.list_rows.c
    return (row.last_outcome == Outcome.SOFT404.value, row.tries >= _GONE_LOOKS)


def _present() -> Any:
    unit, column = tables.units.c, tables.columns.c
    return (
        sa.select(column.unit, column.id)
        .join(tables.units, unit.id == column.unit)
        .where(column.left_at.is_(None), unit.left_at.is_(None))
        .order_by(unit.position, column.position)
    )


def _counts(as_of: dt.date | None) -> Any:
    row = tables.list_rows.c
    stands = row.missing_since.is_(None)
    good = [outcome.value for outcome in Outcome if outcome.is_good]
    row_only = sa.and_(
        ~row.read, row.item_id.is_not(None), sa.or_(row.last_outcome.is_(None), row.last_outcome.in_(good))
    )

    def count(*conditions: Any) -> Any:
        return sa.func.count(sa.case((sa.and_(*conditions), 1)))

    proven = sa.or_(row.read, row_only)
    late = row.shown_on > as_of if as_of is not None else sa.false()
    return sa.select(
        row.unit,
        row.column,
        count(stands).label("rows"),
        count(stands, row.read).label("read"),
        count(stands, row_only).label("row_only"),
        count(stands, ~proven).label("unread"),
        count(stands, row.shown_on.is_not(None)).label("dated"),
        count(stands, row.shown_on.is_(None), proven).label("undated"),
        count(~stands).label("missing"),
        count(stands, late).label("after_as_of"),
        count(stands, sa.or_(row.read, row.last_outcome.is_not(None))).label("tried"),
        count(stands, *_is_gone()).label("gone"),
        sa.func.max(sa.case((stands, row.first_seen)), type_=tables.UtcDateTime).label("last_appeared"),
    ).group_by(row.unit, row.column)


def _newest(session: Session, as_of: dt.date | None) -> dict[tuple[str, str], dict[str, Any]]:
    """The row with the latest displayed date of each column; of several the one with the least address."""
    row = tables.list_rows.c
    eligible: list[sa.ColumnElement[bool]] = [row.missing_since.is_(None), row.shown_on.is_not(None)]
    if as_of is not None:
        eligible.append(row.shown_on <= as_of)
    top = (
        sa.select(row.unit, row.column, sa.func.max(row.shown_on).label("newest_on"))
        .where(*eligible)
        .group_by(row.unit, row.column)
        .subquery()
    )
    same = sa.and_(row.unit == top.c.unit, row.column == top.c.column, row.shown_on == top.c.newest_on)
    first = (
        sa.select(row.unit, row.column, sa.func.min(row.address_key).label("address_key"))
        .join(top, same)
        .where(row.missing_since.is_(None))
        .group_by(row.unit, row.column)
        .subquery()
    )
    here = sa.and_(row.unit == first.c.unit, row.column == first.c.column, row.address_key == first.c.address_key)
    query = sa.select(
        row.unit,
        row.column,
        row.shown_on.label("newest_on"),
        row.url.label("newest_url"),
        row.title.label("newest_title"),
        row.item_id.label("newest_item"),
        row.first_seen.label("newest_first_seen"),
        row.not_before.label("newest_not_before"),
    ).join(first, here)
    return {(found["unit"], found["column"]): dict(found) for found in session.execute(query).mappings()}
