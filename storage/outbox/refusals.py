"""Changes that a receiver refused for good: set aside with its reason, so that they hold up nothing and are not lost.

At most one dead letter of an item is open at a receiver: its newest state. An older one is superseded as soon as a
later change of the item is sent, whatever comes of that one. So an item's order is never broken: what is sent again is
always the item's last change, and never one that is older than what the receiver may have.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, among, insert_into, storable, take_lock, utcnow


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A change that a receiver refused, in the receiver's own words."""

    seq: int
    item_id: str
    revision: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A refused change and what became of it: open, superseded (by change ``settled_by`` of the item), delivered."""

    receiver: str
    seq: int
    item_id: str
    revision: int
    reason: str
    tries: int
    first_at: dt.datetime
    last_at: dt.datetime
    state: str
    settled_at: dt.datetime | None
    settled_by: int | None


def dead_letters(
    db: Database,
    receiver: str | None = None,
    *,
    state: str | None = "open",
    after: tuple[str, int] = ("", 0),
    limit: int = 1000,
) -> list[DeadLetter]:
    """Dead letters in the order of receivers and numbers; ``after`` (receiver, number) goes on from there."""
    at = tables.dead_letters.c
    query = sa.select(tables.dead_letters).order_by(at.receiver, at.seq).limit(limit)
    query = query.where(sa.or_(at.receiver > after[0], sa.and_(at.receiver == after[0], at.seq > after[1])))
    if receiver is not None:
        query = query.where(at.receiver == receiver)
    if state is not None:
        query = query.where(at.state == state)
    with db.read() as session:
        return [DeadLetter(**row) for row in session.execute(query).mappings()]


def open_letters(db: Database) -> dict[str, int]:
    """How many dead letters are open, by receiver."""
    at = tables.dead_letters.c
    query = sa.select(at.receiver, sa.func.count()).where(at.state == "open").group_by(at.receiver)
    with db.read() as session:
        return {row[0]: row[1] for row in session.execute(query)}


def refused_of(db: Database, receiver: str, items: Sequence[str], since: dt.datetime) -> dict[str, set[int]]:
    """Numbers of the changes of these items that the receiver had not taken at some time after ``since``; by item."""
    at = tables.dead_letters.c
    found: dict[str, set[int]] = {}
    with db.read() as session:
        query = sa.select(at.item_id, at.seq).where(
            at.receiver == receiver,
            among(session, at.item_id, items),
            sa.or_(at.state != "delivered", at.settled_at >= since),
        )
        for item, seq in session.execute(query):
            found.setdefault(item, set()).add(seq)
    return found


def sent_again(db: Database, receiver: str, sent: Mapping[str, int], refused: Sequence[Refused]) -> None:
    """Notes what came of changes that were sent once more (item → number): taken, or refused again."""
    with db.begin() as session:
        take_lock(session, f"deliver {receiver}")
        now = utcnow()
        no = {one.item_id for one in refused}
        refuse(session, receiver, refused, now)
        supersede(session, receiver, sent, now)
        taken = {item: seq for item, seq in sent.items() if item not in no}
        _settle(session, receiver, taken, now, "delivered")


def refuse(session: Session, receiver: str, refused: Sequence[Refused], now: dt.datetime) -> None:
    """Sets changes aside; one that is aside already was tried once more."""
    at = tables.dead_letters.c
    for one in refused:
        new = insert_into(session, tables.dead_letters).values(
            receiver=receiver,
            seq=one.seq,
            item_id=one.item_id,
            revision=one.revision,
            reason=storable(one.reason),
            tries=1,
            first_at=now,
            last_at=now,
            state="open",
        )
        again = {
            "reason": storable(one.reason),
            "tries": at.tries + 1,
            "last_at": now,
            "state": "open",
            "settled_at": None,
            "settled_by": None,
        }
        session.execute(new.on_conflict_do_update(index_elements=["receiver", "seq"], set_=again))


def supersede(session: Session, receiver: str, sent: Mapping[str, int], now: dt.datetime) -> None:
    """Older dead letters of the items that ``sent`` names give way to the change that was sent."""
    _settle(session, receiver, {item: seq - 1 for item, seq in sent.items()}, now, "superseded", by=sent)


def _settle(
    session: Session,
    receiver: str,
    upto: Mapping[str, int],
    now: dt.datetime,
    state: str,
    *,
    by: Mapping[str, int] | None = None,
) -> None:
    at = tables.dead_letters.c
    mine = (at.receiver == receiver, at.state == "open", among(session, at.item_id, list(upto)))
    for item, seq in session.execute(sa.select(at.item_id, at.seq).where(*mine)).all():
        if seq <= upto[item]:
            told = {"state": state, "settled_at": now, "settled_by": (by or upto)[item]}
            session.execute(sa.update(tables.dead_letters).where(at.receiver == receiver, at.seq == seq).values(**told))
