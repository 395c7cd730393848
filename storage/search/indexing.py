"""Keeps the index up with the catalogue: reads on in the sequence of changes, a batch to a transaction.

The index is derived from revisions, and from what the files say whose sums they name: a document is indexed as one
revision has it, and its entry names that revision, so that its old tokens can be taken out again. Where the index
stands is written in the batch's own transaction; a process killed at any moment leaves an index that is right up to
there. Texts become tokens before the transaction begins, so that a harvest hardly waits.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.catalogue import revisions
from storage.database import Database, among, insert_into, insert_many, take_lock
from storage.search import documents, engine, words

BATCH: Final = 500  # changes to a transaction
_AT_ONCE: Final = 50  # payloads read by one statement
_MOST_SIGNS: Final = 8_000_000  # of payloads in a batch, by which it ends early: gazettes are long


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far the index is: it holds every change up to ``seq`` of ``head``. ``generation``: how often it was begun."""

    seq: int
    head: int
    generation: int

    @property
    def lag(self) -> int:
        """How many changes it does not hold yet."""
        return max(self.head - self.seq, 0)


def standing(db: Database) -> Standing:
    """How far the index is."""
    with db.read() as session:
        return standing_in(session)


def standing_in(session: Session) -> Standing:
    """The same, within a transaction."""
    known = _state(session)
    seq = known.get("seq", 0) if known.get("version") == words.VERSION else 0
    return Standing(seq=seq, head=revisions.head(session), generation=known.get("generation", 0))


def catch_up(
    db: Database,
    *,
    most: int | None = None,
    batch: int = BATCH,
    is_patient: bool = True,
    tell: Callable[[Standing], None] | None = None,
) -> Standing:
    """Brings the index up to the latest change there was at the beginning, or ``most`` changes on.

    :param is_patient: wait where somebody else is writing; else fail at once.
    :param tell: told how far the index is, after each batch.
    :raises DatabaseError: the database failed, or it was not our turn; what was done is kept.
    """
    begun = standing(db)
    goal = begun.head if most is None else min(begun.head, begun.seq + most)
    stands = begun
    while stands.seq < goal:
        prepared = _prepare(db, min(batch, goal - stands.seq))
        with db.begin() if is_patient else db.begin_at_once() as session:
            take_lock(session, "search")
            _keep(session, prepared)
            stands = standing_in(session)
        if tell is not None:
            tell(stands)
    if stands.seq > begun.seq:
        with db.begin() if is_patient else db.begin_at_once() as session:
            engine.tidy(session)
    return stands


def clear(db: Database) -> None:
    """Empties the index, to be made anew by :func:`catch_up`; searches find nothing in between."""
    with db.begin() as session:
        take_lock(session, "search")
        _clear(session)


# ------------------------------------------------------------------ one batch


@dataclass(frozen=True)
class _Entry:
    """A document as it goes into the index, or, with no tokens, out of it."""

    item: str
    seq: int
    day: int
    tokens: str | None


@dataclass(frozen=True)
class _Prepared:
    """What a batch writes, if the index still stands where it was read."""

    found: Mapping[str, int]
    up_to: int
    entries: tuple[_Entry, ...]
    old: Mapping[str, tuple[int, str]]  # item → number and tokens in the index


def _prepare(db: Database, batch: int) -> _Prepared:
    with db.read() as session:
        found = _state(session)
        after = found.get("seq", 0) if found.get("version") == words.VERSION else 0
        entries: dict[str, _Entry] = {}
        up_to, signs, count = after, 0, 0
        while count < batch and signs < _MOST_SIGNS:
            limit = min(_AT_ONCE, batch - count)
            rows = _changes(session, up_to, limit)
            told = [json.loads(row.payload) for row in rows]
            documents.with_texts(session, told)
            for row, data in zip(rows, told, strict=True):
                entries[row.item_id] = _entry(row, data)
                signs += len(row.payload)
            count += len(rows)
            up_to = rows[-1].seq if rows else up_to
            if len(rows) < limit:
                break
        old = _old(session, list(entries)) if found.get("version") == words.VERSION else {}
    return _Prepared(found, up_to, tuple(entries.values()), old)


def _changes(session: Session, after: int, limit: int) -> Sequence[Any]:
    at = tables.item_revisions.c
    query = sa.select(at.seq, at.item_id, at.datestamp, at.payload).where(at.seq > after)
    return session.execute(query.order_by(at.seq).limit(limit)).all()


def _entry(row: Any, data: Mapping[str, Any]) -> _Entry:
    if data.get("same_as") or "title" not in data:
        # what is found of a copy is the first publisher's item, which names it among its copies
        return _Entry(row.item_id, row.seq, 0, None)
    stamp: dt.datetime = row.datestamp
    return _Entry(row.item_id, row.seq, documents.day_of(data, stamp), documents.tokens_of(data))


def _old(session: Session, items: Sequence[str]) -> dict[str, tuple[int, str]]:
    doc, revision = tables.search_docs.c, tables.item_revisions.c
    if session.get_bind().dialect.name != "sqlite":  # which takes a document out by its number
        query = sa.select(doc.item, doc.number).where(among(session, doc.item, items))
        return {item: (number, "") for item, number in session.execute(query)}
    query = (
        sa.select(doc.item, doc.number, revision.payload)
        .join(tables.item_revisions, revision.seq == doc.seq)
        .where(among(session, doc.item, items))
    )
    rows = session.execute(query).all()
    told = [json.loads(row.payload) for row in rows]
    documents.with_texts(session, told)
    return {row.item: (row.number, documents.tokens_of(data)) for row, data in zip(rows, told, strict=True)}


def _keep(session: Session, prepared: _Prepared) -> None:
    """Writes a batch; nothing where another process was faster, for then it is not the next one any more."""
    if _state(session) != prepared.found:
        return
    if prepared.found.get("version") != words.VERSION:
        _clear(session)
    doc = tables.search_docs.c
    numbered = _numbered(session, prepared)
    if prepared.old:
        session.execute(sa.delete(tables.search_docs).where(among(session, doc.item, list(prepared.old))))
    come = [(number, one.tokens) for one, number in numbered if one.tokens is not None]
    engine.write(session, list(prepared.old.values()), [])
    insert_many(
        session, tables.search_docs, [{"number": number, "item": one.item, "seq": one.seq} for one, number in numbered]
    )
    engine.write(session, [], come)
    _note(session, seq=prepared.up_to)


def _numbered(session: Session, prepared: _Prepared) -> list[tuple[_Entry, int]]:
    """Each document with its number: the one it had, or the next of its day; where a day is full, of the day before."""
    staying = [one for one in prepared.entries if one.tokens is not None]
    had = {item: number for item, (number, _) in prepared.old.items()}
    days = {one.day for one in staying}
    last = engine.last_numbers(session, sorted(days))
    numbered = []
    for one in staying:
        number = had.get(one.item)
        if number is None or number // engine.PER_DAY != one.day:
            day = one.day
            number = last.get(day, day * engine.PER_DAY) + 1
            while number // engine.PER_DAY != day:
                day -= 1
                if day not in last:
                    last.update(engine.last_numbers(session, [day]))
                number = last.get(day, day * engine.PER_DAY) + 1
            last[day] = number
        numbered.append((one, number))
    return numbered


# ------------------------------------------------------------------ where it stands


def _state(session: Session) -> dict[str, int]:
    at = tables.search_state.c
    return {name: int(value) for name, value in session.execute(sa.select(at.name, at.value))}


def _clear(session: Session) -> None:
    engine.clear(session)
    session.execute(sa.delete(tables.search_docs))
    _note(session, seq=0, version=words.VERSION, generation=_state(session).get("generation", 0) + 1)


def _note(session: Session, **state: int) -> None:
    insert = insert_into(session, tables.search_state)
    insert = insert.on_conflict_do_update(index_elements=["name"], set_={"value": insert.excluded.value})
    session.execute(insert, [{"name": name, "value": value} for name, value in state.items()])
