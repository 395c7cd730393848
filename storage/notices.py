"""The outbox of notices: what is told to whom by which channel, once; what came of it; and the faults that stand.

Events come in as notices, one for each channel, under a key that the event and who is told make: the same event never
tells the same people twice. A notice waits, is bound to a message, and is sent, given up, or overtaken by what happened
since. A process that dies between sending and noting leaves the notice waiting under the number of its message: it is
sent again under the same number, which stands in the message, so that whoever reads it sees that it is the same one.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.database import Database, among, insert_into, rows_affected, storable, take_lock
from storage.exceptions import UnknownTarget

WAITING: Final = "waiting"
SENT: Final = "sent"
FAILED: Final = "failed"  # given up; a person may have it sent again
OVERTAKEN: Final = "overtaken"  # no longer so when it would have gone out
STATES: Final = (WAITING, SENT, FAILED, OVERTAKEN)
_CURSOR: Final = "notices"  # in ``counters``: the last event of a finding's life that was looked at
_DAY: Final = "notices day"  # the last day that was looked at, as its ordinal
_CHUNK: Final = 1000


@dataclass(frozen=True, kw_only=True)
class New:
    """A notice to be kept. ``subject`` is the finding's id, or the key of the fault; ``facts`` are JSON-safe."""

    key: str
    channel: str
    audience: str
    kind: str
    subject: str
    unit: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Notice(New):
    """A notice as it stands. ``message`` is the number under which it goes out; all times in UTC."""

    id: int
    made_at: dt.datetime
    state: str = WAITING
    message: str | None = None
    tries: int = 0
    error: str | None = None
    next_attempt_at: dt.datetime | None = None
    settled_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something amiss on our side, since the moment it was first told of or looked at."""

    key: str
    kind: str
    since: dt.datetime
    unit: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Channel:
    """How a channel does. ``failures`` in a row; ``left_at``: since when the channels file has it no more."""

    name: str
    kind: str
    audiences: tuple[str, ...]
    since: dt.datetime
    left_at: dt.datetime | None = None
    failures: int = 0
    error: str | None = None
    failed_since: dt.datetime | None = None
    sent_at: dt.datetime | None = None


# ------------------------------------------------------------------ events come in


def cursor(db: Database) -> int | None:
    """The last event of any finding's life that was looked at; None before the first time."""
    with db.read() as session:
        return _counter(session, _CURSOR)


def begin(db: Database) -> int:
    """Where to go on: the cursor; the first time, behind all that ever happened, for nobody is told of the past."""
    with db.begin() as session:
        take_lock(session, _CURSOR)
        stands = _counter(session, _CURSOR)
        if stands is None:
            event = tables.finding_events.c
            stands = session.execute(sa.select(sa.func.coalesce(sa.func.max(event.id), 0))).scalar_one()
            session.execute(sa.insert(tables.counters).values(name=_CURSOR, value=stands))
        return stands


def keep(
    db: Database,
    new: Iterable[New],
    *,
    at: dt.datetime,
    cursor: int | None = None,
    day: dt.date | None = None,
    began: Sequence[Fault] = (),
    over: Sequence[str] = (),
) -> int:
    """Keeps notices and what they were made of, in one transaction; how many of them were not there before.

    :param at: now.
    :param cursor: the last event they were made of; it never moves back.
    :param day: the day they were made of, in the city's zone.
    :param began: faults that stand from now on.
    :param over: keys of faults that stand no more.
    """
    rows = [_row(one, at) for one in new]
    count = 0
    with db.begin() as session:
        take_lock(session, _CURSOR)
        for start in range(0, len(rows), _CHUNK):
            insert = insert_into(session, tables.notices).values(rows[start : start + _CHUNK])
            kept = insert.on_conflict_do_nothing(index_elements=["key", "channel"]).returning(tables.notices.c.id)
            count += len(session.execute(kept).all())
        for fault in began:
            values = {"kind": fault.kind, "unit": fault.unit, "since": fault.since}
            told = insert_into(session, tables.notice_faults).values(
                key=fault.key, **values, facts=storable(dict(fault.facts))
            )
            session.execute(told.on_conflict_do_nothing(index_elements=["key"]))
        if over:
            key = tables.notice_faults.c.key
            session.execute(sa.delete(tables.notice_faults).where(among(session, key, list(over))))
        for name, value in ((_CURSOR, cursor), (_DAY, None if day is None else day.toordinal())):
            if value is not None:
                _move(session, name, value)
    return count


def day(db: Database) -> dt.date | None:
    """The last day that notices were made of."""
    with db.read() as session:
        found = _counter(session, _DAY)
    return None if found is None else dt.date.fromordinal(found)


def faults(db: Database) -> dict[str, Fault]:
    """What is amiss now, by key."""
    at = tables.notice_faults.c
    with db.read() as session:
        rows = session.execute(sa.select(tables.notice_faults).order_by(at.since, at.key)).mappings()
        return {row["key"]: Fault(**row) for row in rows}


# ------------------------------------------------------------------ what waits, and what came of it


def waiting(db: Database) -> list[Notice]:
    """Everything that is to be sent yet, the oldest first."""
    at = tables.notices.c
    return _found(db, sa.select(tables.notices).where(at.state == WAITING).order_by(at.id))


def latest(db: Database, states: Sequence[str], limit: int) -> list[Notice]:
    """The newest notices in one of these states."""
    at = tables.notices.c
    return _found(db, sa.select(tables.notices).where(at.state.in_(states)).order_by(at.id.desc()).limit(limit))


def sent_of(db: Database, keys: Sequence[str]) -> set[tuple[str, str]]:
    """Which notices of these keys were sent, each with its channel."""
    at = tables.notices.c
    with db.read() as session:
        query = sa.select(at.key, at.channel).where(among(session, at.key, list(keys)), at.state == SENT)
        return {(row[0], row[1]) for row in session.execute(query)}


def bind(db: Database, names: Sequence[int], message: str) -> None:
    """Notes, before a message is sent, which notices are in it."""
    at = tables.notices.c
    with db.begin() as session:
        bound = sa.update(tables.notices).where(among(session, at.id, list(names)), at.state == WAITING)
        session.execute(bound.values(message=message, tries=at.tries + 1))


def sent(db: Database, names: Sequence[int], channel: str, *, at: dt.datetime) -> None:
    """Notes that a message with these notices went out by ``channel``."""
    with db.begin() as session:
        _settle(session, names, {"state": SENT, "settled_at": at, "error": None, "next_attempt_at": None})
        well = {"failures": 0, "error": None, "failed_since": None, "sent_at": at}
        session.execute(sa.update(tables.notice_channels).where(tables.notice_channels.c.name == channel).values(well))


def failed(
    db: Database,
    names: Sequence[int],
    channel: str,
    error: str,
    *,
    at: dt.datetime,
    next_attempt_at: dt.datetime | None,
) -> None:
    """Notes that a message did not go out, and when it is tried again; None: it is given up."""
    of = tables.notice_channels.c
    given_up = {"state": FAILED, "settled_at": at} if next_attempt_at is None else {}
    with db.begin() as session:
        _settle(session, names, {"error": storable(error), "next_attempt_at": next_attempt_at, **given_up})
        since = sa.func.coalesce(of.failed_since, sa.bindparam("now", at, type_=of.failed_since.type))
        told = {"failures": of.failures + 1, "error": storable(error), "failed_since": since}
        session.execute(sa.update(tables.notice_channels).where(of.name == channel).values(told))


def settle(db: Database, names: Sequence[int], state: str, *, at: dt.datetime, error: str | None = None) -> None:
    """Notes that these are not to be sent: overtaken, or given up because there is nowhere to send them."""
    with db.begin() as session:
        _settle(session, names, {"state": state, "settled_at": at, "error": storable(error), "next_attempt_at": None})


def postpone(db: Database, names: Sequence[int], until: dt.datetime) -> None:
    """Has these wait until ``until``; they have not been tried."""
    with db.begin() as session:
        _settle(session, names, {"next_attempt_at": until})


def again(db: Database, name: int) -> Notice:
    """Has a notice that was given up wait again, and returns it.

    :raises UnknownTarget: there is none of this id that was given up.
    """
    at = tables.notices.c
    values = {"state": WAITING, "tries": 0, "error": None, "next_attempt_at": None, "settled_at": None}
    with db.begin() as session:
        done = session.execute(sa.update(tables.notices).where(at.id == name, at.state == FAILED).values(values))
        if rows_affected(done) != 1:
            raise UnknownTarget(f"no notice {name} that was given up")
        return _notice(session.execute(sa.select(tables.notices).where(at.id == name)).mappings().one())


def sent_since(db: Database, moment: dt.datetime) -> Counter[tuple[str, str | None]]:
    """How many messages went out since ``moment``, by channel and the unit that was written to (None: its group)."""
    at = tables.notices.c
    query = sa.select(at.channel, at.unit, at.message).where(at.settled_at > moment, at.state == SENT).distinct()
    with db.read() as session:
        return Counter((row[0], row[1]) for row in session.execute(query))


def counts(db: Database) -> dict[str, int]:
    """How many notices are in each state; 0 for those none is in."""
    at = tables.notices.c
    with db.read() as session:
        found = session.execute(sa.select(at.state, sa.func.count()).group_by(at.state))
        return {**dict.fromkeys(STATES, 0), **{row[0]: row[1] for row in found}}


# ------------------------------------------------------------------ channels


def register(db: Database, configured: Mapping[str, tuple[str, tuple[str, ...]]], *, at: dt.datetime) -> None:
    """Notes which channels there are now: name → kind, and who is told by it; and since when the others are not."""
    of = tables.notice_channels.c
    if {one.name: (one.kind, one.audiences) for one in channels(db).values() if one.left_at is None} == configured:
        return
    with db.begin() as session:
        for name, (kind, audiences) in configured.items():
            now = {"kind": kind, "audiences": list(audiences), "left_at": None}
            row = insert_into(session, tables.notice_channels).values(name=name, since=at, failures=0, **now)
            session.execute(row.on_conflict_do_update(index_elements=["name"], set_=now))
        gone = sa.and_(of.name.not_in(list(configured)), of.left_at.is_(None))
        session.execute(sa.update(tables.notice_channels).where(gone).values(left_at=at))


def channels(db: Database) -> dict[str, Channel]:
    """Every channel there ever was, by name, those of now first."""
    of = tables.notice_channels.c
    query = sa.select(tables.notice_channels).order_by(of.left_at.is_not(None), of.since, of.name)
    with db.read() as session:
        rows = session.execute(query).mappings()
        return {row["name"]: Channel(**{**row, "audiences": tuple(row["audiences"])}) for row in rows}


# ------------------------------------------------------------------ rows


def _counter(session: Session, name: str) -> int | None:
    at = tables.counters.c
    found: int | None = session.execute(sa.select(at.value).where(at.name == name)).scalar()
    return found


def _move(session: Session, name: str, value: int) -> None:
    at = tables.counters.c
    insert = insert_into(session, tables.counters).values(name=name, value=value)
    later = {"set_": {"value": value}, "where": at.value < value}
    session.execute(insert.on_conflict_do_update(index_elements=["name"], **later))


def _settle(session: Session, names: Sequence[int], values: Mapping[str, Any]) -> None:
    at = tables.notices.c
    mine = (among(session, at.id, list(names)), at.state == WAITING)
    session.execute(sa.update(tables.notices).where(*mine).values(**values))


def _row(one: New, at: dt.datetime) -> dict[str, Any]:
    told = {name: storable(getattr(one, name)) for name in ("key", "channel", "audience", "unit", "kind", "subject")}
    return {**told, "facts": storable(dict(one.facts)), "made_at": at, "state": WAITING, "tries": 0}


def _found(db: Database, query: sa.Select[Any]) -> list[Notice]:
    with db.read() as session:
        return [_notice(row) for row in session.execute(query).mappings()]


def _notice(row: Mapping[Any, Any]) -> Notice:
    return Notice(**row)
