"""Standing items as far as it takes to find which belong together: titles, relations, dates, and who has an address.

What the rules on consultations and interpretations need of a catalogue of millions: whole columns go out in narrow
rows, by the index of their columns, and documents are looked up by address or id, many at a time.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from storage import tables
from storage.addresses import address_key
from storage.database import Database
from storage.formats.json_item import evidence_of
from storage.schema import Evidence, Relation

PAGE: Final = 1000  # rows held at a time, and keys asked for at a time


@dataclass(frozen=True, kw_only=True, slots=True)
class Linked:
    """A standing item. ``published_on`` is what a reader is shown, ``confidence`` how surely it was read.

    ``text``: the beginning of its text, where it was asked for.
    """

    id: str
    unit: str
    column: str
    url: str
    title: str
    document_number: str | None
    relations: tuple[Relation, ...]
    published_on: dt.date | None
    confidence: float
    page_read: bool
    evidence: Evidence | None
    text: str | None = None


def linked_in(
    db: Database, unit: str, columns: Collection[str], *, since: dt.date, longest: int = 0
) -> Iterator[Linked]:
    """The standing items of these columns of a unit, in the order of their last change.

    :param since: those published before this day are left out.
    :param longest: so many characters of each text come with them.
    """
    at = tables.items.c
    text = sa.func.substr(at.body_text, 1, longest).label("text") if longest else sa.null().label("text")
    for column in columns:
        query = sa.select(*_columns(), text, at.seq).where(at.unit == unit, at.column == column, *_stands(since))
        for row in _pages(db, query):
            yield _linked(row)


def titles_in(db: Database, unit: str, columns: Collection[str], *, since: dt.date) -> Iterator[tuple[str, str]]:
    """Id and title of every standing item of these columns of a unit that was not published before ``since``."""
    at = tables.items.c
    for column in columns:
        query = sa.select(at.id, at.title, at.seq).where(at.unit == unit, at.column == column, *_stands(since))
        for row in _pages(db, query):
            yield row["id"], row["title"]


def linked_items(db: Database, names: Iterable[str]) -> Iterator[Linked]:
    """The standing items of these ids, in the order of the ids."""
    at = tables.items.c
    query = sa.select(*_columns(), sa.null().label("text")).where(_STANDS).order_by(at.id)
    for some in _batches(sorted(set(names)), PAGE):
        with db.read() as session:
            found = session.execute(query.where(at.id.in_(some))).mappings().all()
        yield from map(_linked, found)


def owners_of(db: Database, urls: Iterable[str]) -> dict[str, frozenset[str]]:
    """Address → ids of the items that have it, of whatever unit, for the addresses that any item has."""
    keys = {url: address_key(url) for url in urls}
    at = tables.item_addresses.c
    owners: dict[str, set[str]] = defaultdict(set)
    for some in _batches(sorted(set(keys.values())), PAGE):
        with db.read() as session:
            for key, item in session.execute(sa.select(at.address_key, at.item_id).where(at.address_key.in_(some))):
                owners[key].add(item)
    return {url: frozenset(owners[key]) for url, key in keys.items() if key in owners}


# ------------------------------------------------------------------ rows

_STANDS: Final = tables.items.c.withdrawn_at.is_(None)


def _stands(since: dt.date) -> tuple[Any, ...]:
    at = tables.items.c
    return (_STANDS, sa.or_(at.published_on.is_(None), at.published_on >= since))


def _columns() -> list[Any]:
    at = tables.items.c
    return [
        *(at.id, at.unit, at.column, at.url, at.title, at.document_number, at.relations, at.published_on),
        *(at.published_displayed, at.provenance, at.page_read, at.evidence),
    ]


def _pages(db: Database, query: Any) -> Iterator[Mapping[Any, Any]]:
    """The rows of ``query`` by their number, a page to a transaction."""
    after = 0
    while True:
        at = tables.items.c.seq
        with db.read() as session:
            found = session.execute(query.where(at > after).order_by(at).limit(PAGE)).mappings().all()
        yield from found
        if len(found) < PAGE:
            return
        after = found[-1]["seq"]


def _linked(row: Mapping[Any, Any]) -> Linked:
    origin = (row["provenance"] or {}).get("published_on") or {}
    return Linked(
        id=row["id"],
        unit=row["unit"],
        column=row["column"],
        url=row["url"],
        title=row["title"],
        document_number=row["document_number"],
        relations=tuple(Relation(**one) for one in row["relations"] or ()),
        published_on=row["published_on"] if row["published_displayed"] else None,
        confidence=float(origin.get("confidence", 1.0)),
        page_read=row["page_read"],
        evidence=None if row["evidence"] is None else evidence_of(row["evidence"]),
        text=row["text"],
    )


def _batches(values: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
