"""What is derived from an item is derived again, without fetching: a table was edited, or a column's kind corrected.

A function from item to item comes in; each item that it changes gets a revision, written like any other change, so
that consumers receive it. A page of items is derived outside any transaction and written in one that derives them
again from what stands then: an item that was read anew meanwhile is not set back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.catalogue import reading, revisions, rows
from storage.catalogue.identity import Likeness
from storage.database import Database, dumps
from storage.formats.json_item import to_json
from storage.schema import Item

PAGE: Final = 500  # items to a transaction
DERIVED: Final = ("category", "statutory", "theme_code", "genre", "validity", "form", "content_hash")

Derive = Callable[[Item], Item]


@dataclass(frozen=True, kw_only=True)
class Rederived:
    """One item that differs: as it stands, and as it is derived now."""

    before: Item
    after: Item

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of the fields that differ."""
        return tuple(name for name in DERIVED if getattr(self.before, name) != getattr(self.after, name))


def rederive(db: Database, derive: Derive, *, write: bool) -> Iterator[Rederived]:
    """Every item that ``derive`` changes, withdrawn ones and copies too, as the revision of it is written.

    Only the fields in ``DERIVED`` and the provenance are taken from what it gives. Run again it changes nothing.

    :param write: False: nothing is written, it is only told.
    """
    with db.read() as session:
        head = revisions.head(session)
    page: list[str] = []
    for item, seq in reading.iter_changes(db):
        if seq > head:
            break
        after = _derived(item, derive)
        if after is None:
            continue
        if not write:
            yield Rederived(before=item, after=after)
            continue
        page.append(item.id)
        if len(page) >= PAGE:
            yield from _written(db, derive, page)
            page = []
    if page:
        yield from _written(db, derive, page)


def _derived(item: Item, derive: Derive) -> Item | None:
    made = derive(item)
    if all(getattr(made, name) == getattr(item, name) for name in DERIVED):
        return None
    return replace(item, provenance=made.provenance, **{name: getattr(made, name) for name in DERIVED})


def _written(db: Database, derive: Derive, names: list[str]) -> list[Rederived]:
    found: list[Rederived] = []
    with db.begin() as session:
        turn = revisions.take_turn(session)
        updates = []
        for stored in _stored(session, names):
            after = _derived(stored, derive)
            if after is None:
                continue
            done = Rederived(before=stored, after=replace(after, revision=stored.revision + 1))
            data = to_json(done.after)
            action = revisions.action_of(done.after)
            seq = turn.add(stored.id, done.after.revision, list(done.changed), dumps(data), action)
            updates.append({**rows.row_of(done.after, data, seq, Likeness.of(done.after)), "pk_id": stored.id})
            found.append(done)
        if updates:
            statement = sa.update(tables.items).where(tables.items.c.id == sa.bindparam("pk_id"))
            session.connection().execute(statement, updates)
        revisions.finish(session, turn)
    return found


def _stored(session: Session, names: list[str]) -> list[Item]:
    query = sa.select(*rows.ITEM_COLUMNS).where(tables.items.c.id.in_(names)).order_by(tables.items.c.seq)
    return [rows.item_of(row) for row in session.execute(query).mappings()]
