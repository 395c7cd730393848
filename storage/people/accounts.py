"""Accounts: a name, a role, a password's hash. A closed account keeps its name and its deeds, and opens nothing."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, fields
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, rows_affected, utcnow
from storage.exceptions import PeopleRefused, UnknownTarget
from storage.people import audit
from storage.people.roles import Action, may
from storage.schema import Role

_NAME: Final = re.compile(r"[\w.@-]{2,64}")


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person of the console. ``unit`` is the one they speak for, of a unit's person only."""

    name: str
    shown: str  # how others read it: 张三
    role: Role
    unit: str | None
    made_at: dt.datetime
    closed_at: dt.datetime | None = None
    signed_in_at: dt.datetime | None = None  # the last time

    def may(self, action: Action, unit: str | None = None) -> bool:
        """Whether they may do ``action`` in a matter of ``unit``."""
        return self.closed_at is None and may(self.role, self.unit, action, unit)


FIELDS: Final = tuple(one.name for one in fields(Account))


def clean_name(text: str) -> str:
    """The name that is kept for what was typed: one width, one case.

    :raises PeopleRefused: it is no name.
    """
    name = unicodedata.normalize("NFKC", text).strip().casefold()
    if not _NAME.fullmatch(name):
        raise PeopleRefused("name", f"{text!r}: a name has 2 to 64 letters, digits, Chinese characters or . _ @ -")
    return name


def get(db: Database, name: str) -> Account | None:
    """The account of this name, closed ones too."""
    with db.read() as session:
        row = session.execute(all_accounts().where(tables.accounts.c.name == name)).mappings().first()
    return None if row is None else account_of(row)


def accounts(db: Database) -> list[Account]:
    """Every account, open ones first, by name."""
    at = tables.accounts.c
    ordered = all_accounts().order_by(at.closed_at.is_not(None), at.name)
    with db.read() as session:
        return [account_of(row) for row in session.execute(ordered).mappings()]


def close(db: Database, name: str, *, by: str, address: str | None = None) -> None:
    """Closes an account and ends its sessions at once.

    :raises UnknownTarget: there is no such open account.
    :raises PeopleRefused: it is the last of the office: nobody could open another.
    """
    at, other = tables.accounts.c, tables.accounts.c
    with db.begin() as session:
        offices = session.execute(
            sa.select(other.name).where(other.role == Role.OFFICE.value, other.closed_at.is_(None)).with_for_update()
        ).scalars()
        if list(offices) == [name]:
            raise PeopleRefused("last", f"{name} is the office's last account: open another before closing it")
        done = session.execute(
            sa.update(tables.accounts).where(at.name == name, at.closed_at.is_(None)).values(closed_at=utcnow())
        )
        if rows_affected(done) != 1:
            raise UnknownTarget(f"no open account {name!r}; gongkai people list shows them")
        session.execute(sa.delete(tables.sessions).where(tables.sessions.c.account == name))
        audit.note(session, by, "account.closed", name, address=address)


def reopen(db: Database, name: str, *, by: str, address: str | None = None) -> None:
    """Opens a closed account again, with the password it had.

    :raises UnknownTarget: there is no such closed account.
    """
    at = tables.accounts.c
    with db.begin() as session:
        done = session.execute(
            sa.update(tables.accounts).where(at.name == name, at.closed_at.is_not(None)).values(closed_at=None)
        )
        if rows_affected(done) != 1:
            raise UnknownTarget(f"no closed account {name!r}; gongkai people list shows them")
        audit.note(session, by, "account.reopened", name, address=address)


def is_empty(session: Session) -> bool:
    """Whether nobody has an account yet."""
    return session.execute(sa.select(sa.func.count()).select_from(tables.accounts)).scalar_one() == 0


def account_of(row: Any) -> Account:
    """The account that a row of :func:`all_accounts` holds, among what else the row has."""
    known = {name: row[name] for name in FIELDS}
    return Account(**{**known, "role": Role(row["role"])})


def all_accounts() -> sa.Select[Any]:
    """Asks for accounts, without their passwords."""
    return sa.select(*(tables.accounts.c[name] for name in FIELDS))
