"""What people do with their own account: another password, for which the old one is asked; an end to other sessions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from storage import tables
from storage.database import Database, rows_affected, utcnow
from storage.exceptions import PeopleRefused
from storage.people import attempts, audit, passwords, tokens
from storage.people.invitations import checked_password
from storage.people.sessions import IDLE, OLDEST


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an account is signed in. ``is_here``: it is the session that asks."""

    begun_at: dt.datetime
    seen_at: dt.datetime
    address: str | None
    is_here: bool


def places(db: Database, account: str, token: str, *, now: dt.datetime | None = None) -> list[Place]:
    """Where ``account`` is signed in, the latest first; ``token`` is the session that asks."""
    moment = now or utcnow()
    at = tables.sessions.c
    query = (
        sa.select(at.token, at.begun_at, at.seen_at, at.address)
        .where(at.account == account, at.seen_at >= moment - IDLE, at.begun_at >= moment - OLDEST)
        .order_by(at.begun_at.desc(), at.token)
    )
    here = tokens.hashed(token)
    with db.read() as session:
        return [
            Place(begun_at=row.begun_at, seen_at=row.seen_at, address=row.address, is_here=row.token == here)
            for row in session.execute(query)
        ]


def end_others(db: Database, account: str, token: str, *, address: str | None = None) -> int:
    """Ends every session of ``account`` but the one of ``token``; how many there were."""
    at = tables.sessions.c
    with db.begin() as session:
        others = sa.delete(tables.sessions).where(at.account == account, at.token != tokens.hashed(token))
        ended = rows_affected(session.execute(others))
        audit.note(session, account, "sessions.ended", account, facts={"sessions": ended}, address=address)
    return ended


def prove(db: Database, account: str, password: str, *, address: str | None = None, now: dt.datetime) -> None:
    """Whether somebody who is signed in knows the account's password; wrong ones count like those at the door.

    :raises PeopleRefused: they do not ("old"), or it is not heard yet ("wait").
    """
    wait = attempts.wait_s(db, account, address, now)
    if wait > 0:
        raise PeopleRefused("wait", f"too many tries: wait {max(1, round(wait))} s", wait_s=wait)
    at = tables.accounts.c
    with db.read() as session:
        kept = session.execute(sa.select(at.password).where(at.name == account, at.closed_at.is_(None))).scalar()
    if passwords.is_right(password[: passwords.MOST + 1], kept):
        return
    with db.begin() as session:
        attempts.record(session, account, address, now, good=False)
        audit.note(session, account, "password.refused", account, address=address, at=now)
    raise PeopleRefused("old", "this is not the account's password")


def change_password(
    db: Database,
    account: str,
    shown: str,
    old: str,
    new: str,
    *,
    token: str,
    address: str | None = None,
    now: dt.datetime | None = None,
) -> None:
    """Another password; every session but the one of ``token`` ends.

    :raises PeopleRefused: the old one is wrong ("old"), not heard yet ("wait"), or the new one is weak (which way).
    """
    moment = now or utcnow()
    prove(db, account, old, address=address, now=moment)
    kept = checked_password(new, account, shown)
    at, here = tables.accounts.c, tables.sessions.c
    with db.begin() as session:
        session.execute(sa.update(tables.accounts).where(at.name == account).values(password=kept))
        session.execute(sa.delete(tables.sessions).where(here.account == account, here.token != tokens.hashed(token)))
        attempts.record(session, account, address, moment, good=True)
        audit.note(session, account, "password.changed", account, address=address, at=moment)
