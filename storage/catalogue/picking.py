"""Items picked over all units at once, by the words of their titles or by where they stand: one query each.

What the rules on yearly papers and on letters need of a catalogue of millions: titles are matched by the database, and
of what matches only narrow rows leave it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from storage import tables
from storage.catalogue import rows
from storage.database import Database, among_pairs
from storage.formats.json_item import evidence_of
from storage.schema import Evidence, Item, Outcome

PAGE: Final = 500  # rows held at a time
_Place = tuple[str, str]
_Read = TypeVar("_Read")


@dataclass(frozen=True, kw_only=True)
class Titled:
    """A standing item, or a list row without one: what its title and dates say.

    ``published_on`` is what a reader is shown, ``confidence`` how surely it was read. ``said`` is what the caller's
    reader made of the text, None where nothing was asked of it.
    """

    unit: str
    column: str
    url: str
    title: str
    item: str | None = None
    published_on: dt.date | None = None
    confidence: float = 1.0
    first_seen: dt.datetime | None = None
    page_read: bool = False
    issuer: str | None = None
    evidence: Evidence | None = None
    said: Any = None


def titled(
    db: Database,
    words: Collection[str],
    *,
    read: Callable[[str], _Read] | None = None,
    read_words: Collection[str] = (),
    longest: int = 20_000,
) -> list[Titled]:
    """Every standing item with one of ``words`` in its title, of all units, in a stable order.

    :param read: is given the text (its first ``longest`` characters) of those with one of ``read_words`` in the title;
        what it makes of it is kept, the text is not.
    """
    at = tables.items.c
    has = [at.title.contains(word, autoescape=True) for word in sorted(words)]
    asked = [at.title.contains(word, autoescape=True) for word in sorted(read_words)]
    text = sa.case((sa.or_(*asked), sa.func.substr(at.body_text, 1, longest))) if asked else sa.null()
    narrow = (at.id, at.unit, at.column, at.url, at.title, at.published_on, at.published_displayed, at.first_seen)
    query = sa.select(
        *narrow, at.page_read, at.issuer, at.publisher, at.provenance, at.evidence, text.label("text")
    ).where(at.withdrawn_at.is_(None), sa.or_(*has))
    with db.read() as session:
        stream = session.execute(query, execution_options={"yield_per": PAGE}).mappings()
        found = [_titled(row, read) for row in stream]
    # put in order here: where the statement asks for it, SQLite reads all items in that order
    return sorted(found, key=lambda one: (one.unit, one.column, one.item or ""))


def _titled(row: Any, read: Callable[[str], Any] | None) -> Titled:
    origin = (row["provenance"] or {}).get("published_on")
    return Titled(
        unit=row["unit"],
        column=row["column"],
        url=row["url"],
        title=row["title"],
        item=row["id"],
        published_on=row["published_on"] if row["published_displayed"] else None,
        confidence=1.0 if origin is None else float(origin["confidence"]),
        first_seen=row["first_seen"],
        page_read=row["page_read"],
        issuer=row["issuer"] or row["publisher"],
        evidence=None if row["evidence"] is None else evidence_of(row["evidence"]),
        said=read(row["text"]) if read is not None and row["text"] else None,
    )


def rows_in(db: Database, places: Collection[_Place]) -> list[Titled]:
    """Every row that stands in the lists of these columns, under its item's title where that was read."""
    at, item = tables.list_rows.c, tables.items.c
    title = sa.func.coalesce(sa.case((at.read, item.title)), at.title).label("title")
    query = (
        sa.select(at.unit, at.column, at.url, title, at.row_date, at.shown_on, at.item_id, at.read, at.first_seen)
        .outerjoin(tables.items, item.id == at.item_id)
        .where(at.missing_since.is_(None))
        .add_columns(at.address_key)
    )
    with db.read() as session:
        here = query.where(among_pairs(session, (at.unit, at.column), sorted(places)))
        found = session.execute(here).mappings().all() if places else []
    return [
        Titled(
            unit=row["unit"],
            column=row["column"],
            url=row["url"],
            title=row["title"],
            item=row["item_id"],
            published_on=row["shown_on"] or row["row_date"],
            first_seen=row["first_seen"],
            page_read=row["read"],
        )
        for row in sorted(found, key=lambda row: (row["unit"], row["column"], row["address_key"]))
    ]


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A row that stands in a list, with the item it leads to, where it leads to one."""

    unit: str
    column: str
    url: str
    title: str
    date: dt.date | None
    item: Item | None


def listed_in(db: Database, places: Collection[_Place]) -> dict[_Place, list[Listed]]:
    """What the lists of these columns show now, in the order of the dates shown, with whole items; all held at once."""
    at = tables.list_rows.c
    narrow = (at.unit, at.column, at.url, at.title, at.row_date, at.shown_on, at.address_key)
    query = (
        sa.select(*(column.label(f"row {column.name}") for column in narrow), *rows.ITEM_COLUMNS)
        .outerjoin(tables.items, tables.items.c.id == at.item_id)
        .where(at.missing_since.is_(None))
    )
    found: dict[_Place, list[tuple[tuple[dt.date, str], Listed]]] = {}
    ordered = sorted(places)
    for start in range(0, len(ordered), PAGE):
        with db.read() as session:
            here = query.where(among_pairs(session, (at.unit, at.column), ordered[start : start + PAGE]))
            for row in session.execute(here, execution_options={"yield_per": PAGE}).mappings():
                one = Listed(
                    unit=row["row unit"],
                    column=row["row column"],
                    url=row["row url"],
                    title=row["row title"],
                    date=row["row row_date"],
                    item=rows.item_of(row) if row["id"] is not None else None,
                )
                order = (row["row shown_on"] or dt.date.min, row["row address_key"])
                found.setdefault((one.unit, one.column), []).append((order, one))
    return {place: [one for _, one in sorted(told, key=lambda each: each[0])] for place, told in found.items()}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An item that may still change, with when its page was last known to say what it says.

    ``listed``: its row stands in the list. ``read_at`` None: nobody knows, the last look at the page failed.
    """

    item: Item
    listed: bool
    read_at: dt.datetime | None


def standing_in(db: Database, places: Collection[_Place], *, since: dt.date) -> Iterator[Standing]:
    """Items of these columns that came on or after ``since``, in the order of their changes, in bounded memory.

    An item came when its page says, or when we first saw it where the page says nothing. Its page is known to say what
    it says since it was read, or since a whole walk of its column after which it was answered as unchanged.
    """
    at, row, look = tables.items.c, tables.list_rows.c, tables.column_looks.c
    came = sa.or_(at.published_on.is_(None), at.published_on >= since, ~at.published_displayed)
    first = dt.datetime.combine(since, dt.time(), dt.UTC)
    query = (
        sa.select(
            *rows.ITEM_COLUMNS,
            at.seq,
            row.missing_since.label("row_missing_since"),
            row.last_outcome.label("row_outcome"),
            row.tries.label("row_tries"),
            row.address_key.label("row_key"),
            look.last_complete_at.label("walked_at"),
        )
        .outerjoin(tables.list_rows, sa.and_(row.item_id == at.id, row.unit == at.unit, row.column == at.column))
        .outerjoin(tables.column_looks, sa.and_(look.unit == at.unit, look.column == at.column))
        .where(
            at.withdrawn_at.is_(None),
            sa.tuple_(at.unit, at.column).in_(sorted(places)),
            came,
            sa.or_(at.first_seen.is_(None), at.first_seen >= first),
        )
        .order_by(at.seq, row.address_key)
        .limit(PAGE)
    )
    after = 0
    while places:
        with db.read() as session:
            found = session.execute(query.where(at.seq > after)).mappings().all()
        is_last = len(found) < PAGE
        whole = _whole_items(found)
        if not is_last and len(whole) > 1:
            whole.pop()  # more rows of it may stand on the next page
        yield from map(_standing, whole)
        if is_last:
            return
        after = whole[-1][0]["seq"]


def _whole_items(found: Sequence[Any]) -> list[list[Any]]:
    """The rows of each item together: an item may stand in its column under several addresses."""
    whole: list[list[Any]] = []
    for one in found:
        if whole and whole[-1][0]["id"] == one["id"]:
            whole[-1].append(one)
        else:
            whole.append([one])
    return whole


def _standing(found: Sequence[Any]) -> Standing:
    item = rows.item_of(found[0])
    standing = [one for one in found if one["row_key"] is not None and one["row_missing_since"] is None]
    known = [item.last_seen] if item.last_seen is not None else []
    if any(one["row_tries"] for one in standing):
        known = []  # the latest look at the page failed: what it says now nobody knows
    elif any(one["row_outcome"] == Outcome.NOT_MODIFIED.value for one in standing):
        known += [one["walked_at"] for one in standing if one["walked_at"] is not None]
    return Standing(item=item, listed=bool(standing), read_at=max(known, default=None))


def newest_days(db: Database, most: int) -> dict[_Place, tuple[dt.date, ...]]:
    """The displayed dates of the ``most`` newest rows that stand in each column, newest first."""
    at = tables.list_rows.c
    place = sa.func.row_number().over(partition_by=(at.unit, at.column), order_by=(at.shown_on.desc(), at.address_key))
    ranked = (
        sa.select(at.unit, at.column, at.shown_on, place.label("place"))
        .where(at.missing_since.is_(None), at.shown_on.is_not(None))
        .subquery()
    )
    query = sa.select(ranked).where(ranked.c.place <= most).order_by(ranked.c.unit, ranked.c.column, ranked.c.place)
    found: dict[_Place, list[dt.date]] = {}
    with db.read() as session:
        for row in session.execute(query):
            found.setdefault((row.unit, row.column), []).append(row.shown_on)
    return {place: tuple(days) for place, days in found.items()}
