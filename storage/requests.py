"""What the console asks of the flows: it leaves a request, a worker claims it, does it and leaves the answer.

So the public process holds no harvesting code, and a request that was left is done even if the page was closed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, rows_affected, storable, utcnow
from storage.exceptions import UnknownTarget


@dataclass(frozen=True, kw_only=True)
class Request:
    """One wish and what came of it. ``state`` is left, claimed, done or failed; then ``result`` or ``error`` is set."""

    id: str
    kind: str  # discover, read, harvest, recheck, replay …
    payload: Mapping[str, Any]
    state: str
    left_at: dt.datetime
    claimed_by: str | None = None
    claimed_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    result: Any = None
    error: str | None = None


def leave(db: Database | Session, kind: str, payload: Mapping[str, Any]) -> str:
    """Leaves a request for a worker, within the caller's transaction where that is handed in; its id comes back."""
    name = uuid.uuid4().hex
    values = {"id": name, "kind": kind, "payload": storable(dict(payload)), "state": "left", "left_at": utcnow()}
    if isinstance(db, Session):
        db.execute(sa.insert(tables.requests).values(**values))
        return name
    with db.begin() as session:
        session.execute(sa.insert(tables.requests).values(**values))
    return name


def claim(db: Database, holder: str, *, stale_after_s: float = 3600, now: dt.datetime | None = None) -> Request | None:
    """The oldest request that waits, now ``holder``'s; None when none waits. No two workers get the same.

    :param stale_after_s: a claim older than this without an answer is a worker that died: it waits again.
    """
    at = tables.requests.c
    moment = now or utcnow()
    stale = sa.and_(at.state == "claimed", at.claimed_at <= moment - dt.timedelta(seconds=stale_after_s))
    query = (
        sa.select(at.id)
        .where(sa.or_(at.state == "left", stale))
        .order_by(at.left_at, at.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    with db.begin() as session:
        name = session.execute(query).scalar()
        if name is None:
            return None
        mine = {"state": "claimed", "claimed_by": holder, "claimed_at": moment}
        session.execute(sa.update(tables.requests).where(at.id == name).values(**mine))
        return _request(session.execute(sa.select(tables.requests).where(at.id == name)).mappings().one())


def renew(db: Database, request: str, holder: str, *, now: dt.datetime | None = None) -> bool:
    """Says that ``holder`` still works at a request, so that its claim does not go stale; False where it is no more
    theirs.
    """
    return _of_holder(db, request, holder, {"claimed_at": now or utcnow()})


def give_back(db: Database, request: str, holder: str) -> bool:
    """Lets a request wait again that ``holder`` was stopped at; False where it is no more theirs."""
    return _of_holder(db, request, holder, {"state": "left", "claimed_by": None, "claimed_at": None})


def _of_holder(db: Database, request: str, holder: str, values: Mapping[str, Any]) -> bool:
    at = tables.requests.c
    theirs = sa.and_(at.id == request, at.state == "claimed", at.claimed_by == holder)
    with db.begin() as session:
        return rows_affected(session.execute(sa.update(tables.requests).where(theirs).values(**values))) == 1


def forget(db: Database, before: dt.datetime) -> int:
    """Drops what was answered before a moment; how many were. What was done is in the log and stays there."""
    at = tables.requests.c
    with db.begin() as session:
        return rows_affected(session.execute(sa.delete(tables.requests).where(at.answered_at < before)))


def answer(db: Database, request: str, *, result: Any = None, error: str | None = None) -> None:
    """Answers a request: with a JSON-safe result, or with one sentence on why not.

    :raises UnknownTarget: there is no such request.
    """
    at = tables.requests.c
    state = "done" if error is None else "failed"
    values = {"state": state, "result": storable(result), "error": storable(error), "answered_at": utcnow()}
    with db.begin() as session:
        done = session.execute(sa.update(tables.requests).where(at.id == request).values(**values))
        if rows_affected(done) != 1:
            raise UnknownTarget(f"no request {request} in {db.name}: it was never left there")


def get(db: Database, request: str) -> Request | None:
    """The request as it stands."""
    with db.read() as session:
        found = session.execute(sa.select(tables.requests).where(tables.requests.c.id == request)).mappings().first()
        return None if found is None else _request(found)


def latest(db: Database, *, kinds: Iterable[str] = (), limit: int = 50) -> list[Request]:
    """The requests left last, newest first; of ``kinds`` where any are named. Results may be long: ``limit`` them."""
    at = tables.requests.c
    query = sa.select(tables.requests).order_by(at.left_at.desc(), at.id).limit(limit)
    if wanted := tuple(kinds):
        query = query.where(at.kind.in_(wanted))
    with db.read() as session:
        return [_request(row) for row in session.execute(query).mappings()]


def waits(db: Database) -> bool:
    """Whether a request waits that nobody has claimed: cheap enough to ask each second."""
    query = sa.select(tables.requests.c.id).where(tables.requests.c.state == "left").limit(1)
    with db.read() as session:
        return session.execute(query).first() is not None


def _request(row: Mapping[Any, Any]) -> Request:
    return Request(**row)
