"""What everyone did, in order: written in the transaction of the deed where there is one, never changed afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, storable, utcnow


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One deed. ``subject`` is what it was done to: an account, a finding, a unit …"""

    id: int
    at: dt.datetime
    who: str
    action: str
    subject: str | None
    facts: Mapping[str, Any]
    address: str | None  # from where


def note(
    db: Database | Session,
    who: str,
    action: str,
    subject: str | None = None,
    *,
    facts: Mapping[str, Any] | None = None,
    address: str | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Writes a deed down; within the caller's transaction where that is handed in."""
    values = {
        "at": at or utcnow(),
        "who": storable(who),
        "action": action,
        "subject": storable(subject),
        "facts": storable(dict(facts or {})),
        "address": address,
    }
    if isinstance(db, Session):
        db.execute(sa.insert(tables.audit).values(**values))
        return
    with db.begin() as session:
        session.execute(sa.insert(tables.audit).values(**values))


def entries(db: Database, *, before: int | None = None, who: str | None = None, limit: int = 100) -> Iterator[Entry]:
    """The latest deeds, newest first.

    :param before: those with a smaller id, to go on from a page.
    """
    at = tables.audit.c
    query = sa.select(tables.audit).order_by(at.id.desc()).limit(limit)
    if before is not None:
        query = query.where(at.id < before)
    if who is not None:
        query = query.where(at.who == who)
    with db.read() as session:
        found = session.execute(query).mappings().all()
    for row in found:
        yield Entry(**row)
