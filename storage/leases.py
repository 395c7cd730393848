"""Leases on hosts and receivers: each is in at most one run at a time, and a run that died lets go by itself.

Times are the caller's clock; processes of one installation share it, or run a time service.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import socket
import uuid

import sqlalchemy as sa

from storage import tables
from storage.database import Database, insert_into, rows_affected, utcnow


def new_holder() -> str:
    """A name for a run, under which it holds leases; it tells the machine and the process."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def take(db: Database, host: str, holder: str, seconds: float) -> bool:
    """As :func:`acquire`, also from a run of this machine that was killed before it could let go."""
    if acquire(db, host, holder, seconds):
        return True
    other = holder_of(db, host)
    if other is None or not _is_dead(other):
        return False
    release(db, host, other)
    return acquire(db, host, holder, seconds)


def _is_dead(holder: str) -> bool:
    """Whether the run was one of this machine's and its process is gone (its children end with it)."""
    told = re.fullmatch(re.escape(socket.gethostname()) + r"-(\d+)-[0-9a-f]{8}(?:-g\d+)?", holder)
    if told is None:
        return False
    try:
        os.kill(int(told[1]), 0)  # asks only whether it is there
    except ProcessLookupError:
        return True
    except PermissionError:  # it is, and another user's
        pass
    return False


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
