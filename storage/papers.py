"""The papers that were made (提示单, 通报, 工作簿 …): kept byte for byte, with what they were made of and by whom."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database, storable, take_lock, utcnow
from storage.exceptions import UnknownTarget


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One paper without its bytes. ``facts`` say what it was made of; ``made_at`` in UTC; ``size`` in bytes."""

    id: str
    kind: str
    unit: str | None
    name: str
    media_type: str
    size: int
    sha256: str
    facts: Mapping[str, Any]
    made_at: dt.datetime
    made_by: str


_COLUMNS = [column for column in tables.papers.c if column.name != "content"]


def keep(
    db: Database,
    kind: str,
    name: str,
    media_type: str,
    content: bytes,
    *,
    by: str,
    unit: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Paper:
    """Keeps a paper; it comes back with its id."""
    paper = Paper(
        id=uuid.uuid4().hex,
        kind=kind,
        unit=unit,
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        facts=storable(dict(facts or {})),
        made_at=utcnow(),
        made_by=by,
    )
    with db.begin() as session:
        session.execute(sa.insert(tables.papers).values(**vars(paper), content=content))
    return paper


def latest(db: Database, *, kind: str | None = None, unit: str | None = None, limit: int = 100) -> list[Paper]:
    """The papers made last, newest first."""
    at = tables.papers.c
    query = sa.select(*_COLUMNS).order_by(at.made_at.desc(), at.id).limit(limit)
    if kind is not None:
        query = query.where(at.kind == kind)
    if unit is not None:
        query = query.where(at.unit == unit)
    with db.read() as session:
        return [Paper(**row) for row in session.execute(query).mappings()]


def get(db: Database, paper: str) -> Paper | None:
    """One paper, without its bytes."""
    with db.read() as session:
        row = session.execute(sa.select(*_COLUMNS).where(tables.papers.c.id == paper)).mappings().first()
    return None if row is None else Paper(**row)


def content(db: Database, paper: str) -> bytes | None:
    """The bytes of a paper."""
    with db.read() as session:
        found: bytes | None = session.execute(
            sa.select(tables.papers.c.content).where(tables.papers.c.id == paper)
        ).scalar()
        return found


def send(db: Database, paper: str, *, by: str) -> None:
    """Notes that a paper went out, beside what it was made of; a second time changes nothing.

    :raises UnknownTarget: there is no such paper.
    """
    at = tables.papers.c
    with db.begin() as session:
        take_lock(session, "papers")
        facts = session.execute(sa.select(at.facts).where(at.id == paper)).scalar()
        if facts is None:
            raise UnknownTarget(f"no paper {paper} in {db.name}")
        if "sent" not in facts:
            sent = {"at": utcnow().isoformat(), "by": by}
            session.execute(sa.update(tables.papers).where(at.id == paper).values(facts={**facts, "sent": sent}))
