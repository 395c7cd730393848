"""What the list pages showed: rows that stand, rows that came, rows that went, and when.

A walk over a column comes in; new rows get their two bounds (law 4: the last complete look without them, and this
one), rows that a complete full walk did not show begin to be missing. Where too many are gone at once, or dates that
stood there are gone, nothing of the walk is written and the operator is told: a redesign is not a mass withdrawal.

A row that stands is not written again at each look: its column's last complete look covers it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import settings, tables
from storage.addresses import address_key
from storage.catalogue import holding, revisions
from storage.catalogue.holding import Gone, Held
from storage.catalogue.identity import title_key
from storage.catalogue.withdrawals import restore
from storage.database import Database, insert_into, storable
from storage.schema import Outcome

_CHUNK: Final = 500


@dataclass(frozen=True, kw_only=True)
class WalkRow:
    """A row as the list shows it; ``aside``: only the column's feed does, and no look at the list dates its coming."""

    url: str
    title: str
    date: dt.date | None = None
    aside: bool = False


@dataclass(frozen=True, kw_only=True)
class Walk:
    """One walk over a column's list pages. Only a ``full`` and ``complete`` one (to the proven end) can miss rows."""

    unit: str
    column: str
    at: dt.datetime
    full: bool
    complete: bool
    rows: tuple[WalkRow, ...]


@dataclass(frozen=True, kw_only=True)
class WalkResult:
    """What a walk changed: keys of rows that came and that went (address keys, in list order).

    ``held``: nothing was written, because ``lost`` of ``of`` rows ``reason`` ("rows_gone" or "dates_gone").
    """

    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    held: bool = False
    reason: str | None = None
    lost: int = 0
    of: int = 0


@dataclass(frozen=True, kw_only=True)
class KnownRow:
    """A row that stands, with what is remembered of its article."""

    url: str
    title: str
    date: dt.date | None
    item: str | None  # id of the item it leads to
    read: bool  # the article was read
    tries: int  # looks at the article since the last good one
    etag: str | None
    last_modified: str | None
    last_outcome: Outcome | None = None


def known_rows(db: Database, unit: str, column: str) -> dict[str, KnownRow]:
    """Rows of the column that stand, by address key."""
    at = tables.list_rows.c
    query = sa.select(tables.list_rows).where(at.unit == unit, at.column == column, at.missing_since.is_(None))
    with db.read() as session:
        return {row["address_key"]: _known(row) for row in session.execute(query).mappings()}


def _known(row: Mapping[Any, Any]) -> KnownRow:
    return KnownRow(
        url=row["url"],
        title=row["title"],
        date=row["row_date"],
        item=row["item_id"],
        read=row["read"],
        tries=row["tries"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        last_outcome=None if row["last_outcome"] is None else Outcome(row["last_outcome"]),
    )


def record_walk(
    db: Database, walk: Walk, *, accept_mass_change: bool = False, mass_change_share: float | None = None
) -> WalkResult:
    """Keeps what a walk saw, in one transaction, unless it would be a mass change (law 7).

    :param accept_mass_change: the operator has looked: the change is real.
    :param mass_change_share: share of rows that may be lost; by default the settings'.
    """
    share = settings.load().mass_change_share if mass_change_share is None else mass_change_share
    seen: dict[str, WalkRow] = {}
    for shown in walk.rows:
        seen.setdefault(address_key(shown.url), shown)
    with db.begin() as session:
        turn = revisions.take_turn(session)
        known = _stored_rows(session, walk.unit, walk.column)
        whole = walk.full and walk.complete
        gone = _gone(known, seen) if whole else ()
        held = None if accept_mass_change else _mass_change(known, seen, gone, share)
        if held is not None:
            if not holding.use_acceptance(session, walk.unit, walk.column, held.reason, walk.at):
                holding.hold(session, _held(walk, held, known))
                return WalkResult(held=True, reason=held.reason, lost=len(held.lost), of=held.of)
        elif whole:
            holding.expire_acceptances(session, walk.unit, walk.column, holding.OF_LISTS, walk.at)
        looks = _looks(session, walk)
        new = tuple(key for key in seen if key not in known)
        _insert(session, walk, {key: seen[key] for key in new}, looks)
        _see_again(session, walk, known, seen, whole=whole)
        _miss(session, walk, known, seen, whole=whole)
        _note_look(session, walk, looks, whole=whole)
        back = {row.item_id for key in seen if (row := known.get(key)) is not None and row.missing_since is not None}
        restore(session, turn, back | _items_at(session, walk.unit, new), walk.at)
        revisions.finish(session, turn)
        return WalkResult(new=new, gone=gone)


def _stored_rows(session: Session, unit: str, column: str) -> dict[str, Any]:
    at = tables.list_rows.c
    narrow = (at.address_key, at.url, at.title, at.row_date, at.missing_since, at.item_id)
    query = sa.select(*narrow).where(at.unit == unit, at.column == column)
    return {row.address_key: row for row in session.execute(query)}


def _gone(known: Mapping[str, Any], seen: Mapping[str, WalkRow]) -> tuple[str, ...]:
    return tuple(key for key, row in known.items() if row.missing_since is None and key not in seen)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A mass change: the keys of the rows that are lost, of how many."""

    reason: str
    lost: Sequence[str]
    of: int


def _mass_change(
    known: Mapping[str, Any], seen: Mapping[str, WalkRow], gone: Sequence[str], share: float
) -> _Found | None:
    """What holds the walk. A row that stands under another address with its title and date has moved, not gone."""
    standing = sum(row.missing_since is None for row in known.values())
    came = {(title_key(row.title), row.date) for key, row in seen.items() if key not in known}
    lost = [key for key in gone if (title_key(known[key].title), known[key].row_date) not in came]
    if holding.is_mass(len(lost), standing, share):
        return _Found(reason=holding.ROWS_GONE, lost=lost, of=standing)
    dated = [key for key in seen if key in known and known[key].row_date is not None]
    undated = [key for key in dated if seen[key].date is None]
    if holding.is_mass(len(undated), len(dated), share):
        return _Found(reason=holding.DATES_GONE, lost=undated, of=len(dated))
    return None


def _held(walk: Walk, found: _Found, known: Mapping[str, Any]) -> Held:
    rows = [known[key] for key in found.lost[: holding.SAMPLE]]
    return Held(
        unit=walk.unit,
        column=walk.column,
        since=walk.at,
        reason=found.reason,
        lost=len(found.lost),
        of=found.of,
        sample=tuple(Gone(title=row.title, url=row.url, date=row.row_date) for row in rows),
    )


def _looks(session: Session, walk: Walk) -> Any:
    at = tables.column_looks.c
    return session.execute(sa.select(tables.column_looks).where(at.unit == walk.unit, at.column == walk.column)).first()


def _insert(session: Session, walk: Walk, new: Mapping[str, WalkRow], looks: Any) -> None:
    if not new:
        return
    items = _linked_items(session, walk.unit, new)
    last = looks.last_complete_at if looks is not None else None
    not_before = last if last is not None and last < walk.at else None
    rows = []
    for key, row in new.items():
        item = items.get(key)
        shown = None if item is None else item.published_on if item.published_displayed else None
        rows.append(
            {
                "unit": walk.unit,
                "column": walk.column,
                "address_key": key,
                "url": storable(row.url),
                "title": storable(row.title),
                "row_date": row.date,
                "first_seen": walk.at,
                "not_before": None if row.aside else not_before,
                "last_seen": walk.at,
                "item_id": None if item is None else item.id,
                "read": item is not None and item.page_read,
                "item_on": shown,
                "shown_on": shown or row.date,
            }
        )
    session.execute(sa.insert(tables.list_rows), rows)


def _linked_items(session: Session, unit: str, keys: Iterable[str]) -> dict[str, Any]:
    address, item = tables.item_addresses.c, tables.items.c
    found = {}
    wanted = list(keys)
    for start in range(0, len(wanted), _CHUNK):
        query = (
            sa.select(address.address_key, item.id, item.published_on, item.published_displayed, item.page_read)
            .join(tables.items, item.id == address.item_id)
            .where(address.unit == unit, address.address_key.in_(wanted[start : start + _CHUNK]))
        )
        found.update({row.address_key: row for row in session.execute(query)})
    return found


def _items_at(session: Session, unit: str, keys: Sequence[str]) -> set[str]:
    return {row.id for row in _linked_items(session, unit, keys).values()}


def _see_again(
    session: Session, walk: Walk, known: Mapping[str, Any], seen: Mapping[str, WalkRow], *, whole: bool
) -> None:
    """Rows that came back, and rows that say something else now; a date once shown is kept when the row has none."""
    at, bind = tables.list_rows.c, sa.bindparam
    changed = []
    for key, row in seen.items():
        old = known.get(key)
        if old is None:
            continue
        date = row.date or old.row_date
        url, title = storable(row.url), storable(row.title)
        if old.missing_since is not None or (old.url, old.title, old.row_date) != (url, title, date):
            changed.append({"b_key": key, "b_url": url, "b_title": title, "b_date": date})
    if changed:
        date = bind("b_date", type_=at.row_date.type)
        statement = (
            sa.update(tables.list_rows)
            .where(at.unit == walk.unit, at.column == walk.column, at.address_key == bind("b_key"))
            .values(
                url=bind("b_url"),
                title=bind("b_title"),
                row_date=date,
                shown_on=sa.func.coalesce(at.item_on, date),
                last_seen=walk.at,
                missing_since=None,
                missing_looks=0,
            )
        )
        session.connection().execute(statement, changed)
    if not whole:
        keys = [key for key in seen if key in known]
        for start in range(0, len(keys), _CHUNK):
            here = (at.unit == walk.unit, at.column == walk.column, at.address_key.in_(keys[start : start + _CHUNK]))
            session.execute(sa.update(tables.list_rows).where(*here).values(last_seen=walk.at))


def _miss(session: Session, walk: Walk, known: Mapping[str, Any], seen: Mapping[str, WalkRow], *, whole: bool) -> None:
    """Rows that a whole walk did not show have been missing since the first such walk.

    Their ``last_seen`` is settled here, for the column's last complete look does not cover them any more.
    """
    missing = [key for key in known if key not in seen] if whole else []
    at = tables.list_rows.c
    looks = tables.column_looks.c
    last = (
        sa.select(looks.last_complete_at)
        .where(looks.unit == walk.unit, looks.column == walk.column, looks.last_complete_at > at.last_seen)
        .scalar_subquery()
    )
    for start in range(0, len(missing), _CHUNK):
        here = (at.unit == walk.unit, at.column == walk.column, at.address_key.in_(missing[start : start + _CHUNK]))
        session.execute(
            sa.update(tables.list_rows)
            .where(*here)
            .values(
                last_seen=sa.case(
                    (at.missing_since.is_(None), sa.func.coalesce(last, at.last_seen)), else_=at.last_seen
                ),
                missing_since=sa.func.coalesce(at.missing_since, sa.literal(walk.at, tables.UtcDateTime)),
                missing_looks=at.missing_looks + 1,
            )
        )


def _note_look(session: Session, walk: Walk, looks: Any, *, whole: bool) -> None:
    """Notes the look; a whole one as usual ends what held the column's list, a quick one has not seen that."""
    values: dict[str, Any] = {"last_walk_at": walk.at}
    if whole:
        values["last_complete_at"] = walk.at
        values["first_complete_at"] = walk.at if looks is None else looks.first_complete_at or walk.at
        values["complete_looks"] = 1 + (0 if looks is None else looks.complete_looks)
        holding.release(session, walk.unit, walk.column, holding.OF_LISTS)
    _save_look(session, walk, values)


def _save_look(session: Session, walk: Walk, values: Mapping[str, Any]) -> None:
    insert = insert_into(session, tables.column_looks).values(unit=walk.unit, column=walk.column, **values)
    session.execute(insert.on_conflict_do_update(index_elements=["unit", "column"], set_=dict(values)))
