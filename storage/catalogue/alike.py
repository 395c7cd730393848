"""Which items have something in common: a number, a title, a minute; and whose date alone has moved.

Each question is one statement that groups in the database, over an index of its own, and gives back only what occurs
more than once, whatever the number of items. What it means that two items share a number is for those who ask.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from storage import tables
from storage.catalogue import revisions
from storage.database import Database
from storage.formats.json_item import from_json
from storage.schema import Category, Item

_BATCH: Final = 100  # items, or pairs of revisions, asked for at a time
_BETWEEN: Final = ","  # no id holds it: they are hexadecimal
# what a revision may differ in when only the date of publication moved; the hash is made of it too
_MOVED: Final = (
    ["published_on"],
    ["published_at"],
    ["published_on", "published_at"],
    ["published_on", "content_hash"],
    ["published_on", "published_at", "content_hash"],
)


@dataclass(frozen=True, kw_only=True)
class Shared:
    """Items that share ``value``, the one published first before the others; ``unit`` None: of whatever units."""

    unit: str | None
    value: str
    items: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SharedMinute:
    """How many items of a column say that they were published in one minute, and two of their addresses."""

    unit: str
    column: str
    minute: dt.datetime
    count: int
    urls: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DateMove:
    """A revision that differs from the one before in the date of publication alone, with the times of both writings.

    ``before_at`` is when the document was last written as its page said: what we learnt of its files, or joined to it,
    is no look at its page.
    """

    before: Item
    after: Item
    before_at: dt.datetime
    after_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class ShownValid:
    """An item whose page says whether it is in force."""

    id: str
    unit: str
    title: str
    document_number: str | None
    validity: str
    formed_on: dt.date | None
    published_on: dt.date | None


def same_index_number(db: Database, *, least_length: int) -> Iterator[Shared]:
    """Index numbers, of so many characters at least, that several items of one unit show on pages that were read."""
    at = tables.items.c
    shown = (
        *(_stands(), at.page_read),
        *(at.index_number.is_not(None), sa.func.length(at.index_number) >= least_length),
    )
    return _shared(db, (at.unit, at.index_number), shown, sa.func.count() > 1)


def same_document_number(db: Database) -> Iterator[Shared]:
    """Document numbers that items of several units show on pages that were read."""
    at = tables.items.c
    shown = (_stands(), at.page_read, at.document_number.is_not(None))
    return _shared(db, (at.document_number,), shown, sa.func.count(sa.distinct(at.unit)) > 1)


def same_text(db: Database, *, least_length: int, least_days: int) -> Iterator[Shared]:
    """Titles under which a unit published texts of one length more than once, so many days apart at least.

    Withdrawn items count: who posts an old text again often takes the old page down.
    """
    at = tables.items.c
    days = (sa.func.min(at.published_on), sa.func.max(at.published_on))
    often = (
        sa.select(at.unit, at.title, *days, _ids())
        .where(at.page_read, at.published_on.is_not(None))
        .group_by(at.unit, at.title)
        .having(days[0] != days[1])
        .order_by(at.unit, at.title)
    )
    for unit, title, first, last, ids in _rows(db, often):
        if (last - first).days >= least_days:
            yield from _of_one_length(db, unit, title, ids.split(_BETWEEN), least_length, least_days)


def _of_one_length(
    db: Database, unit: str, title: str, ids: Sequence[str], least_length: int, least_days: int
) -> Iterator[Shared]:
    at = tables.items.c
    size = sa.func.length(at.body_text)
    sized: dict[int, list[Any]] = {}
    for start in range(0, len(ids), _BATCH):
        query = sa.select(at.id, at.published_on, size.label("size")).where(at.id.in_(ids[start : start + _BATCH]))
        for row in _rows(db, query):
            if row.size is not None and row.size >= least_length:
                sized.setdefault(row.size, []).append(row)
    for _, rows in sorted(sized.items()):
        found = sorted(rows, key=lambda row: (row.published_on, row.id))
        if (found[-1].published_on - found[0].published_on).days >= least_days:
            yield Shared(unit=unit, value=title, items=tuple(row.id for row in found))


def same_minute(db: Database, *, least: int) -> Iterator[SharedMinute]:
    """Columns in which so many items at least say that they were published in one and the same minute."""
    at = tables.items.c
    minute = _minute(db)
    query = (
        sa.select(at.unit, at.column, minute, sa.func.count(), sa.func.min(at.url), sa.func.max(at.url))
        .where(_stands(), at.page_read, at.published_at.is_not(None), at.published_displayed)
        .group_by(at.unit, at.column, minute)
        .having(sa.func.count() >= least)
        .order_by(at.unit, at.column, minute)
    )
    for unit, column, text, count, first, last in _rows(db, query):
        moment = dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=dt.UTC)
        yield SharedMinute(unit=unit, column=column, minute=moment, count=count, urls=(first, last))


def date_moves(db: Database) -> Iterator[DateMove]:
    """The revisions of items, oldest first, that differ from the one before in the date of publication alone."""
    after = tables.item_revisions
    before = tables.item_revisions.alias("before")
    alone = sa.or_(*(after.c.changed == sa.literal(names, tables.Json) for names in _MOVED))
    moves = sa.select(after.c.seq).where(after.c.revision > 1, after.c.action == "upsert", alone).order_by(after.c.seq)
    numbers = [row.seq for row in _rows(db, moves)]
    same = sa.and_(before.c.item_id == after.c.item_id, before.c.revision == after.c.revision - 1)
    said = tables.item_revisions.alias("said")
    ours = sa.or_(*(said.c.changed == sa.literal(list(names), tables.Json) for names in revisions.IDENTITY))
    earlier = (said.c.item_id == after.c.item_id, said.c.revision < after.c.revision)
    last = sa.select(sa.func.max(said.c.datestamp)).where(*earlier, ~ours).correlate(after).scalar_subquery()
    before_at = sa.type_coerce(last, tables.UtcDateTime).label("before_at")
    pairs = sa.select(before.c.payload, after.c.payload, before_at, after.c.datestamp).join(before, same)
    for start in range(0, len(numbers), _BATCH):
        query = pairs.where(after.c.seq.in_(numbers[start : start + _BATCH])).order_by(after.c.seq)
        for old, new, before_at, after_at in _rows(db, query):
            yield DateMove(
                before=from_json(json.loads(old)),
                after=from_json(json.loads(new)),
                before_at=before_at,
                after_at=after_at,
            )


def shown_valid(db: Database) -> Iterator[ShownValid]:
    """The items whose pages say whether they are in force, in the order of units."""
    at = tables.items.c
    names = (at.id, at.unit, at.title, at.document_number, at.validity, at.formed_on, at.published_on)
    query = sa.select(*names).where(_stands(), at.page_read, at.validity.is_not(None)).order_by(at.unit, at.id)
    for row in _rows(db, query):
        yield ShownValid(**row._mapping)


def speaking_of(db: Database, words: Sequence[str], category: Category) -> Iterator[str]:
    """The ids of the items of a counting class whose text holds one of ``words``."""
    at = tables.items.c
    find = sa.func.strpos if db.dialect == "postgresql" else sa.func.instr
    holds = sa.or_(*(find(at.body_text, word) > 0 for word in words))
    query = (
        sa.select(at.id).where(_stands(), at.page_read, at.category == category.value, holds).order_by(at.unit, at.id)
    )
    for row in _rows(db, query):
        yield row.id


def _stands() -> sa.ColumnElement[bool]:
    return tables.items.c.withdrawn_at.is_(None)


def _shared(
    db: Database,
    by: Sequence[sa.Column[Any]],
    shown: Sequence[sa.ColumnElement[bool]],
    having: sa.ColumnElement[bool],
) -> Iterator[Shared]:
    """The values that items share, each with the items in the order of their publication."""
    at = tables.items.c
    day = sa.func.coalesce(at.published_on, at.formed_on)
    for *values, ids in _rows(db, sa.select(*by, _ids()).where(*shown).group_by(*by).having(having).order_by(*by)):
        names = ids.split(_BETWEEN)
        order: dict[str, Any] = {}
        for start in range(0, len(names), _BATCH):
            query = sa.select(at.id, day, at.first_seen).where(at.id.in_(names[start : start + _BATCH]))
            order |= {row.id: (row[1] or dt.date.max, row.first_seen, row.id) for row in _rows(db, query)}
        unit = values[0] if len(values) > 1 else None
        yield Shared(unit=unit, value=values[-1], items=tuple(sorted(order, key=lambda name: order[name])))


def _ids() -> sa.Label[str]:
    """The ids of a group's items, in one text: one pass over the items instead of two."""
    return sa.func.aggregate_strings(tables.items.c.id, _BETWEEN).label("ids")


def _minute(db: Database) -> sa.ColumnElement[str]:
    """The minute of ``published_at`` in UTC, as text."""
    at = tables.items.c.published_at
    if db.dialect == "postgresql":
        return sa.func.to_char(sa.func.timezone("UTC", at), "YYYY-MM-DD HH24:MI")
    return sa.func.substr(sa.type_coerce(at, sa.Text), 1, 16)


def _rows(db: Database, query: sa.Select[Any]) -> Sequence[Any]:
    """All rows at once: whoever goes through them writes meanwhile, and no transaction is to stay open for that."""
    with db.read() as session:
        return session.execute(query).all()
