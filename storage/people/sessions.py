"""Signing in and being signed in: a token in a cookie, its hash here, ended by hand, by idleness or by age."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from storage import tables
from storage.database import Database, storable, utcnow
from storage.exceptions import PeopleRefused
from storage.people import attempts, audit, passwords, tokens
from storage.people.accounts import Account, account_of, all_accounts, clean_name

IDLE: Final = dt.timedelta(hours=8)  # a working day
OLDEST: Final = dt.timedelta(days=7)
_SEEN_EVERY: Final = dt.timedelta(minutes=5)  # how often being seen is written down


@dataclass(frozen=True, kw_only=True)
class Session:
    """Somebody who is signed in. ``csrf`` must come with every form, for no other site can know it."""

    account: Account
    csrf: str
    begun_at: dt.datetime


def sign_in(
    db: Database, name: str, password: str, *, address: str | None = None, now: dt.datetime | None = None
) -> str:
    """The token of a new session.

    :raises PeopleRefused: name and password do not belong together ("wrong"), or it is not heard yet ("wait").
    """
    moment = now or utcnow()
    try:
        chosen = clean_name(name)
    except PeopleRefused:
        chosen = name[:64]  # guarded like any other name, and nobody's
    wait = attempts.wait_s(db, chosen, address, moment)
    if wait > 0:
        raise PeopleRefused("wait", f"too many tries: wait {max(1, round(wait))} s", wait_s=wait)
    at = tables.accounts.c
    with db.read() as session:
        found = session.execute(sa.select(tables.accounts).where(at.name == storable(chosen))).first()
    kept = found.password if found is not None and found.closed_at is None else None
    good = passwords.is_right(password[: passwords.MOST + 1], kept)  # slow on purpose: outside of any transaction
    with db.begin() as session:
        attempts.record(session, chosen, address, moment, good=good)
        audit.note(session, chosen, "signed_in" if good else "sign_in.failed", address=address, at=moment)
        if good and kept is not None and passwords.is_old(kept):
            renewed = sa.update(tables.accounts).where(at.name == chosen)
            session.execute(renewed.values(password=passwords.hashed(password)))
    if not good:
        raise PeopleRefused("wrong", "name and password do not belong together")
    return begin(db, chosen, address=address, now=moment)


def begin(db: Database, account: str, *, address: str | None = None, now: dt.datetime | None = None) -> str:
    """Begins a session of an account that has proved who it is; its token comes back, and is kept nowhere."""
    moment = now or utcnow()
    token = tokens.new()
    at = tables.sessions.c
    values = {"token": tokens.hashed(token), "account": account, "begun_at": moment, "seen_at": moment}
    with db.begin() as session:
        over = sa.or_(at.seen_at < moment - IDLE, at.begun_at < moment - OLDEST)
        session.execute(sa.delete(tables.sessions).where(over))
        session.execute(sa.insert(tables.sessions).values(**values, address=address))
        last = sa.update(tables.accounts).where(tables.accounts.c.name == account)
        session.execute(last.values(signed_in_at=moment))
    return token


def who(db: Database, token: str | None, *, now: dt.datetime | None = None) -> Session | None:
    """Who is signed in with this token; None where nobody is any more."""
    if not token:
        return None
    moment = now or utcnow()
    at, account = tables.sessions.c, tables.accounts.c
    query = (
        all_accounts()
        .add_columns(at.begun_at, at.seen_at)
        .join(tables.sessions, account.name == at.account)
        .where(at.token == tokens.hashed(token), account.closed_at.is_(None))
        .where(at.seen_at >= moment - IDLE, at.begun_at >= moment - OLDEST)
    )
    with db.read() as session:
        row = session.execute(query).mappings().first()
    if row is None:
        return None
    if moment - row["seen_at"] > _SEEN_EVERY:
        with db.begin() as session:
            seen = sa.update(tables.sessions).where(at.token == tokens.hashed(token))
            session.execute(seen.values(seen_at=moment))
    return Session(account=account_of(row), csrf=tokens.derived(token, "csrf"), begun_at=row["begun_at"])


def end(db: Database, token: str, *, address: str | None = None) -> None:
    """Ends a session; said again it changes nothing."""
    at = tables.sessions.c
    with db.begin() as session:
        gone = sa.delete(tables.sessions).where(at.token == tokens.hashed(token)).returning(at.account)
        account = session.execute(gone).scalar()
        if account is not None:
            audit.note(session, account, "signed_out", address=address)
