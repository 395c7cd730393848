"""Items in, revisions out: new documents are stored, changed ones get a revision, the rest is left in peace.

One batch is a constant number of statements, whatever its size. Item, addresses, revision (which is the outbox entry)
and the link from the list rows are one transaction: a process killed at any moment leaves all of a batch or nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import files, tables
from storage.addresses import address_key
from storage.catalogue import describing, merging, revisions, rows
from storage.catalogue.identity import Incoming, Known, Likeness, item_id
from storage.database import Database, dumps, insert_many, storable
from storage.formats.json_item import from_json, to_json
from storage.schema import Item

# of what a copy may change, what is no word of the document's page: its files are not asked for again for it
_OURS: Final = frozenset(("aliases", "copies", "same_as"))
BATCH: Final = 500  # items to a statement; SQLite takes at most 32,766 parameters in one


@dataclass(frozen=True, kw_only=True)
class UpsertResult:
    """How many of the items were new, changed, and known as they are."""

    new: int = 0
    changed: int = 0
    same: int = 0


class Doubting(Protocol):
    """What may put an article aside that was read again; see ``fading``."""

    def see(self, stored: Item, copy: Item) -> bool:
        """True where ``copy`` is not to be written now."""


def upsert(
    db: Database, items: Sequence[Item], *, seen_at: dt.datetime, doubting: Doubting | None = None
) -> UpsertResult:
    """Stores what was read at ``seen_at``, in one transaction; see ``identity`` and ``merging`` for what is decided.

    ``first_seen`` and ``not_before`` of a new item are its list row's, where the row is known. What ``doubting`` puts
    aside counts as known as it is.

    :raises DatabaseError: the database failed; none of the items was stored.
    """
    if not items:
        return UpsertResult()
    with db.begin() as session:
        return write(session, revisions.take_turn(session), items, seen_at, doubting)


def write(
    session: Session,
    turn: revisions.Turn,
    items: Sequence[Item],
    seen_at: dt.datetime,
    doubting: Doubting | None = None,
) -> UpsertResult:
    """The same within the caller's transaction, whose turn it is."""
    new = changed = same = 0
    for start in range(0, len(items), BATCH):
        batch = _Batch(session, turn, items[start : start + BATCH], seen_at, doubting)
        batch.decide()
        batch.write()
        new, changed, same = new + batch.new, changed + batch.changed, same + batch.same
    return UpsertResult(new=new, changed=changed, same=same)


class _Batch:
    """Up to ``BATCH`` items on their way in: loaded together, decided one by one, written together."""

    def __init__(
        self,
        session: Session,
        turn: revisions.Turn,
        items: Sequence[Item],
        seen_at: dt.datetime,
        doubting: Doubting | None,
    ) -> None:
        self.session, self.turn, self.seen_at, self.doubting = session, turn, seen_at, doubting
        self.incoming = [Incoming.of(item) for item in items]
        self.known = Known(session, self.incoming)
        self.rows = _ListRows(session, self.incoming)
        found = [self.known.find(one) for one in self.incoming]
        self.stored = _stored(session, {name for name in found if name is not None})
        self.gone = _own_copy_gone(session, self._foreign_copies(found)) | set(self.known.moved.values())
        self.new = self.changed = self.same = 0
        self.inserts: dict[str, dict[str, Any]] = {}
        self.updates: dict[str, dict[str, Any]] = {}
        self.refreshes: dict[str, Item] = {}
        self.addresses: list[dict[str, Any]] = []
        self.seen: set[str] = set()
        self.spoke: set[str] = set()  # known items whose pages say something else now

    def _foreign_copies(self, found: Sequence[str | None]) -> list[Item]:
        """Stored items of which the batch brings a copy from another place than their own."""
        foreign = {}
        for one, name in zip(self.incoming, found, strict=True):
            stored = None if name is None else self.stored[name]
            if stored is not None and (stored.column != one.item.column or stored.url != one.item.url):
                foreign[stored.id] = stored
        return list(foreign.values())

    def decide(self) -> None:
        for one in self.incoming:
            found = self.known.find(one)
            item = self._new(one) if found is None else self._again(found, one)
            self.stored[item.id] = item
            self.rows.link(one, item)

    def _new(self, one: Incoming) -> Item:
        name = item_id(one.item.unit, one.keys[0])
        self._add_addresses(name, one)
        first_seen, not_before = self.rows.appeared(one, self.seen_at)
        item = replace(
            one.item,
            id=name,
            revision=1,
            aliases=one.urls[1:],
            first_seen=first_seen,
            not_before=not_before,
            last_seen=self.seen_at,
            withdrawn_at=None,
        )
        item, data, payload = _storable(item)
        seq = self.turn.add(name, 1, [], payload)
        self.inserts[name] = rows.row_of(item, data, seq, one.likeness)
        self.new += 1
        return item

    def _again(self, name: str, one: Incoming) -> Item:
        stored = self.stored[name]
        copy, _, _ = _storable(describing.carried(stored, one.item))
        if self._is_doubted(stored, copy, one.keys[0]):
            self.seen.add(name)
            self.same += 1
            return stored
        fresh = self._add_addresses(name, one)
        merged = merging.merge(
            stored, copy, one.keys[0], own_copy_gone=name in self.gone, fresh=tuple(url for _, url in fresh)
        )
        item = merged.item
        if merged.changed:
            item = replace(item, revision=stored.revision + 1, last_seen=self.seen_at)
            data = to_json(item)
            seq = self.turn.add(name, item.revision, list(merged.changed), dumps(data), revisions.action_of(item))
            row = rows.row_of(item, data, seq, Likeness.of(item))
            (self.inserts if name in self.inserts else self.updates)[name] = row
            self.refreshes.pop(name, None)
            if not _OURS.issuperset(merged.changed):
                self.spoke.add(name)
            self.changed += 1
        else:
            if merged.refreshed and name not in self.inserts:
                self.refreshes[name] = item
            self.seen.add(name)
            self.same += 1
        if merged.changed or rows.is_displayed(item) != rows.is_displayed(stored):
            self.rows.changed(item)
        return item

    def _is_doubted(self, stored: Item, copy: Item, key: str) -> bool:
        """Whether a known article that was read again is put aside; one stored in this very batch never is."""
        if self.doubting is None or not (stored.page_read and copy.page_read) or stored.id in self.inserts:
            return False
        speaks = merging.may_speak(stored, copy, key, own_copy_gone=stored.id in self.gone)
        return speaks and self.doubting.see(stored, copy)

    def _add_addresses(self, name: str, one: Incoming) -> tuple[tuple[str, str], ...]:
        fresh = self.known.add(name, one)
        unit = one.item.unit
        self.addresses += [
            {"address_key": key, "unit": unit, "item_id": name, "url": storable(url)} for key, url in fresh
        ]
        return fresh

    def write(self) -> None:
        execute = self.session.connection().execute
        at = tables.items.c
        insert_many(self.session, tables.items, list(self.inserts.values()))
        if self.updates:
            by_id = [{**row, "pk_id": row["id"]} for row in self.updates.values()]
            execute(sa.update(tables.items).where(at.id == sa.bindparam("pk_id")), by_id)
        if self.refreshes:
            names = ("published_displayed", "provenance", "evidence")
            values = {name: sa.bindparam(f"b_{name}", type_=at[name].type) for name in names}
            refreshed = [{"pk_id": name, **_how_known(item)} for name, item in self.refreshes.items()]
            execute(sa.update(tables.items).where(at.id == sa.bindparam("pk_id")).values(**values), refreshed)
        untouched = self.seen - self.inserts.keys() - self.updates.keys()
        if untouched:
            execute(sa.update(tables.items).where(at.id.in_(untouched)).values(last_seen=self.seen_at))
        insert_many(self.session, tables.item_addresses, self.addresses)
        named = [self.stored[name] for name in (*self.inserts, *self.updates)]
        files.want(self.session, named, self.seen_at, revised=self.updates.keys(), spoke=self.spoke)
        revisions.finish(self.session, self.turn)
        self.rows.write()


def _how_known(item: Item) -> dict[str, Any]:
    data = to_json(item)
    return {
        "b_published_displayed": rows.is_displayed(item),
        "b_provenance": data["provenance"] or None,
        "b_evidence": data["evidence"],
    }


class _ListRows:
    """The list rows under which the batch's items stand, to date the new ones and to link them all."""

    def __init__(self, session: Session, batch: Sequence[Incoming]) -> None:
        self.session = session
        at = tables.list_rows.c
        units = {one.item.unit for one in batch}
        keys = {key for one in batch for key in one.keys}
        narrow = (at.unit, at.address_key, at.item_id, at.read, at.item_on, at.first_seen, at.not_before)
        query = sa.select(*narrow).where(at.unit.in_(units), at.address_key.in_(keys))
        self.by_address: dict[tuple[str, str], list[Any]] = {}
        for row in session.execute(query):
            self.by_address.setdefault((row.unit, row.address_key), []).append(row)
        self.last_looks: dict[tuple[str, str], dt.datetime] | None = None
        self.links: dict[tuple[str, str], dict[str, Any]] = {}
        self.by_item: dict[str, dict[str, Any]] = {}

    def appeared(self, one: Incoming, seen_at: dt.datetime) -> tuple[dt.datetime, dt.datetime | None]:
        """When an item was first seen, and the last complete look without it."""
        known = [row for key in one.keys for row in self.by_address.get((one.item.unit, key), ())]
        if known:
            first = min(known, key=lambda row: row.first_seen)
            return first.first_seen, first.not_before
        if self.last_looks is None:
            at = tables.column_looks.c
            query = sa.select(at.unit, at.column, at.last_complete_at).where(at.last_complete_at.is_not(None))
            self.last_looks = {(row.unit, row.column): row.last_complete_at for row in self.session.execute(query)}
        look = self.last_looks.get((one.item.unit, one.item.column))
        return seen_at, look if look is not None and look < seen_at else None

    def link(self, one: Incoming, item: Item) -> None:
        """The rows at the item's addresses are this item's."""
        facts = _row_facts(item)
        for key in one.keys:
            place = (item.unit, key)
            for row in self.by_address.get(place, ()):
                if (row.item_id, row.read, row.item_on) != (item.id, facts["b_read"], facts["b_item_on"]):
                    self.links[place] = {"b_unit": item.unit, "b_key": key, "b_item": item.id, **facts}

    def changed(self, item: Item) -> None:
        """The item's rows elsewhere are to say what it says now."""
        self.by_item[item.id] = {"b_item": item.id, **_row_facts(item)}

    def write(self) -> None:
        at, bind = tables.list_rows.c, sa.bindparam
        execute = self.session.connection().execute
        update = sa.update(tables.list_rows).values(
            item_id=bind("b_item", type_=at.item_id.type),
            read=bind("b_read", type_=at.read.type),
            item_on=bind("b_item_on", type_=at.item_on.type),
            shown_on=sa.func.coalesce(bind("b_shown_on", type_=at.item_on.type), at.row_date),
        )
        if self.by_item:
            execute(update.where(at.item_id == bind("b_item")), list(self.by_item.values()))
        if self.links:
            here = (at.unit == bind("b_unit"), at.address_key == bind("b_key"))
            execute(update.where(*here), list(self.links.values()))


def _row_facts(item: Item) -> dict[str, Any]:
    shown = item.published_on if rows.is_displayed(item) else None
    return {"b_read": item.page_read, "b_item_on": shown, "b_shown_on": shown}


def _stored(session: Session, names: set[str]) -> dict[str, Item]:
    if not names:
        return {}
    query = sa.select(*rows.ITEM_COLUMNS).where(tables.items.c.id.in_(names))
    return {row["id"]: rows.item_of(row) for row in session.execute(query).mappings()}


def _own_copy_gone(session: Session, items: Sequence[Item]) -> set[str]:
    """Which of the items are proven to be gone from their own place: row missing, or column no longer watched."""
    if not items:
        return set()
    row, item, column = tables.list_rows.c, tables.items.c, tables.columns.c
    names = [one.id for one in items]
    own = {(one.unit, one.column, address_key(one.url)): one.id for one in items}
    query = sa.select(row.unit, row.column, row.address_key).where(
        row.item_id.in_(names), row.missing_since.is_not(None)
    )
    missing = {own[place] for found in session.execute(query) if (place := tuple(found)) in own}
    left = (
        sa.select(item.id)
        .join(tables.columns, sa.and_(column.unit == item.unit, column.id == item.column))
        .where(item.id.in_(names), column.left_at.is_not(None))
    )
    return missing | set(session.execute(left).scalars())


# ------------------------------------------------------------------ what databases cannot hold


def _storable(item: Item) -> tuple[Item, dict[str, Any], str]:
    """The item, its JSON and that as text, without what a database cannot hold.

    That is NUL and lone surrogates: APIs send both escaped in JSON, PostgreSQL stores neither, SQLite not the second.
    """
    data = to_json(item)
    text = dumps(data)
    if "\\u0000" not in text and _is_encodable(text):
        return item, data, text
    data = storable(data)
    return from_json(data), data, dumps(data)


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
