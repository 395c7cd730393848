"""Items that may be yearly reports, and the files that we have of them: what reading asks of the catalogue.

Two statements find the candidates of the whole city; of what matches only narrow rows leave the database.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from storage import tables
from storage.database import Database, among, among_pairs
from storage.formats.json_item import evidence_of
from storage.schema import Evidence


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A live item. ``seq`` numbers its last change; ``in_place``: one of the columns asked for lists it."""

    item: str
    unit: str
    title: str
    seq: int
    in_place: bool


def candidates(db: Database, words: Collection[str], places: Collection[tuple[str, str]]) -> list[Candidate]:
    """Live items with one of ``words`` in the title, and those that stand in one of these columns, by their ids."""
    at, row = tables.items.c, tables.list_rows.c
    live = at.withdrawn_at.is_(None)
    query = sa.select(at.id, at.unit, at.title, at.seq).where(live)
    titled = [at.title.contains(word, autoescape=True) for word in sorted(words)]
    found: set[tuple[str, str, str, int]] = set()
    listed: set[str] = set()
    with db.read() as session:
        if places:
            wanted = sorted(places)
            rows = sa.select(row.item_id).where(row.missing_since.is_(None), row.item_id.is_not(None))
            listed |= set(session.execute(rows.where(among_pairs(session, (row.unit, row.column), wanted))).scalars())
            own = sa.select(at.id).where(live, among_pairs(session, (at.unit, at.column), wanted))
            listed |= set(session.execute(own).scalars())
            found |= set(session.execute(query.where(among(session, at.id, sorted(listed)))).tuples())
        if titled:
            found |= set(session.execute(query.where(sa.or_(*titled))).tuples())
    return [
        Candidate(item=item, unit=unit, title=title, seq=seq, in_place=item in listed)
        for item, unit, title, seq in sorted(found)
    ]


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What is known of a file by its address: ``state`` and ``reason`` as in ``file_fetches``."""

    url: str
    state: str
    reason: str | None
    name: str | None
    sha256: str | None
    evidence: Evidence | None
    tried_at: dt.datetime | None


def fetched(db: Database, urls: Collection[str]) -> dict[str, Fetched]:
    """What became of fetching these files, by address; those that nobody asked for are left out.

    The evidence is that of the address itself, or of the same bytes read elsewhere.
    """
    at, content = tables.file_fetches.c, tables.file_contents.c
    query = sa.select(at.url, at.state, at.reason, at.name, at.sha256, at.evidence, at.tried_at, content.evidence)
    query = query.outerjoin(tables.file_contents, content.sha256 == at.sha256)
    with db.read() as session:
        rows = session.execute(query.where(among(session, at.url, sorted(urls)))).all() if urls else []
    return {
        url: Fetched(
            url=url,
            state=state,
            reason=reason,
            name=name,
            sha256=sha256,
            evidence=evidence_of(own or read) if own or read else None,
            tried_at=tried_at,
        )
        for url, state, reason, name, sha256, own, tried_at, read in rows
    }


def tried(db: Database, items: Collection[str]) -> dict[str, dt.datetime]:
    """When a file was last asked for that one of these items named first, by item."""
    at = tables.file_fetches.c
    query = sa.select(at.item, sa.func.max(at.tried_at, type_=tables.UtcDateTime)).group_by(at.item)
    query = query.where(at.tried_at.is_not(None))
    with db.read() as session:
        rows = session.execute(query.where(among(session, at.item, sorted(items)))).tuples().all() if items else []
    return dict(rows)
