"""Items out: one by its id, or all of them in the order of their changes, in bounded memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.catalogue import rows
from storage.classification import themes
from storage.database import Database, among
from storage.schema import Item

PAGE: Final = 500  # items held at a time


def iter_items(
    db: Database,
    *,
    changed_after: int = 0,
    unit: str | None = None,
    column: str | None = None,
    theme: str | None = None,
) -> Iterator[Item]:
    """Items, withdrawn ones too, whose last change has a number above ``changed_after`` (see ``outbox.head``).

    They come in the order of that number, a page to a transaction: writers are not held up, and an item that changes
    meanwhile comes (again) later rather than never.

    :param theme: the code of one of the 22 themes, with its second level or for all of it; one that is not in the
        table is nobody's.
    """
    for item, _ in iter_changes(db, changed_after=changed_after, unit=unit, column=column, theme=theme):
        yield item


def iter_changes(
    db: Database,
    *,
    changed_after: int = 0,
    unit: str | None = None,
    column: str | None = None,
    theme: str | None = None,
    page: int = PAGE,
) -> Iterator[tuple[Item, int]]:
    """Like :func:`iter_items`, each with the number of its last change, to go on from there another time.

    :param page: items read at a time, for who knows that no more are wanted.
    """
    at = tables.items.c
    query = sa.select(*rows.ITEM_COLUMNS, at.seq).order_by(at.seq).limit(page)
    if unit is not None:
        query = query.where(at.unit == unit)
    if column is not None:
        query = query.where(at.column == column)
    if theme is not None:
        query = query.where(at.theme_code.in_(themes.codes_below(theme)))
    after = changed_after
    while True:
        with db.read() as session:
            found = _dicts(session.execute(query.where(at.seq > after)))
            items = _with_last_seen(session, found)
        yield from zip(items, (row["seq"] for row in found), strict=True)
        if len(found) < page:
            return
        after = found[-1]["seq"]


def iter_snapshot(session: Session) -> Iterator[Item]:
    """Every item but copies, withdrawn ones too, in the order of their last change, as one transaction sees them.

    :param session: a ``Database.snapshot``, so that nothing that changes meanwhile comes twice or not at all.
    """
    at = tables.items.c
    query = sa.select(*rows.ITEM_COLUMNS, at.seq).order_by(at.seq).limit(PAGE)
    after, count = 0, PAGE
    while count == PAGE:
        found = _dicts(session.execute(query.where(at.seq > after)))
        count = len(found)
        after = found[-1]["seq"] if found else after
        yield from _with_last_seen(session, [row for row in found if row["same_as"] is None])


def get_item(db: Database, name: str) -> Item | None:
    """The item of this id, as it stands now."""
    with db.read() as session:
        found = _dicts(session.execute(sa.select(*rows.ITEM_COLUMNS).where(tables.items.c.id == name)))
        return next(iter(_with_last_seen(session, found)), None)


def get_items(db: Database, names: Sequence[str]) -> list[Item]:
    """The items of these ids that there are, in the order asked for."""
    found: dict[str, Item] = {}
    for start in range(0, len(names), PAGE):
        with db.read() as session:
            query = sa.select(*rows.ITEM_COLUMNS).where(tables.items.c.id.in_(names[start : start + PAGE]))
            page = _with_last_seen(session, _dicts(session.execute(query)))
        found |= {item.id: item for item in page}
    return [found[name] for name in names if name in found]


def titles_of(db: Database, names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Title and address by id, of those of these items that there are; no text is read for it."""
    at, wanted = tables.items.c, sorted(set(names))
    found: dict[str, tuple[str, str]] = {}
    for start in range(0, len(wanted), PAGE):
        query = sa.select(at.id, at.title, at.url).where(at.id.in_(wanted[start : start + PAGE]))
        with db.read() as session:
            found |= {name: (title, url) for name, title, url in session.execute(query)}
    return found


def count_items(
    db: Database, *, unit: str | None = None, column: str | None = None, withdrawn: bool | None = None
) -> int:
    """How many items there are; ``withdrawn`` False: that stand, True: that do not.

    Those that stand in the whole catalogue are its documents, each once; a unit's or a column's are its own items,
    whether others have them too or not.
    """
    at = tables.items.c
    query = sa.select(sa.func.count()).select_from(tables.items)
    if withdrawn is False and unit is None and column is None:
        copy = tables.items.alias("copy").c
        query = query.where(at.id.not_in(sa.select(copy.id).where(copy.same_as.is_not(None))))
    if unit is not None:
        query = query.where(at.unit == unit)
    if column is not None:
        query = query.where(at.column == column)
    if withdrawn is not None:
        query = query.where(at.withdrawn_at.is_not(None) if withdrawn else at.withdrawn_at.is_(None))
    with db.read() as session:
        return int(session.execute(query).scalar_one())


def _dicts(result: sa.Result[Any]) -> list[dict[str, Any]]:
    """The rows as dicts: looking thirty columns up in SQLAlchemy's own mappings takes longer than making an item."""
    names = tuple(result.keys())
    return [dict(zip(names, row, strict=True)) for row in result]


def _with_last_seen(session: Session, found: Sequence[dict[str, Any]]) -> list[Item]:
    """The items, last seen when read or when a row of theirs last stood in its list, whichever was later."""
    seen = _rows_last_seen(session, [row["id"] for row in found])
    for row in found:
        last = seen.get(row["id"])
        if last is not None and (row["last_seen"] is None or row["last_seen"] < last):
            row["last_seen"] = last
    return [rows.item_of(row) for row in found]


def _rows_last_seen(session: Session, names: list[str]) -> dict[str, dt.datetime]:
    if not names:
        return {}
    row, look = tables.list_rows.c, tables.column_looks.c
    covered = sa.and_(row.missing_since.is_(None), look.last_complete_at > row.last_seen)
    last = sa.case((covered, look.last_complete_at), else_=row.last_seen)
    query = (
        sa.select(row.item_id, sa.func.max(last, type_=tables.UtcDateTime).label("last"))
        .outerjoin(tables.column_looks, sa.and_(look.unit == row.unit, look.column == row.column))
        .where(among(session, row.item_id, names))
        .group_by(row.item_id)
    )
    return {row.item_id: row.last for row in session.execute(query)}
