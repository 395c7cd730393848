"""Where each receiver stands: its cursor moves with its receipts, and a failure holds it until its next attempt.

A crash between sending and noting sends the same entries again, under the same numbers, and nothing else. A receiver
is known by its name: one that is no longer configured keeps its place, one of another name is another receiver.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, insert_into, storable, take_lock, utcnow
from storage.outbox.refusals import Refused, refuse, supersede


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """That a receiver has everything up to ``seq``, with its receipt."""

    receiver: str
    seq: int
    at: dt.datetime
    receipt: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Receiving:
    """Where a receiver stands. ``failures`` in a row hold it until ``next_attempt_at``; all times in UTC."""

    name: str
    kind: str | None
    seq: int
    since: dt.datetime
    left_at: dt.datetime | None = None  # since when it is not configured any more
    at: dt.datetime | None = None
    failures: int = 0
    error: str | None = None
    failed_since: dt.datetime | None = None
    tried_at: dt.datetime | None = None
    next_attempt_at: dt.datetime | None = None


def cursor(db: Database, receiver: str) -> int:
    """Up to which number the receiver has everything, what it refused aside; 0 for one that never got anything."""
    at = tables.receivers.c
    with db.read() as session:
        return int(session.execute(sa.select(at.seq).where(at.name == receiver)).scalar() or 0)


def advance(
    db: Database,
    receiver: str,
    seq: int,
    receipt: Mapping[str, Any],
    *,
    sent: Mapping[str, int] | None = None,
    refused: Sequence[Refused] = (),
) -> int:
    """Notes that the receiver has everything up to ``seq`` but what it refused; where its cursor then stands.

    In one transaction: the cursor, the receipt, a dead letter for each refusal, and that older dead letters of the
    items of ``sent`` (item → number of its last change among those sent) are superseded. Said again, or out of order,
    it changes nothing: a cursor never moves back.
    """
    at = tables.receivers.c
    with db.begin() as session:
        take_lock(session, f"deliver {receiver}")
        stands = session.execute(sa.select(at.seq).where(at.name == receiver)).scalar()
        if seq <= (stands or 0):
            return int(stands or 0)
        now = utcnow()
        if stands is None:
            session.execute(sa.insert(tables.receivers).values(name=receiver, seq=0, since=now, failures=0))
        session.execute(sa.update(tables.receivers).where(at.name == receiver).values(seq=seq, at=now))
        insert = insert_into(session, tables.deliveries)
        session.execute(insert.values(receiver=receiver, seq=seq, at=now, receipt=storable(dict(receipt))))
        refuse(session, receiver, refused, now)
        supersede(session, receiver, sent or {}, now)
        return seq


def register(db: Database, configured: Mapping[str, str]) -> None:
    """Notes which receivers are configured now (name → kind), and since when the others are not."""
    at = tables.receivers.c
    with db.read() as session:
        if _as_configured(session) == dict(configured):
            return
    now = utcnow()
    with db.begin() as session:
        for name, kind in configured.items():
            row = insert_into(session, tables.receivers).values(name=name, kind=kind, seq=0, since=now, failures=0)
            session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"kind": kind, "left_at": None}))
        gone = sa.and_(at.name.not_in(list(configured)), at.left_at.is_(None))
        session.execute(sa.update(tables.receivers).where(gone).values(left_at=now))


def _as_configured(session: Session) -> dict[str, str | None]:
    at = tables.receivers.c
    rows = session.execute(sa.select(at.name, at.kind).where(at.left_at.is_(None)))
    return {row[0]: row[1] for row in rows}


def receivers(db: Database) -> dict[str, Receiving]:
    """Every receiver that was ever configured or delivered to, by name, those that are configured first."""
    at = tables.receivers.c
    query = sa.select(tables.receivers).order_by(at.left_at.is_not(None), at.since, at.name)
    with db.read() as session:
        return {row["name"]: Receiving(**row) for row in session.execute(query).mappings()}


def failed(db: Database, receiver: str, error: str, next_attempt_at: dt.datetime) -> None:
    """Notes that the receiver did not take what it was given, and until when it is left alone."""
    at = tables.receivers.c
    now = utcnow()
    told = {
        "failures": at.failures + 1,
        "error": storable(error),
        "failed_since": sa.func.coalesce(at.failed_since, sa.bindparam("now", now, type_=at.failed_since.type)),
        "tried_at": now,
        "next_attempt_at": next_attempt_at,
    }
    with db.begin() as session:
        new = insert_into(session, tables.receivers).values(name=receiver, seq=0, since=now, failures=0)
        session.execute(new.on_conflict_do_nothing(index_elements=["name"]))
        session.execute(sa.update(tables.receivers).where(at.name == receiver).values(**told))


def succeeded(db: Database, receiver: str) -> None:
    """Notes that the receiver answers, and took all it was given."""
    at = tables.receivers.c
    told = {"failures": 0, "error": None, "failed_since": None, "tried_at": utcnow(), "next_attempt_at": None}
    with db.begin() as session:
        session.execute(sa.update(tables.receivers).where(at.name == receiver).values(**told))


def deliveries(db: Database, receiver: str | None = None, limit: int = 100) -> list[Delivery]:
    """The latest deliveries, newest first."""
    at = tables.deliveries.c
    query = sa.select(at.receiver, at.seq, at.at, at.receipt).order_by(at.id.desc()).limit(limit)
    if receiver is not None:
        query = query.where(at.receiver == receiver)
    with db.read() as session:
        return [Delivery(**row) for row in session.execute(query).mappings()]


def prune_receipts(db: Database, receiver: str, before: dt.datetime) -> int:
    """Forgets receipts older than ``before``, but for the last of each day (UTC); how many that were."""
    at = tables.deliveries.c
    old = (at.receiver == receiver, at.at < before)
    kept = sa.select(sa.func.max(at.id)).where(*old).group_by(sa.func.date(at.at))
    query = sa.select(at.id).where(*old, at.id.not_in(kept))
    with db.read() as session:
        names = list(session.execute(query).scalars())
    for start in range(0, len(names), 500):
        with db.begin() as session:
            session.execute(sa.delete(tables.deliveries).where(at.id.in_(names[start : start + 500])))
    return len(names)
