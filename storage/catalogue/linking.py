"""Standing items as far as it takes to find which belong together: titles, relations, dates, and who has an address.

What the rules on consultations and interpretations need of a catalogue of millions: whole columns go out in narrow
rows, by the index of their columns, and documents are looked up by address or id, many at a time.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from storage import tables
from storage.addresses import address_key
from storage.database import Database, among_pairs
from storage.formats.json_item import evidence_of
from storage.schema import Evidence, Relation

PAGE: Final = 1000  # rows held at a time, and keys or columns asked for at a time
_Place = tuple[str, str]  # unit and column
_Read = TypeVar("_Read")
_Value = TypeVar("_Value")


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
    db: Database,
    places: Collection[_Place],
    read: Callable[[Linked], _Read | None],
    *,
    since: dt.date,
    longest: int = 0,
) -> list[_Read]:
    """What ``read`` makes of the standing items of these columns, where it makes anything of them.

    It is in the order of units, columns and the last changes of the items, and is all that is held of them.

    :param read: asks nothing of the database, so that its transaction ends with the last row.
    :param since: those published before this day are left out.
    :param longest: so many characters of each text come with them.
    """
    at = tables.items.c
    text = sa.func.substr(at.body_text, 1, longest).label("text") if longest else sa.null().label("text")
    query = sa.select(*_columns(), text, at.seq).where(*_stands(since))
    found = []
    for row in _in_places(db, query, places):
        told = read(_linked(row))
        if told is not None:
            found.append((row["unit"], row["column"], row["seq"], told))
    return [told for *_, told in sorted(found, key=lambda one: one[:3])]


def titles_in(
    db: Database, places: Collection[_Place], is_wanted: Callable[[str, str], bool], *, since: dt.date
) -> list[tuple[str, str, str]]:
    """Unit, id and title of the standing items of these columns that are wanted, in no order.

    :param is_wanted: by unit and title; asks nothing of the database.
    :param since: those published before this day are left out.
    """
    at = tables.items.c
    query = sa.select(at.unit, at.id, at.title).where(*_stands(since))
    return [
        (row["unit"], row["id"], row["title"])
        for row in _in_places(db, query, places)
        if is_wanted(row["unit"], row["title"])
    ]


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


def _in_places(db: Database, query: Any, places: Collection[_Place]) -> Iterator[Mapping[Any, Any]]:
    """The rows of ``query`` in these columns, so many columns to a statement."""
    at = tables.items.c
    for some in _batches(sorted(places), PAGE):
        with db.read() as session:
            here = query.where(among_pairs(session, (at.unit, at.column), some))
            yield from session.execute(here, execution_options={"yield_per": PAGE}).mappings()


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


def _batches(values: list[_Value], size: int) -> Iterator[list[_Value]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
