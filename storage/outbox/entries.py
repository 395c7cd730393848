"""The changes themselves: every change of the catalogue, in one gapless order, with its whole payload.

An entry is an item revision and was written in the change's own transaction; it never changes. So what an item was at
a number can be said at any time after, however much was written since.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from storage import tables
from storage.catalogue import revisions
from storage.database import Database, among


@dataclass(frozen=True, kw_only=True)
class OutboxEntry:
    """One change. ``payload`` is the item as JSON, or for "delete" its tombstone.

    A tombstone is {"id", "deleted": true, "datestamp", "same_as"}; the last is the id of the item that this one is a
    copy of, null where it was withdrawn.
    """

    seq: int
    item_id: str
    revision: int
    action: str  # "upsert" | "delete"
    datestamp: dt.datetime  # when we wrote it; never earlier than that of a smaller seq
    payload: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Latest:
    """The last change of an item up to some number; ``entry`` makes the whole of it, which costs as much as reading."""

    id: str
    seq: int
    revision: int
    deleted: bool
    row: Any

    def entry(self) -> OutboxEntry:
        """The change with its payload."""
        return _entry(self.row)


_COLUMNS: Final = tuple(
    tables.item_revisions.c[name] for name in ("seq", "item_id", "revision", "action", "datestamp", "payload")
)
_PAGE: Final = 1000  # changes read at a time: some 5 MB with article texts


def head(db: Database) -> int:
    """The number of the latest change; 0 when there is none."""
    with db.read() as session:
        return revisions.head(session)


def pending(db: Database, after_seq: int, limit: int = 500) -> list[OutboxEntry]:
    """The next changes after ``after_seq``, at most ``limit``, in order and without gaps."""
    at = tables.item_revisions.c
    query = sa.select(*_COLUMNS).where(at.seq > after_seq).order_by(at.seq).limit(limit)
    with db.read() as session:
        return [_entry(row) for row in session.execute(query)]


def oldest_after(db: Database, seq: int) -> dt.datetime | None:
    """When the first change after ``seq`` was written; None where there is none. UTC."""
    at = tables.item_revisions.c
    query = sa.select(at.datestamp).where(at.seq > seq).order_by(at.seq).limit(1)
    with db.read() as session:
        found: dt.datetime | None = session.execute(query).scalar()
        return found


def picked(db: Database, seqs: Sequence[int]) -> list[OutboxEntry]:
    """The changes with these numbers, in order; those that are there."""
    at = tables.item_revisions.c
    query = sa.select(*_COLUMNS).where(at.seq.in_(list(seqs))).order_by(at.seq)
    with db.read() as session:
        return [_entry(row) for row in session.execute(query)]


def latest(db: Database, upto: int) -> Iterator[Latest]:
    """The last change of every item with a number of at most ``upto``, in the order of ids, a page in memory."""
    at, after = tables.item_revisions.c, ""
    while True:
        page = (
            sa.select(sa.func.max(at.seq).label("seq"))
            .where(at.item_id > after, at.seq <= upto)
            .group_by(at.item_id)
            .order_by(at.item_id)
            .limit(_PAGE)
            .subquery()
        )
        with db.read() as session:
            found = session.execute(sa.select(*_COLUMNS).join(page, page.c.seq == at.seq).order_by(at.item_id)).all()
        for row in found:
            yield _latest(row)
        if len(found) < _PAGE:
            return
        after = found[-1].item_id


def latest_of(db: Database, items: Sequence[str], upto: int) -> list[OutboxEntry]:
    """The last change of each of these items with a number of at most ``upto``, in the order of numbers."""
    at = tables.item_revisions.c
    with db.read() as session:
        last = (
            sa.select(sa.func.max(at.seq).label("seq"))
            .where(among(session, at.item_id, items), at.seq <= upto)
            .group_by(at.item_id)
            .subquery()
        )
        query = sa.select(*_COLUMNS).join(last, last.c.seq == at.seq).order_by(at.seq)
        return [_entry(row) for row in session.execute(query)]


def changes_of(db: Database, items: Sequence[str]) -> dict[str, list[tuple[int, int, bool]]]:
    """Number, revision and whether it is a tombstone, of every change of these items, in order; by item."""
    at = tables.item_revisions.c
    found: dict[str, list[tuple[int, int, bool]]] = {}
    with db.read() as session:
        query = (
            sa.select(at.item_id, at.seq, at.revision, at.action)
            .where(among(session, at.item_id, items))
            .order_by(at.seq)
        )
        for row in session.execute(query):
            found.setdefault(row.item_id, []).append((row.seq, row.revision, row.action == "delete"))
    return found


def history(db: Database, item: str) -> Iterator[tuple[OutboxEntry, tuple[str, ...]]]:
    """Every revision of an item, oldest first, each with the names of the fields that changed."""
    at = tables.item_revisions.c
    query = sa.select(tables.item_revisions).where(at.item_id == item).order_by(at.revision)
    with db.read() as session:
        found = session.execute(query).all()
    for row in found:
        yield _entry(row), tuple(row.changed)


def _entry(row: Any) -> OutboxEntry:
    deleted = row.action == "delete"
    payload = json.loads(row.payload)
    if deleted:
        payload = revisions.tombstone(row.item_id, row.datestamp, payload.get("same_as"))
    return OutboxEntry(
        seq=row.seq,
        item_id=row.item_id,
        revision=row.revision,
        action=row.action,
        datestamp=row.datestamp,
        payload=payload,
    )


def _latest(row: Any) -> Latest:
    return Latest(id=row.item_id, seq=row.seq, revision=row.revision, deleted=row.action == "delete", row=row)
