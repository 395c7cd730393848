"""Leases on hosts: one host is in at most one crawl at a time, and a crawl that died lets go by itself.

Times are the caller's clock; processes of one installation share it, or run a time service.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from storage import tables
from storage.database import Database, insert_into, rows_affected, utcnow


def acquire(db: Database, host: str, holder: str, seconds: float, *, now: dt.datetime | None = None) -> bool:
    """Whether ``holder`` has ``host`` for ``seconds`` from now: it was free, run out, or already the holder's."""
    at = now or utcnow()
    until = at + dt.timedelta(seconds=seconds)
    with db.begin() as session:
        insert = insert_into(session, tables.leases).values(host=host, holder=holder, until=until)
        lease = tables.leases.c
        free = sa.or_(lease.until <= at, lease.holder == holder)
        taken = insert.on_conflict_do_update(
            index_elements=["host"], set_={"holder": holder, "until": until}, where=free
        )
        return session.execute(taken.returning(lease.host)).first() is not None


def renew(db: Database, host: str, holder: str, seconds: float, *, now: dt.datetime | None = None) -> bool:
    """Extends the lease to ``seconds`` from now; False when it is no longer the holder's: stop fetching."""
    until = (now or utcnow()) + dt.timedelta(seconds=seconds)
    lease = tables.leases.c
    mine = (lease.host == host, lease.holder == holder)
    with db.begin() as session:
        return rows_affected(session.execute(sa.update(tables.leases).where(*mine).values(until=until))) == 1


def release(db: Database, host: str, holder: str) -> bool:
    """Lets go of the host; False when it was not the holder's any more."""
    lease = tables.leases.c
    with db.begin() as session:
        return (
            rows_affected(session.execute(sa.delete(tables.leases).where(lease.host == host, lease.holder == holder)))
            == 1
        )


def holder_of(db: Database, host: str, *, now: dt.datetime | None = None) -> str | None:
    """Who has the host now; None when it is free."""
    lease = tables.leases.c
    query = sa.select(lease.holder).where(lease.host == host, lease.until > (now or utcnow()))
    with db.read() as session:
        found: str | None = session.execute(query).scalar()
        return found
