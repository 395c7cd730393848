"""What files say, by their content: text, kind and what became of reading them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, storable
from storage.formats.json_item import evidence_json, evidence_of
from storage.schema import Evidence

READ: Final = ("read", "empty")  # outcomes of which nothing need be told to anybody
_AT_ONCE: Final = 500


@dataclass(frozen=True, kw_only=True)
class Content:
    """One file's content. ``outcome`` and ``kind`` as of the reader; ``whole``: the text is all there is."""

    sha256: str
    size: int
    kind: str
    outcome: str
    detail: str | None
    pages: int | None
    text: str
    whole: bool
    reader: str
    evidence: Evidence
    read_at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class NotRead:
    """A fetched file whose content this reader has not read."""

    sha256: str
    url: str
    name: str | None
    evidence: Evidence


def unread(db: Database, reader: str, *, limit: int) -> list[NotRead]:
    """Fetched files that a reader of this version has not read, one for each content."""
    at, told = tables.file_fetches.c, tables.file_contents.c
    query = (
        sa.select(at.sha256, sa.func.min(at.url).label("url"))
        .outerjoin(tables.file_contents, sa.and_(told.sha256 == at.sha256, told.reader == reader))
        .where(at.sha256.is_not(None), told.sha256.is_(None))
        .group_by(at.sha256)
        .order_by(at.sha256)
        .limit(limit)
    )
    with db.read() as session:
        urls = [row.url for row in session.execute(query)]
        rows = session.execute(sa.select(at.sha256, at.url, at.name, at.evidence).where(at.url.in_(urls))).mappings()
        return [NotRead(**{**row, "evidence": evidence_of(row["evidence"])}) for row in rows]


def keep_content(db: Database, content: Content) -> bool:
    """Keeps what a file says, in the place of what an earlier reader said of it; its items are to be told.

    :returns: whether an earlier reader had read another text out of it.
    """
    values = storable(vars(content)) | {
        "evidence": storable(evidence_json(content.evidence)),
        "read_at": content.read_at,
    }
    with db.begin() as session:
        where = tables.file_contents.c.sha256 == content.sha256
        before = session.execute(sa.select(tables.file_contents.c.text).where(where)).scalar()
        session.execute(sa.delete(tables.file_contents).where(where))
        session.execute(sa.insert(tables.file_contents).values(**values))
        same = tables.file_fetches.c.sha256 == content.sha256
        session.execute(sa.update(tables.file_fetches).where(same).values(told=None))
    return before is not None and before != values["text"]


def forget_readings(db: Database) -> int:
    """Has every content read again by the reader of today; how many there are. What they said stays until then."""
    at = tables.file_contents.c
    with db.begin() as session:
        count = session.execute(sa.select(sa.func.count()).select_from(tables.file_contents)).scalar_one()
        session.execute(sa.update(tables.file_contents).where(at.reader != "").values(reader=""))
    return int(count)


def get_content(db: Database, sha256: str) -> Content | None:
    """What is known of one content."""
    query = sa.select(*tables.file_contents.c).where(tables.file_contents.c.sha256 == sha256)
    with db.read() as session:
        row = session.execute(query).mappings().first()
    return None if row is None else _content(row)


def of_contents(db: Database, sums: Iterable[str]) -> dict[str, Content]:
    """What is known of contents by their sum, the text left out."""
    wanted = list(dict.fromkeys(sums))
    columns = [column for column in tables.file_contents.c if column.name != "text"]
    found: dict[str, Content] = {}
    with db.read() as session:
        for start in range(0, len(wanted), _AT_ONCE):
            query = sa.select(*columns).where(tables.file_contents.c.sha256.in_(wanted[start : start + _AT_ONCE]))
            found |= {row["sha256"]: _content({**row, "text": ""}) for row in session.execute(query).mappings()}
    return found


def texts_in(session: Session, sums: Iterable[str], *, most: int) -> dict[str, str]:
    """:func:`texts_of` within the caller's transaction."""
    at = tables.file_contents.c
    wanted = list(dict.fromkeys(sums))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = sa.select(at.sha256, sa.func.substr(at.text, 1, most).label("text"))
        rows = session.execute(query.where(at.sha256.in_(wanted[start : start + _AT_ONCE]), at.text != ""))
        found |= {row.sha256: row.text for row in rows}
    return found


def texts_of(db: Database, sums: Iterable[str], *, most: int) -> dict[str, str]:
    """The texts of contents, each cut after ``most`` characters; those without text are left out."""
    with db.read() as session:
        return texts_in(session, sums, most=most)


def count_contents(db: Database) -> dict[tuple[str, str], int]:
    """How many contents came to what: (outcome, kind) → count."""
    at = tables.file_contents.c
    query = sa.select(at.outcome, at.kind, sa.func.count()).group_by(at.outcome, at.kind).order_by(at.outcome, at.kind)
    with db.read() as session:
        return {(outcome, kind): count for outcome, kind, count in session.execute(query)}


def not_read_well(db: Database, *, limit: int = 100) -> Iterator[tuple[str, str, str, str, str | None]]:
    """Files that say nothing to us: unit, item, address, outcome, detail; the latest first."""
    at, told = tables.file_fetches.c, tables.file_contents.c
    query = (
        sa.select(at.unit, at.item, at.url, told.outcome, told.detail)
        .join(tables.file_contents, told.sha256 == at.sha256)
        .where(told.outcome.not_in(READ))
        .order_by(told.read_at.desc(), at.url)
        .limit(limit)
    )
    with db.read() as session:
        yield from (tuple(row) for row in session.execute(query))


def _content(row: Mapping[Any, Any]) -> Content:
    return Content(**{**row, "evidence": evidence_of(row["evidence"])})
