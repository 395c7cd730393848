"""What consumers have yet to get: every change of the catalogue, in one gapless order, with its whole payload.

An entry is an item revision and was written in the change's own transaction. A receiver's cursor moves with its
receipt, so a crash between sending and noting sends the same entries again, under the same numbers, and nothing else.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.catalogue import revisions
from storage.database import Database, insert_into, take_lock, utcnow


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
class Delivery:
    """That a receiver has everything up to ``seq``, with its receipt."""

    receiver: str
    seq: int
    at: dt.datetime
    receipt: Mapping[str, Any]


def head(db: Database) -> int:
    """The number of the latest change; 0 when there is none."""
    with db.read() as session:
        return revisions.head(session)


def pending(db: Database, after_seq: int, limit: int = 500) -> list[OutboxEntry]:
    """The next changes after ``after_seq``, at most ``limit``, in order and without gaps."""
    at = tables.item_revisions.c
    query = (
        sa.select(at.seq, at.item_id, at.revision, at.action, at.datestamp, at.payload)
        .where(at.seq > after_seq)
        .order_by(at.seq)
        .limit(limit)
    )
    with db.read() as session:
        return [_entry(row) for row in session.execute(query)]


def cursor(db: Database, receiver: str) -> int:
    """Up to which number the receiver has everything; 0 for one that never got anything."""
    at = tables.deliveries.c
    with db.read() as session:
        found = session.execute(sa.select(sa.func.max(at.seq)).where(at.receiver == receiver)).scalar()
        return int(found or 0)


def advance(db: Database, receiver: str, seq: int, receipt: Mapping[str, Any]) -> int:
    """Notes that the receiver has everything up to ``seq``; where its cursor stands afterwards comes back.

    Said again, or out of order, it changes nothing: a cursor never moves back.
    """
    at = tables.deliveries.c
    with db.begin() as session:
        take_lock(session, f"deliver {receiver}")
        stands = int(session.execute(sa.select(sa.func.max(at.seq)).where(at.receiver == receiver)).scalar() or 0)
        if seq <= stands:
            return stands
        insert = insert_into(session, tables.deliveries)
        session.execute(insert.values(receiver=receiver, seq=seq, at=utcnow(), receipt=dict(receipt)))
        return seq


def deliveries(db: Database, receiver: str | None = None, limit: int = 100) -> list[Delivery]:
    """The latest deliveries, newest first."""
    at = tables.deliveries.c
    query = sa.select(at.receiver, at.seq, at.at, at.receipt).order_by(at.id.desc()).limit(limit)
    if receiver is not None:
        query = query.where(at.receiver == receiver)
    with db.read() as session:
        return [Delivery(**row) for row in session.execute(query).mappings()]


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
