"""Who an account is at the city's OpenID Connect provider: one identity an account, one account an identity.

An identity opens an account only after it was linked: by its owner, who is signed in and says the password, or by a
one-time link of the office that is accepted through the provider. Nobody gets an account by existing at the provider.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, rows_affected, storable, take_lock, utcnow
from storage.exceptions import PeopleRefused
from storage.people import audit, sessions


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Somebody at a provider. ``shown`` is the name it calls them by, for people to read; nothing rests on it."""

    issuer: str
    subject: str
    shown: str


@dataclass(frozen=True, kw_only=True)
class Linked:
    """The identity of an account, and since when."""

    identity: Identity
    linked_at: dt.datetime


def of_account(db: Database, account: str) -> Linked | None:
    """The identity that opens ``account``; None where none does."""
    at = tables.identities.c
    with db.read() as session:
        row = session.execute(sa.select(tables.identities).where(at.account == account)).first()
    if row is None:
        return None
    known = Identity(issuer=row.issuer, subject=row.subject, shown=row.shown)
    return Linked(identity=known, linked_at=row.linked_at)


def linked_accounts(db: Database) -> set[str]:
    """The accounts that an identity opens."""
    with db.read() as session:
        return set(session.execute(sa.select(tables.identities.c.account)).scalars())


def link(db: Database, account: str, identity: Identity, *, address: str | None = None) -> None:
    """Lets ``identity`` open ``account``, in the place of the one before.

    :raises PeopleRefused: it opens another account ("linked").
    """
    moment = utcnow()
    with db.begin() as session:
        bind(session, account, identity, moment)
        facts = {"issuer": identity.issuer, "identity": identity.shown}
        audit.note(session, account, "identity.linked", account, facts=facts, address=address, at=moment)


def bind(session: Session, account: str, identity: Identity, moment: dt.datetime) -> None:
    """Writes the link, within the caller's transaction.

    :raises PeopleRefused: the identity opens another account ("linked").
    """
    take_lock(session, "identities")
    at = tables.identities.c
    here = (at.issuer == identity.issuer, at.subject == identity.subject)
    owner = session.execute(sa.select(at.account).where(*here)).scalar()
    if owner is not None and owner != account:
        raise PeopleRefused("linked", f"{identity.shown} at {identity.issuer} opens another account already")
    session.execute(sa.delete(tables.identities).where(at.account == account))
    values = {"issuer": identity.issuer, "subject": identity.subject, "shown": storable(identity.shown)}
    session.execute(sa.insert(tables.identities).values(**values, account=account, linked_at=moment))


def unlink(db: Database, account: str, *, address: str | None = None) -> None:
    """No identity opens ``account`` any more.

    :raises PeopleRefused: the account has no password: nothing would open it ("only_way").
    """
    at, own = tables.identities.c, tables.accounts.c
    with db.begin() as session:
        if not session.execute(sa.select(own.password).where(own.name == account)).scalar():
            raise PeopleRefused("only_way", f"{account} has no password: nothing else opens it")
        if rows_affected(session.execute(sa.delete(tables.identities).where(at.account == account))):
            audit.note(session, account, "identity.unlinked", account, address=address)


def has_password(db: Database, account: str) -> bool:
    """Whether ``account`` can be opened with a password."""
    at = tables.accounts.c
    with db.read() as session:
        return bool(session.execute(sa.select(at.password).where(at.name == account)).scalar())


def sign_in(db: Database, identity: Identity, *, address: str | None = None, now: dt.datetime | None = None) -> str:
    """The token of a new session of the account that ``identity`` opens.

    :raises PeopleRefused: it opens none, or that account is closed ("unlinked": nobody is told which).
    """
    moment = now or utcnow()
    at, account = tables.identities.c, tables.accounts.c
    query = (
        sa.select(account.name)
        .join(tables.identities, at.account == account.name)
        .where(at.issuer == identity.issuer, at.subject == identity.subject, account.closed_at.is_(None))
    )
    with db.begin() as session:
        name = session.execute(query).scalar()
        what = "signed_in" if name else "sign_in.failed"
        facts = {"by": "oidc"} if name else {"by": "oidc", "issuer": identity.issuer, "subject": identity.subject}
        audit.note(session, name or identity.shown or "oidc", what, facts=facts, address=address, at=moment)
    if name is None:
        raise PeopleRefused("unlinked", f"{identity.subject} at {identity.issuer} opens no account")
    return sessions.begin(db, name, address=address, now=moment)
