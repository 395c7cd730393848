"""How one item came to be as it is: its revisions, joinings, partings and deliveries; and pairs that are near."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.addresses import address_key
from storage.database import Database, among
from storage.exceptions import UnknownTarget

_ID: Final = re.compile(r"[0-9a-f]{4,20}")
_TOLD: Final = 5  # items named where an address or the beginning of an id fits several
_PAGE: Final = 500


@dataclass(frozen=True, kw_only=True)
class Change:
    """One field of a revision that differs from the one before, as JSON has them."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class Revision:
    """One revision: its number, its place in the sequence of all changes, when it was written, and what it changed.

    ``same_as``: what the item was a copy of then. ``receipts``: receiver → when it had confirmed this revision.
    """

    number: int
    seq: int
    at: dt.datetime
    action: str
    changes: tuple[Change, ...]
    same_as: str | None
    withdrawn_at: str | None
    receipts: Mapping[str, dt.datetime]


@dataclass(frozen=True, kw_only=True)
class IdentityEvent:
    """One joining or parting: ``what`` is merged, parted, leads or confirmed; see ``uniting`` for the reasons."""

    at: dt.datetime
    what: str
    item: str
    leader: str | None
    who: str
    reason: str
    score: float | None


@dataclass(frozen=True, kw_only=True)
class Side:
    """One item of a near pair."""

    item: str
    unit: str
    title: str
    url: str
    published_on: dt.date | None


@dataclass(frozen=True, kw_only=True)
class Near:
    """Two standing items that may be one document, for a person to look at. ``reason``: what keeps them apart."""

    one: Side
    other: Side
    reason: str
    score: float | None


def find_item(db: Database, text: str) -> str:
    """The id of the item that an id, the beginning of one, or an address names.

    Of several units' items at one address, that are one document, it is the leading one.

    :raises UnknownTarget: none is so named, or several are.
    """
    text = text.strip()
    with db.read() as session:
        found = _by_id(session, text) if _ID.fullmatch(text) else []
        if not found:
            found = _by_address(session, text)
    if not found:
        raise UnknownTarget(f"no item {text} in the catalogue: give an id, its beginning, or an address")
    if len(found) > 1:
        named = ", ".join(f"{name} ({unit})" for name, unit in found[:_TOLD])
        raise UnknownTarget(f"{text} is {'more than one item' if len(found) > _TOLD else 'several items'}: {named}")
    return found[0][0]


def revisions_of(db: Database, item: str) -> Iterator[Revision]:
    """Every revision of an item, oldest first."""
    at = tables.item_revisions.c
    with db.read() as session:
        query = sa.select(tables.item_revisions).where(at.item_id == item).order_by(at.revision)
        found = session.execute(query).all()
        receipts = _receipts(session, [row.seq for row in found])
    before: dict[str, Any] = {}
    for row in found:
        now: dict[str, Any] = json.loads(row.payload)
        changes = tuple(Change(field=name, before=before.get(name), after=now.get(name)) for name in row.changed)
        yield Revision(
            number=row.revision,
            seq=row.seq,
            at=row.datestamp,
            action=row.action,
            changes=changes,
            same_as=now.get("same_as"),
            withdrawn_at=now.get("withdrawn_at"),
            receipts=receipts[row.seq],
        )
        before = now


def events_of(db: Database, item: str) -> list[IdentityEvent]:
    """What joined and parted an item and its copies, oldest first."""
    at = tables.identity_events.c
    query = (
        sa.select(at.at, at.what, at.item_id.label("item"), at.leader, at.who, at.reason, at.score)
        .where(sa.or_(at.item_id == item, at.leader == item))
        .order_by(at.id)
    )
    with db.read() as session:
        return [IdentityEvent(**row) for row in session.execute(query).mappings()]


def near_pairs(db: Database, limit: int = 100) -> list[Near]:
    """The pairs that are near and that nobody decided on yet, the most alike first, at most ``limit``."""
    pair, decided = tables.identity_pairs.c, tables.identity_decisions
    one, other = tables.items.alias("one_item"), tables.items.alias("other_item")
    lead = (sa.func.coalesce(one.c.same_as, one.c.id), sa.func.coalesce(other.c.same_as, other.c.id))
    said = sa.exists().where(decided.c.one == pair.one, decided.c.other == pair.other)
    query = (
        sa.select(
            *(pair.reason, pair.score),
            *(each.c[name].label(f"{side}_{name}") for side, each in (("a", one), ("b", other)) for name in _SIDE),
        )
        .join(one, one.c.id == pair.one)
        .join(other, other.c.id == pair.other)
        .where(sa.not_(pair.same), one.c.withdrawn_at.is_(None), other.c.withdrawn_at.is_(None))
        .where(lead[0] != lead[1], ~said)
        .order_by(sa.func.coalesce(pair.score, 0).desc(), pair.one, pair.other)
        .limit(limit)
    )
    with db.read() as session:
        return [
            Near(one=_side(row, "a"), other=_side(row, "b"), reason=row["reason"], score=row["score"])
            for row in session.execute(query).mappings()
        ]


_SIDE: Final = ("id", "unit", "title", "url", "published_on")


def _side(row: Mapping[Any, Any], which: str) -> Side:
    name, unit, title, url, shown = (row[f"{which}_{name}"] for name in _SIDE)
    return Side(item=name, unit=unit, title=title, url=url, published_on=shown)


def _by_id(session: Session, text: str) -> list[tuple[str, str]]:
    at = tables.items.c
    query = sa.select(at.id, at.unit).where(at.id >= text, at.id < f"{text}g").order_by(at.id).limit(_TOLD + 1)
    return [(row.id, row.unit) for row in session.execute(query)]


def _by_address(session: Session, text: str) -> list[tuple[str, str]]:
    address, at = tables.item_addresses.c, tables.items.c
    query = (
        sa.select(at.id, at.unit, at.same_as)
        .join(tables.item_addresses, address.item_id == at.id)
        .where(address.address_key == address_key(text))
        .order_by(at.id)
        .distinct()
    )
    found = session.execute(query).all()
    leads = {row.same_as or row.id for row in found}
    if len(found) > 1 and len(leads) == 1:
        return [(leads.pop(), found[0].unit)]
    return [(row.id, row.unit) for row in found]


def _receipts(session: Session, numbers: Sequence[int]) -> dict[int, dict[str, dt.datetime]]:
    """By number of a change: receiver → when it was the first time said to have everything up to there."""
    change, done = tables.item_revisions.c, tables.deliveries.c
    told: dict[int, dict[str, dt.datetime]] = {number: {} for number in numbers}
    for start in range(0, len(numbers), _PAGE):
        first = (
            sa.select(change.seq, done.receiver, sa.func.min(done.at, type_=tables.UtcDateTime).label("at"))
            .join(tables.deliveries, done.seq >= change.seq)
            .where(among(session, change.seq, numbers[start : start + _PAGE]))
            .group_by(change.seq, done.receiver)
        )
        for row in session.execute(first):
            told[row.seq][row.receiver] = row.at
    return told
