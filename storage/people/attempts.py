"""Who tries too many passwords waits: by account and by address, longer each time.

A name is guarded whether it exists or not, so that waiting tells nobody which names there are. After a few failures
within the window each further one doubles the wait, to a ceiling: an attacker cannot lock a person out for good.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, storable

WINDOW: Final = dt.timedelta(hours=1)
FREE: Final = {"account": 5, "address": 20}  # failures without a wait; offices share an address
CEILING_S: Final = 900.0


def wait_s(db: Database, account: str, address: str | None, now: dt.datetime) -> float:
    """Seconds until another try is heard; 0 where it is now."""
    with db.read() as session:
        waits = [_wait(session, "account", account, now)]
        if address is not None:
            waits.append(_wait(session, "address", address, now))
    return max(waits)


def wait_here_s(db: Database, address: str | None, now: dt.datetime) -> float:
    """Seconds until another try from this address is heard, whoever it is for; 0 where it is now."""
    if address is None:
        return 0.0
    with db.read() as session:
        return _wait(session, "address", address, now)


def record(session: Session, account: str, address: str | None, now: dt.datetime, *, good: bool) -> None:
    """Keeps a try; a good one clears the account's failures, and what is older than the window is forgotten."""
    at = tables.sign_ins.c
    session.execute(sa.delete(tables.sign_ins).where(at.at < now - WINDOW))
    if good:
        session.execute(sa.delete(tables.sign_ins).where(at.account == storable(account)))
        return
    session.execute(sa.insert(tables.sign_ins).values(account=storable(account), address=address, at=now))


def _wait(session: Session, column: str, value: str, now: dt.datetime) -> float:
    at = tables.sign_ins.c
    here = (at[column] == storable(value), at.at >= now - WINDOW)
    count, last = session.execute(sa.select(sa.func.count(), sa.func.max(at.at, type_=at.at.type)).where(*here)).one()
    over = count - FREE[column]
    if over < 0:
        return 0.0
    until = last + dt.timedelta(seconds=min(CEILING_S, 2.0 ** min(over + 1, 20)))
    return max(0.0, float((until - now).total_seconds()))
