"""Which files items name, and whether we have them: a row an address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, insert_into, insert_many, storable
from storage.formats.json_item import evidence_json, evidence_of
from storage.schema import Attachment, Evidence, Item

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
    """A file to be asked for. ``etag`` and ``last_modified`` of the one we have; ``page``: the page that names it.

    ``name``: what the page calls it.
    """

    url: str
    item: str
    page: str
    etag: str | None = None
    last_modified: str | None = None
    name: str | None = None


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


@dataclass(frozen=True, kw_only=True)
class Naming:
    """What of an item says which files it names."""

    id: str
    unit: str
    column: str
    attachments: tuple[Attachment, ...]


def want(
    session: Session,
    items: Iterable[Item | Naming],
    at: dt.datetime,
    *,
    revised: Collection[str] = (),
    spoke: Collection[str] = (),
) -> None:
    """Within the transaction that keeps the items, whose turn it is: what they name is noted, and wanted where new.

    :param revised: ids of the items that were known before; what they no longer name is forgotten.
    :param spoke: of those, the ids of the ones whose pages changed: their files are asked for again, conditionally.
    """
    named: dict[tuple[str, str], Item | Naming] = {}
    untold: set[str] = set()
    for item in items:
        for one in item.attachments:
            if one.url.startswith(("http://", "https://")):
                url = storable(one.url)
                named[url, item.id] = item
                untold.update((url,) if one.sha256 is None else ())
    names, table = tables.file_names, tables.file_fetches
    for some in _portions(revised):
        session.execute(sa.delete(names).where(names.c.item.in_(some)))
    if not named:
        return
    insert = insert_into(session, names).on_conflict_do_nothing()
    session.connection().execute(insert, [{"url": url, "item": name} for url, name in named])
    first: dict[str, Item | Naming] = {}
    for (url, _), item in named.items():
        first.setdefault(url, item)
    known: dict[str, str | None] = {}
    for some in _portions(first):
        query = sa.select(table.c.url, table.c.told).where(table.c.url.in_(some))
        known |= {row.url: row.told for row in session.execute(query)}
    insert_many(session, table, [_row(url, item, at) for url, item in first.items() if url not in known])
    # others were told of the file already, and this item was not
    for some in _portions(url for url in untold if known.get(url) is not None):
        session.execute(sa.update(table).where(table.c.url.in_(some)).values(told=None))
    state = sa.case((table.c.state == State.FETCHED.value, State.FETCHED.value), else_=State.WAITING.value)
    for some in _portions({url for url, name in named if name in spoke and url in known}):
        session.execute(sa.update(table).where(table.c.url.in_(some)).values(asked_at=at, tries=0, state=state))


def _portions(values: Iterable[str]) -> Iterator[Sequence[str]]:
    """The values in order, as many at a time as a statement takes well."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _KNOWN_AT_ONCE):
        yield ordered[start : start + _KNOWN_AT_ONCE]


def _row(url: str, item: Item | Naming, at: dt.datetime) -> dict[str, Any]:
    place = {"unit": item.unit, "column": item.column, "item": item.id}
    blank = dict.fromkeys(column.name for column in tables.file_fetches.c)
    host = urlsplit(url).netloc.lower()
    return {**blank, "url": url, "host": host, "state": State.WAITING.value, "tries": 0, "asked_at": at, **place}


def due(db: Database, unit: str, column: str, *, now: dt.datetime, limit: int, full: bool = False) -> list[Due]:
    """The files of a column's items that stand, to be asked for now; those that were never asked for first.

    One that failed is due again after a day, then two, four … days. One that we have is due again when a page that
    names it changed; ``full``: also when we have it for long.
    """
    at, item, name = tables.file_fetches.c, tables.items.c, tables.file_names.c
    again = at.asked_at > at.fetched_at
    if full:
        again = sa.or_(again, at.fetched_at < now - OLD)
    wanted = sa.or_(
        at.state == State.WAITING.value,
        sa.and_(at.state == State.FAILED.value, at.tries < MOST_TRIES),
        sa.and_(at.state == State.FETCHED.value, at.tries < MOST_TRIES, again),
    )
    query = (
        sa.select(at.url, item.id, at.etag, at.last_modified, at.state, at.tries, at.tried_at, item.url.label("page"))
        .add_columns(item.attachments)
        .join(tables.file_names, name.url == at.url)
        .join(tables.items, item.id == name.item)
        .where(item.unit == unit, item.column == column, item.withdrawn_at.is_(None), wanted)
        .order_by(at.tries, at.asked_at.desc(), at.url, item.id)
    )
    found: dict[str, Due] = {}
    with db.read() as session:
        for row in session.execute(query):
            if row.url in found:
                continue
            waits = row.tries > 0 and row.state != State.WAITING.value
            if waits and row.tried_at + dt.timedelta(days=2 ** (row.tries - 1)) > now:
                continue
            has = row.state == State.FETCHED.value
            named = [one for one in row.attachments or () if storable(one["url"]) == row.url]
            found[row.url] = Due(
                url=row.url,
                item=row.id,
                page=row.page,
                etag=row.etag if has else None,
                last_modified=row.last_modified if has else None,
                name=next((one["name"] for one in named), None),
            )
            if len(found) == limit:
                break
    return list(found.values())


def fetched(db: Database, files: Iterable[Fetched], *, at: dt.datetime) -> None:
    """Notes files that came; the items that name one whose content is another now are to be told."""
    table = tables.file_fetches.c
    with db.begin() as session:
        for one in files:
            values = {
                "told": sa.case((table.told == one.sha256, table.told), else_=None),
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
            where = table.url == storable(one.url)
            session.execute(sa.update(tables.file_fetches).where(where).values(**values))


def unchanged(db: Database, urls: Iterable[str], *, at: dt.datetime) -> None:
    """Notes files that are as they were."""
    with db.begin() as session:
        for url in urls:
            where = tables.file_fetches.c.url == storable(url)
            values = {"reason": None, "fetched_at": at, "tried_at": at, "tries": 0}
            session.execute(sa.update(tables.file_fetches).where(where).values(**values))


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


@dataclass(frozen=True, kw_only=True)
class Untold:
    """A fetched file that was read and of which not all items know. ``kind`` as its bytes say."""

    url: str
    sha256: str
    size: int
    kind: str
    items: tuple[str, ...]  # that name it


def untold(session: Session, *, limit: int) -> list[Untold]:
    """The files of which not all items know that name them, in the order of their addresses."""
    at, told = tables.file_fetches.c, tables.file_contents.c
    query = (
        sa.select(at.url, at.sha256, told.size, told.kind)
        .join(tables.file_contents, told.sha256 == at.sha256)
        .where(at.told.is_(None), at.sha256.is_not(None))
        .order_by(at.url)
        .limit(limit)
    )
    found = session.execute(query).mappings().all()
    name = tables.file_names.c
    items: dict[str, list[str]] = {}
    for some in _portions(row["url"] for row in found):
        named = sa.select(name.url, name.item).where(name.url.in_(some)).order_by(name.url, name.item)
        for url, item in session.execute(named):
            items.setdefault(url, []).append(item)
    return [Untold(**row, items=tuple(items.get(row["url"], ()))) for row in found]


def all_told(session: Session, known: Iterable[Untold]) -> None:
    """Within the transaction that told them: the items that name these files know of them."""
    at, bind = tables.file_fetches.c, sa.bindparam
    values = [{"b_url": one.url, "b_sum": one.sha256} for one in known]
    if values:
        update = sa.update(tables.file_fetches).where(at.url == bind("b_url"), at.sha256 == bind("b_sum"))
        session.connection().execute(update.values(told=bind("b_sum")), values)


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
