"""Articles that no longer state what they stated: put aside while a column is read, and held where most do (law 7).

What an article has lost (its text, a number, its source) is not written when it is seen, but put aside until the
column is read. Then either few lost it, and all is written; or most did, and nothing is: the template has changed or
the reader has gone blind, and a thousand revisions without a text would go to every receiver.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from storage import settings, tables
from storage.addresses import address_key
from storage.catalogue import holding, revisions, upserting
from storage.catalogue.holding import Gone, Held
from storage.database import Database
from storage.schema import Item

FIELDS: Final = ("body_text", "document_number", "index_number", "source", "published_on", "formed_on")
MOST_WAITING: Final = 500  # articles of one column that wait, whole, to be settled
_FEW: Final = 0.1  # of a text is left: what stands in its place is no text
REASONS: Final = tuple(holding.reason_of(name) for name in FIELDS)
_Column = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What came of the articles that lost something: written, or ``held`` for ``reason``, ``lost`` of ``of``."""

    changed: int = 0
    held: bool = False
    reason: str | None = None
    lost: int = 0
    of: int = 0


@dataclass
class Rereads:
    """The articles of a crawl that were read again: how many had stated each field, and which lost one."""

    stated: Counter[tuple[_Column, str]] = field(default_factory=Counter)
    lost: Counter[tuple[_Column, str]] = field(default_factory=Counter)
    waiting: dict[_Column, list[Item]] = field(default_factory=dict)
    doubted: dict[_Column, set[str]] = field(default_factory=dict)  # address keys of those that lost something
    accepted: set[tuple[_Column, str]] = field(default_factory=set)  # reasons that a person let through

    def doubts(self, unit: str, column: str, url: str) -> bool:
        """Whether the article at this address lost something: it is to be asked for again, whole."""
        return address_key(url) in self.doubted.get((unit, column), ())

    def add(self, other: Rereads) -> None:
        """Counts in what one batch found."""
        self.stated += other.stated
        self.lost += other.lost
        for place, items in other.waiting.items():
            self.waiting.setdefault(place, []).extend(items)
        for place, keys in other.doubted.items():
            self.doubted.setdefault(place, set()).update(keys)

    def full(self) -> Iterator[_Column]:
        """Columns of which so many wait that they are settled before the rest is read."""
        return (place for place, items in self.waiting.items() if len(items) >= MOST_WAITING)

    def see(self, stored: Item, copy: Item) -> bool:
        """Counts an article that was read again; True where it lost something and is to wait."""
        place = (stored.unit, stored.column)
        lost = tuple(name for name in FIELDS if _lost(stored, copy, name))
        for name in FIELDS:
            if getattr(stored, name) is not None:
                self.stated[place, name] += 1
        for name in lost:
            self.lost[place, name] += 1
        if lost:
            self.waiting.setdefault(place, []).append(copy)
            self.doubted.setdefault(place, set()).add(address_key(copy.url))
        return bool(lost)


def _lost(stored: Item, copy: Item, name: str) -> bool:
    before, after = getattr(stored, name), getattr(copy, name)
    if name == "body_text" and before and after:
        return len(after) < _FEW * len(before)
    return before is not None and after is None


def settle(
    db: Database, unit: str, column: str, rereads: Rereads, *, at: dt.datetime, mass_change_share: float | None = None
) -> Settled:
    """Writes what waits of a column, or holds it, in one transaction; to be called when the column is read.

    :param mass_change_share: share of the articles read again that may lose a field; by default the settings'.
    """
    share = settings.load().mass_change_share if mass_change_share is None else mass_change_share
    place = (unit, column)
    waiting = rereads.waiting.pop(place, [])
    counts = [(rereads.lost[place, name], rereads.stated[place, name], name) for name in FIELDS]
    mass = [one for one in counts if holding.is_mass(one[0], one[1], share)]
    healthy = [holding.reason_of(name) for lost, of, name in counts if of >= holding.LEAST_LOST and lost <= share * of]
    if not waiting and not _is_held(db, unit, column, healthy):
        return Settled()
    with db.begin() as session:
        turn = revisions.take_turn(session)
        if mass:
            lost, of, name = max(mass, key=lambda one: one[0])
            reason = holding.reason_of(name)
            let_through = (place, reason) in rereads.accepted
            if not let_through and not holding.use_acceptance(session, unit, column, reason, at):
                if waiting:  # else they were settled before, and only the counts have grown
                    holding.hold(session, _held(place, at, reason, lost, of, waiting))
                return Settled(held=True, reason=reason, lost=lost, of=of)
            rereads.accepted.add((place, reason))
            holding.release(session, unit, column, REASONS)
        else:
            holding.release(session, unit, column, healthy)
            holding.expire_acceptances(session, unit, column, healthy, at)
        result = upserting.write(session, turn, waiting, at)
        return Settled(changed=result.changed)


def _held(place: _Column, at: dt.datetime, reason: str, lost: int, of: int, waiting: Sequence[Item]) -> Held:
    sample = [Gone(title=one.title, url=one.url, date=one.published_on) for one in waiting[: holding.SAMPLE]]
    unit, column = place
    return Held(unit=unit, column=column, since=at, reason=reason, lost=lost, of=of, sample=tuple(sample))


def _is_held(db: Database, unit: str, column: str, reasons: list[str]) -> bool:
    looks = tables.column_looks.c
    here = (looks.unit == unit, looks.column == column, looks.held_reason.in_(reasons))
    if not reasons:
        return False
    with db.read() as session:
        return session.execute(sa.select(looks.held_since).where(*here)).first() is not None
