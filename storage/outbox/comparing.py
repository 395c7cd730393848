"""What came of comparing what receivers hold with what they should hold, kept with its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from storage import tables
from storage.database import Database, storable

KEPT: Final = 500  # of a receiver: more than a year of daily ones


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """One comparison. ``drift`` is the sum of ``counts``; ``samples`` names a few items of each count."""

    receiver: str
    began_at: dt.datetime
    ended_at: dt.datetime
    seq: int  # the receiver's cursor when it began
    ours: int  # items it should know of, withdrawn ones too
    held: int  # items it holds, tombstones too
    counts: Mapping[str, int]
    drift: int
    samples: Mapping[str, Sequence[Mapping[str, Any]]]


def keep_reconciliation(db: Database, told: Reconciliation) -> None:
    """Keeps it, and forgets the oldest of the receiver."""
    at = tables.reconciliations.c
    with db.begin() as session:
        session.execute(
            sa.insert(tables.reconciliations).values(**{**vars(told), "samples": storable(dict(told.samples))})
        )
        old = sa.select(at.id).where(at.receiver == told.receiver).order_by(at.id.desc()).offset(KEPT).limit(1)
        oldest = session.execute(old).scalar()
        if oldest is not None:
            session.execute(sa.delete(tables.reconciliations).where(at.receiver == told.receiver, at.id <= oldest))


def reconciliations(db: Database, receiver: str, limit: int = 10) -> list[Reconciliation]:
    """The latest of a receiver, newest first."""
    at = tables.reconciliations.c
    query = sa.select(tables.reconciliations).where(at.receiver == receiver).order_by(at.id.desc()).limit(limit)
    with db.read() as session:
        rows = session.execute(query).mappings().all()
    return [Reconciliation(**{name: value for name, value in row.items() if name != "id"}) for row in rows]


def drifts(db: Database) -> dict[str, int]:
    """The latest drift of every receiver that was ever compared."""
    at = tables.reconciliations.c
    newest = sa.select(sa.func.max(at.id)).group_by(at.receiver)
    with db.read() as session:
        query = sa.select(at.receiver, at.drift).where(at.id.in_(newest))
        return {row[0]: row[1] for row in session.execute(query)}
