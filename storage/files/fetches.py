"""Which files items name, and whether we have them: a row an address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, insert_many, storable
from storage.formats.json_item import evidence_json, evidence_of
from storage.schema import Evidence, Item

MOST_TRIES: Final = 8  # of a file that cannot be had; after it only by hand
OLD: Final = dt.timedelta(days=30)  # a file we have is asked for again, conditionally, by a whole look after this time
_KNOWN_AT_ONCE: Final = 500


class State(StrEnum):
    """Whether we have a file."""

    WAITING = "waiting"
    FETCHED = "fetched"
    FAILED = "failed"  # it is tried again
    REFUSED = "refused"  # by our own bounds: too large, another's site


@dataclass(frozen=True, kw_only=True)
class Due:
    """A file to be asked for. ``etag`` and ``last_modified`` of the one we have; ``page``: the page that names it."""

    url: str
    item: str
    page: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """A file that came. ``sha256`` is that of the body, as the evidence's."""

    url: str
    sha256: str
    status: int
    evidence: Evidence
    name: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """What is known of one address. Moments in UTC."""

    url: str
    unit: str
    column: str
    item: str
    state: State
    reason: str | None
    status: int | None
    sha256: str | None
    name: str | None
    evidence: Evidence | None
    fetched_at: dt.datetime | None
    tries: int


_FETCH: Final = tuple(
    tables.file_fetches.c[name]
    for name in [
        "url",
        "unit",
        "column",
        "item",
        "state",
        "reason",
        "status",
        "sha256",
        "name",
        "evidence",
        "fetched_at",
        "tries",
    ]
)


def want(session: Session, items: Iterable[Item], at: dt.datetime) -> None:
    """Within the transaction that keeps the items: the files they name and nobody named before are wanted."""
    named: dict[str, Item] = {}
    for item in items:
        for one in item.attachments:
            if one.url.startswith(("http://", "https://")):
                named.setdefault(storable(one.url), item)
    urls = list(named)
    for start in range(0, len(urls), _KNOWN_AT_ONCE):
        some = urls[start : start + _KNOWN_AT_ONCE]
        known = set(
            session.execute(sa.select(tables.file_fetches.c.url).where(tables.file_fetches.c.url.in_(some))).scalars()
        )
        insert_many(session, tables.file_fetches, [_row(url, named[url], at) for url in some if url not in known])


def _row(url: str, item: Item, at: dt.datetime) -> dict[str, Any]:
    place = {"unit": item.unit, "column": item.column, "item": item.id}
    blank = dict.fromkeys(column.name for column in tables.file_fetches.c)
    host = urlsplit(url).netloc.lower()
    return {**blank, "url": url, "host": host, "state": State.WAITING.value, "tries": 0, "asked_at": at, **place}


def due(db: Database, unit: str, column: str, *, now: dt.datetime, limit: int, full: bool = False) -> list[Due]:
    """The files of a column's items to be asked for now, those that were never asked for first.

    One that failed is due again after a day, then two, four … days; ``full``: also those we have for long.
    """
    at, item = tables.file_fetches.c, tables.items.c
    wanted = [at.state == State.WAITING.value, sa.and_(at.state == State.FAILED.value, at.tries < MOST_TRIES)]
    if full:
        wanted.append(sa.and_(at.state == State.FETCHED.value, at.fetched_at < now - OLD))
    query = (
        sa.select(at.url, at.item, at.etag, at.last_modified, at.state, at.tries, at.tried_at, item.url.label("page"))
        .join(tables.items, item.id == at.item)
        .where(at.unit == unit, at.column == column, sa.or_(*wanted))
        .order_by(at.tries, at.asked_at.desc(), at.url)
    )
    found: list[Due] = []
    with db.read() as session:
        for row in session.execute(query):
            if row.state == State.FAILED.value and row.tried_at + dt.timedelta(days=2 ** (row.tries - 1)) > now:
                continue
            has = row.state == State.FETCHED.value
            found.append(
                Due(
                    url=row.url,
                    item=row.item,
                    page=row.page,
                    etag=row.etag if has else None,
                    last_modified=row.last_modified if has else None,
                )
            )
            if len(found) == limit:
                break
    return found


def fetched(db: Database, files: Iterable[Fetched], *, at: dt.datetime) -> None:
    """Notes files that came."""
    with db.begin() as session:
        for one in files:
            values = {
                "state": State.FETCHED.value,
                "reason": None,
                "status": one.status,
                "sha256": one.sha256,
                "name": storable(one.name) if one.name else None,
                "etag": one.etag,
                "last_modified": one.last_modified,
                "evidence": storable(evidence_json(one.evidence)),
                "fetched_at": at,
                "tried_at": at,
                "tries": 0,
            }
            where = tables.file_fetches.c.url == storable(one.url)
            session.execute(sa.update(tables.file_fetches).where(where).values(**values))


def unchanged(db: Database, urls: Iterable[str], *, at: dt.datetime) -> None:
    """Notes files that are as they were."""
    with db.begin() as session:
        for url in urls:
            where = tables.file_fetches.c.url == storable(url)
            session.execute(sa.update(tables.file_fetches).where(where).values(fetched_at=at, tried_at=at, tries=0))


def failed(
    db: Database, url: str, reason: str, *, at: dt.datetime, status: int | None = None, state: State = State.FAILED
) -> None:
    """Notes that a file could not be had; one that we had before stays as we have it."""
    table = tables.file_fetches
    where = table.c.url == storable(url)
    has = sa.and_(table.c.sha256.is_not(None), sa.literal(state is State.FAILED))
    with db.begin() as session:
        session.execute(
            sa.update(table)
            .where(where)
            .values(
                state=sa.case((has, State.FETCHED.value), else_=state.value),
                reason=storable(reason)[:500],
                status=status,
                tried_at=at,
                tries=table.c.tries + 1,
            )
        )


def again(db: Database, *, unit: str | None = None, column: str | None = None) -> int:
    """Lets files that could not be had be asked for with the next look, however often they failed; how many."""
    at = tables.file_fetches.c
    where: list[sa.ColumnElement[bool]] = [at.state.in_((State.FAILED.value, State.REFUSED.value))]
    where += [at.unit == unit] if unit is not None else []
    where += [at.column == column] if column is not None else []
    with db.begin() as session:
        urls = list(session.execute(sa.select(at.url).where(*where)).scalars())
        session.execute(sa.update(tables.file_fetches).where(*where).values(state=State.WAITING.value, tries=0))
    return len(urls)


def of_item(db: Database, item: Item) -> dict[str, Fetch]:
    """What is known of the files an item names, by address."""
    return of_urls(db, [one.url for one in item.attachments])


def of_urls(db: Database, urls: Iterable[str]) -> dict[str, Fetch]:
    """What is known of files by address."""
    wanted = [storable(url) for url in urls]
    found: dict[str, Fetch] = {}
    with db.read() as session:
        for start in range(0, len(wanted), _KNOWN_AT_ONCE):
            some = wanted[start : start + _KNOWN_AT_ONCE]
            query = sa.select(*_FETCH).where(tables.file_fetches.c.url.in_(some))
            found |= {row["url"]: _fetch(row) for row in session.execute(query).mappings()}
    return found


def of_sums(db: Database, sums: Iterable[str]) -> list[Fetch]:
    """The addresses under which files of these contents were fetched."""
    wanted = list(sums)
    found: list[Fetch] = []
    with db.read() as session:
        for start in range(0, len(wanted), _KNOWN_AT_ONCE):
            some = wanted[start : start + _KNOWN_AT_ONCE]
            query = sa.select(*_FETCH).where(tables.file_fetches.c.sha256.in_(some)).order_by(tables.file_fetches.c.url)
            found += [_fetch(row) for row in session.execute(query).mappings()]
    return found


def count_fetches(db: Database, *, unit: str | None = None) -> dict[tuple[str, str], int]:
    """How many files stand how: (state, reason's word) → count; the word is empty where there is none."""
    at = tables.file_fetches.c
    query = sa.select(at.state, at.reason, sa.func.count()).group_by(at.state, at.reason)
    if unit is not None:
        query = query.where(at.unit == unit)
    told: dict[tuple[str, str], int] = {}
    with db.read() as session:
        for state, reason, count in session.execute(query):
            word = (reason or "").partition(": ")[0] if state != State.FETCHED.value else ""
            told[state, word] = told.get((state, word), 0) + count
    return dict(sorted(told.items()))


def _fetch(row: Mapping[Any, Any]) -> Fetch:
    told = row["evidence"]
    return Fetch(**{**row, "state": State(row["state"]), "evidence": evidence_of(told) if told else None})
