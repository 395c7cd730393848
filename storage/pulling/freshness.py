"""Whether what a client has is still so: a tag made of the numbers on its page, and the moment of the latest change.

The tag is exact: what stands at a number never changes, so the same numbers, asked for in the same way, are the same
page. The moment is of the whole catalogue, for a page can change by what has left it, which leaves no date behind.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.catalogue import revisions
from storage.database import Database, dumps

_SECOND: Final = dt.timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class State:
    """The catalogue's last change, and the registry, by whose names units are called."""

    head: int
    changed_at: dt.datetime | None  # date of the last change
    stamped_at: dt.datetime | None  # no later change will be dated before this
    registry_at: dt.datetime | None = None
    city: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)  # names by id

    def unit_name(self, unit: str) -> str:
        """The unit's name; its id where it has left the registry."""
        return self.units.get(unit, unit)


def state_of(session: Session) -> State:
    """The state as it is now: some hundred short rows at most are read."""
    counted = _counted(session)
    city: Any = session.execute(sa.select(tables.city.c.facts, tables.city.c.applied_at)).first()
    if city is None:
        return counted
    names = session.execute(sa.select(tables.units.c.id, tables.units.c.facts["name"].as_string()))
    units = {row[0]: row[1] or row[0] for row in names}
    return replace(counted, registry_at=city.applied_at, city=city.facts or {}, units=units)


def _counted(session: Session) -> State:
    counter, revision = tables.counters.c, tables.item_revisions.c
    query = (
        sa.select(counter.value, counter.stamped_at, revision.datestamp)
        .outerjoin(tables.item_revisions, revision.seq == counter.value)
        .where(counter.name == "catalogue")
    )
    head, stamped_at, changed_at = session.execute(query).one()
    return State(head=int(head), changed_at=changed_at, stamped_at=stamped_at)


def etag_of(*facts: Any) -> str:
    """A strong tag of what makes a page what it is, quoted as the header wants it."""
    return f'"{hashlib.sha256(dumps(facts).encode()).hexdigest()[:32]}"'


def settle(db: Database) -> None:
    """Moves the stamp of the counter past the second of the last change, where it is not: to be called before a read.

    From then on no change can be dated within that second any more, and :func:`last_modified` may tell it.
    """
    with db.read() as session:
        state = _counted(session)
    if state.changed_at is not None and not _is_over(state, state.changed_at.replace(microsecond=0)):
        revisions.clock(db)


def last_modified(state: State) -> dt.datetime | None:
    """The second of the latest change; None while another change could still be dated within it.

    A client that comes back with this second must not be told that nothing is new where something was committed late.
    """
    latest = max((one for one in (state.changed_at, state.registry_at) if one is not None), default=None)
    second = None if latest is None else latest.replace(microsecond=0)
    return second if second is not None and _is_over(state, second) else None


def _is_over(state: State, second: dt.datetime) -> bool:
    return state.stamped_at is not None and state.stamped_at >= second + _SECOND
