"""The one sequence of changes: takes the next numbers and writes revisions, which are the outbox too.

The counter is a row, locked from the first write of a transaction to its commit. So numbers become visible in their
order on PostgreSQL as on SQLite: a reader who has seen 7 will never find a 6 behind him. Nor is a change ever dated
before what the counter was last stamped with: a reader who moves that stamp on may go on from there by time.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, insert_many, utcnow
from storage.exceptions import DatabaseError
from storage.formats.json_item import time_text
from storage.schema import Item

FILES: Final = "files"  # what a revision changed that tells of an item's files what we learnt of them (describing.py)
# what a revision may differ in when only what belongs together changed (uniting.py) or what we know of files, and
# nothing that a document says
IDENTITY: Final = (
    (FILES,),
    ("same_as",),
    ("copies",),
    ("aliases", "copies"),
    ("copies", "same_as"),
    ("aliases", "copies", "same_as"),
    ("aliases", "same_as"),
)
_NAME: Final = "catalogue"
_MINE: Final = tables.counters.c.name == _NAME


@dataclass
class Turn:
    """This transaction's turn at changing the catalogue: others wait until it is committed."""

    seq: int  # the last number given
    datestamp: dt.datetime  # of every revision of this transaction
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, item: str, revision: int, changed: list[str], payload: str, action: str = "upsert") -> int:
        """Keeps a revision, ``payload`` being the item as JSON, for :func:`finish`; its number comes back."""
        self.seq += 1
        self.rows.append(
            {
                "seq": self.seq,
                "item_id": item,
                "revision": revision,
                "action": action,
                "datestamp": self.datestamp,
                "changed": changed,
                "payload": payload,
            }
        )
        return self.seq


def take_turn(session: Session) -> Turn:
    """Waits for the turn: to be called before anything else of the catalogue is written in a transaction."""
    counter = tables.counters.c
    query = sa.select(counter.value, counter.stamped_at).where(_MINE).with_for_update()
    value, stamped_at = session.execute(query).one()
    now = utcnow()
    return Turn(seq=value, datestamp=now if stamped_at is None else max(now, stamped_at))


def finish(session: Session, turn: Turn) -> None:
    """Writes the revisions and moves the counter on; the items they are of must be there already."""
    if not turn.rows:
        return
    insert_many(session, tables.item_revisions, turn.rows)
    session.execute(sa.update(tables.counters).where(_MINE).values(value=turn.seq, stamped_at=turn.datestamp))
    turn.rows = []


def head(session: Session) -> int:
    """The number of the latest committed revision; 0 when there is none."""
    return int(session.execute(sa.select(tables.counters.c.value).where(_MINE)).scalar_one())


def clock(db: Database) -> dt.datetime | None:
    """A moment before which no change will ever be dated that cannot be seen yet: now, or a little earlier.

    The stamp of the counter is moved on to now, to the second, which binds every later change whatever the clock of
    its writer says. While a change is under way, which may be dated but not committed, and where nothing can be
    written, the stamp stays; None when it was never set.
    """
    with db.read() as session:
        stands = _stamped_at(session)
    now = utcnow()
    if stands is not None and now - stands < dt.timedelta(seconds=1):
        return stands
    moved: dt.datetime | None = None
    with contextlib.suppress(DatabaseError):
        with db.begin_at_once() as session:
            query = sa.select(tables.counters.c.stamped_at).where(_MINE).with_for_update(skip_locked=True)
            for (stamped_at,) in session.execute(query).all():
                moved = now if stamped_at is None else max(now, stamped_at)
                session.execute(sa.update(tables.counters).where(_MINE).values(stamped_at=moved))
        stands = stands if moved is None else moved
    return stands


def _stamped_at(session: Session) -> dt.datetime | None:
    found: dt.datetime | None = session.execute(sa.select(tables.counters.c.stamped_at).where(_MINE)).scalar_one()
    return found


def action_of(item: Item) -> str:
    """What a revision of ``item`` is to a consumer: withdrawn items, and copies of another one, are none of theirs."""
    return "upsert" if item.withdrawn_at is None and item.same_as is None else "delete"


def tombstone(item: str, datestamp: dt.datetime, same_as: str | None) -> dict[str, Any]:
    """What a consumer gets instead of an item that was withdrawn, or that is a copy of ``same_as``."""
    return {"id": item, "deleted": True, "datestamp": time_text(datestamp), "same_as": same_as}
