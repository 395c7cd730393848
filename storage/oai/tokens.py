"""Resumption tokens: what was asked for and how far the list has come, signed, so that nothing is kept between pages.

The place in a list is the number of the last change that was handed out. Numbers grow as datestamps do (see
``catalogue.revisions``), so it stays a place in the order of datestamps also among changes of one second, and an item
that changes meanwhile moves behind it. Signed with a key of this installation, for a place that a client made up
would silently leave records out.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from storage import tables
from storage.database import Database, insert_into, utcnow
from storage.oai.arguments import Span
from storage.oai.errors import BAD_RESUMPTION_TOKEN, Problem, Refused

# a client that comes back later has better begun a new list, from the day it knows
LIFE: Final = dt.timedelta(days=7)
_NAME: Final = "oai_tokens"
_MINE: Final = tables.secrets.c.name == _NAME


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A list that was asked for, and how far it has come."""

    prefix: str
    set: str | None = None
    span: Span = field(default_factory=Span)
    after: int = 0  # number of the last change handed out; 0: none yet
    handed_out: int = 0  # records so far
    size: int | None = None  # records of the whole list, as counted when it began


def key(db: Database) -> bytes:
    """The key of this installation. Where it was taken out, a new one is made, and no token of before is good."""
    query = sa.select(tables.secrets.c.value).where(_MINE)
    with db.read() as session:
        found = session.execute(query).scalar_one_or_none()
    if found is None:
        with db.begin() as session:
            insert = insert_into(session, tables.secrets).values(name=_NAME, value=secrets.token_hex(32))
            session.execute(insert.on_conflict_do_nothing())
            found = session.execute(query).scalar_one()
    return bytes.fromhex(found)


def write(verb: str, wanted: Wanted, secret: bytes, expires: dt.datetime) -> str:
    """The token with which ``verb`` goes on with the list until ``expires``. The list's beginning is behind it."""
    before = wanted.span.before
    facts = [
        verb,
        wanted.prefix,
        wanted.set,
        None if before is None else before.isoformat(),
        wanted.after,
        wanted.handed_out,
        wanted.size,
        int(expires.timestamp()),
    ]
    return _signed(_text(json.dumps(facts, separators=(",", ":")).encode()), secret)


def read(token: str, verb: str, secret: bytes) -> Wanted:
    """What the token goes on with.

    :raises Refused: we did not write it, or not for this verb, or it has expired.
    """
    body = token.partition(".")[0]
    if not hmac.compare_digest(_signed(body, secret).encode(), token.encode("utf-8", "replace")):
        raise Refused(Problem(BAD_RESUMPTION_TOKEN, "the token is not one of ours, or was altered"))
    issued_for, prefix, spec, before, after, handed_out, size, expires = json.loads(base64.urlsafe_b64decode(body))
    if issued_for != verb:
        raise Refused(Problem(BAD_RESUMPTION_TOKEN, f"the token goes on with {issued_for}"))
    if expires < utcnow().timestamp():
        raise Refused(Problem(BAD_RESUMPTION_TOKEN, "the token has expired: begin the list anew"))
    span = Span(before=None if before is None else dt.datetime.fromisoformat(before))
    return Wanted(prefix=prefix, set=spec, span=span, after=after, handed_out=handed_out, size=size)


def _signed(body: str, secret: bytes) -> str:
    signature = hmac.digest(secret, body.encode("utf-8", "replace"), hashlib.sha256)
    return f"{body}.{_text(signature)}"


def _text(data: bytes) -> str:
    """URL-safe base64; the body is padded with blanks in front so that no = is needed, which queries must escape."""
    return base64.urlsafe_b64encode(b" " * (-len(data) % 3) + data).decode("ascii")
