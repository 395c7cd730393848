"""One-time links: whoever has one chooses a password, for a new account or for one whose password is lost.

The first link of an installation makes the first account of the office; it is printed where the console is started,
and a new one is printed as long as nobody has used one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, rows_affected, storable, take_lock, utcnow
from storage.exceptions import PeopleRefused, UnknownTarget
from storage.people import audit, identities, passwords, tokens
from storage.people.accounts import Account, account_of, all_accounts, clean_name, get, is_empty
from storage.people.identities import Identity
from storage.schema import Role

VALID: Final = dt.timedelta(days=7)
_FIRST: Final = "first start"
_WEAK: Final = {
    "short": f"at least {passwords.LEAST} signs",
    "long": f"at most {passwords.MOST} signs",
    "plain": "not a run or a repetition that everybody tries",
    "name": "not little more than your name",
}


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What a link is for. ``account``: whose password is set anew; None: a new account of ``role``."""

    role: Role
    unit: str | None
    account: str | None
    made_by: str
    made_at: dt.datetime
    expires_at: dt.datetime


def invite(
    db: Database,
    role: Role,
    *,
    by: str,
    unit: str | None = None,
    account: str | None = None,
    address: str | None = None,
    now: dt.datetime | None = None,
) -> str:
    """Makes a one-time link; its token comes back, and is kept nowhere.

    :raises PeopleRefused: a unit's person needs a unit, others have none.
    :raises UnknownTarget: there is no such account, or it is closed.
    """
    moment = now or utcnow()
    if (role is Role.UNIT) != (unit is not None):
        raise PeopleRefused("unit", "a person of a unit needs its id, and nobody else has one")
    if account is not None:
        known = get(db, account)
        if known is None or known.closed_at is not None:
            raise UnknownTarget(f"no open account {account!r}; gongkai people list shows them")
    with db.begin() as session:
        token = _make(session, role, unit, account, by, moment)
        what = "password.link" if account else "account.invited"
        audit.note(session, by, what, account, facts={"role": role.value, "unit": unit}, address=address, at=moment)
    return token


def first_link(db: Database, *, now: dt.datetime | None = None) -> str | None:
    """The token of the first account's link, which replaces the one before it; None once there is an account."""
    moment = now or utcnow()
    with db.begin() as session:
        take_lock(session, "first link")
        if not is_empty(session):
            return None
        session.execute(sa.delete(tables.invitations).where(tables.invitations.c.made_by == _FIRST))
        return _make(session, Role.OFFICE, None, None, _FIRST, moment)


def open_invitation(db: Database, token: str, *, now: dt.datetime | None = None) -> Invitation | None:
    """What a link is for; None where it was used, has expired or never was."""
    with db.read() as session:
        row = _open(session, token, now or utcnow())
    if row is None:
        return None
    known = {name: row[name] for name in ("unit", "account", "made_by", "made_at", "expires_at")}
    return Invitation(role=Role(row["role"]), **known)


def accept(
    db: Database,
    token: str,
    *,
    name: str,
    shown: str,
    password: str | Identity,
    address: str | None = None,
    now: dt.datetime | None = None,
) -> Account:
    """Uses a link: the account it makes, or whose password it sets anew, comes back. All its sessions end.

    :param password: or the identity that opens the account from now on: then it has no password, also if it had one.
    :raises PeopleRefused: the link is used up, the name is taken, the password is weak, or the identity opens another
        account (``what`` says which).
    """
    moment = now or utcnow()
    with db.begin() as session:
        at = tables.invitations.c
        row = _open(session, token, moment)
        if row is None:
            raise PeopleRefused("link", "this link was used or has expired: ask for another")
        chosen = row["account"] or clean_name(name)
        kept = "" if isinstance(password, Identity) else checked_password(password, chosen, shown)
        used = sa.update(tables.invitations).where(at.token == tokens.hashed(token), at.used_at.is_(None))
        if rows_affected(session.execute(used.values(used_at=moment))) != 1:
            raise PeopleRefused("link", "this link was used or has expired: ask for another")
        account = tables.accounts.c
        known = session.execute(sa.select(tables.accounts).where(account.name == chosen)).first()
        if row["account"] is None:
            if known is not None:
                raise PeopleRefused("taken", f"the name {chosen} is taken: choose another")
            values = {"name": chosen, "shown": storable(shown.strip()) or chosen, "role": row["role"]}
            values |= {"unit": row["unit"], "made_at": moment, "password": kept}
            session.execute(sa.insert(tables.accounts).values(**values))
        else:
            if known is None or known.closed_at is not None:
                raise PeopleRefused("link", "the account of this link was closed")
            change = sa.update(tables.accounts).where(account.name == chosen)
            session.execute(change.values(password=kept))
            session.execute(sa.delete(tables.sessions).where(tables.sessions.c.account == chosen))
        facts = {"by": row["made_by"]}
        if isinstance(password, Identity):
            identities.bind(session, chosen, password, moment)
            facts |= {"issuer": password.issuer, "identity": password.shown}
        set_anew = "identity.linked" if isinstance(password, Identity) else "password.set"
        what = set_anew if row["account"] else "account.made"
        audit.note(session, chosen, what, chosen, facts=facts, address=address, at=moment)
        return account_of(session.execute(all_accounts().where(account.name == chosen)).mappings().one())


def checked_password(password: str, name: str, shown: str) -> str:
    """The hash to keep of a new password.

    :raises PeopleRefused: it is weak; ``what`` says which way.
    """
    if weak := passwords.weakness(password, name, shown):
        raise PeopleRefused(weak, f"the password is too weak: {_WEAK[weak]}")
    return passwords.hashed(password)


def _make(session: Session, role: Role, unit: str | None, account: str | None, by: str, moment: dt.datetime) -> str:
    token = tokens.new()
    what = {"role": role.value, "unit": unit, "account": account, "made_by": by}
    when = {"made_at": moment, "expires_at": moment + VALID}
    session.execute(sa.insert(tables.invitations).values(token=tokens.hashed(token), **what, **when))
    return token


def _open(session: Session, token: str, moment: dt.datetime) -> Any | None:
    at = tables.invitations.c
    here = (at.token == tokens.hashed(token), at.used_at.is_(None), at.expires_at > moment)
    return session.execute(sa.select(tables.invitations).where(*here)).mappings().first()
