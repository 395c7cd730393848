"""Items that are no longer shown: withdrawn after a grace period and repeated looks, back as soon as a row stands.

An item is withdrawn when it has rows and every one of them, in every column and under every address, has been missing
for the whole grace period and over several complete looks (law 7). Consumers get a tombstone; the item, its revisions
and its findings stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import settings, tables
from storage.catalogue import revisions, rows
from storage.database import Database, dumps
from storage.formats.json_item import to_json
from storage.schema import Item

MIN_LOOKS: Final = 2
_CHUNK: Final = 500


def withdraw_due(db: Database, now: dt.datetime, grace_days: int | None = None, min_looks: int = MIN_LOOKS) -> int:
    """Withdraws what is due at ``now``; how many items that were. Idempotent.

    :param grace_days: by default the settings'.
    """
    grace = settings.load().withdrawal_grace_days if grace_days is None else grace_days
    done = 0
    while names := _due(db, now - dt.timedelta(days=grace), min_looks):
        with db.begin() as session:
            turn = revisions.take_turn(session)
            still = set(_query(session, now - dt.timedelta(days=grace), min_looks, names))
            _write(session, turn, still, now, withdrawn=True)
            revisions.finish(session, turn)
        done += len(still)
    return done


def restore(session: Session, turn: revisions.Turn, names: Iterable[str | None], at: dt.datetime) -> int:
    """The withdrawn ones among ``names`` stand again; how many that were. Within the caller's transaction."""
    wanted = sorted(name for name in names if name is not None)
    item = tables.items.c
    back: set[str] = set()
    for start in range(0, len(wanted), _CHUNK):
        here = (item.id.in_(wanted[start : start + _CHUNK]), item.withdrawn_at.is_not(None))
        back |= set(session.execute(sa.select(item.id).where(*here)).scalars())
    _write(session, turn, back, at, withdrawn=False)
    return len(back)


def _due(db: Database, before: dt.datetime, min_looks: int) -> list[str]:
    with db.read() as session:
        return _query(session, before, min_looks, None)


def _query(session: Session, before: dt.datetime, min_looks: int, among: list[str] | None) -> list[str]:
    """Ids of items to withdraw, at most a chunk: missing long enough somewhere, and standing nowhere."""
    row, item = tables.list_rows.c, tables.items.c
    other = tables.list_rows.alias()
    standing = sa.exists().where(
        other.c.item_id == item.id,
        sa.or_(other.c.missing_since.is_(None), other.c.missing_since > before, other.c.missing_looks < min_looks),
    )
    query = (
        sa.select(item.id)
        .join(tables.list_rows, row.item_id == item.id)
        .where(row.missing_since <= before, row.missing_looks >= min_looks, item.withdrawn_at.is_(None), ~standing)
        .distinct()
        .limit(_CHUNK)
    )
    if among is not None:
        query = query.where(item.id.in_(among))
    return list(session.execute(query).scalars())


def _write(session: Session, turn: revisions.Turn, names: set[str], at: dt.datetime, *, withdrawn: bool) -> None:
    if not names:
        return
    item = tables.items.c
    updates = []
    chosen = sorted(names)
    for start in range(0, len(chosen), _CHUNK):
        query = sa.select(*rows.ITEM_COLUMNS).where(item.id.in_(chosen[start : start + _CHUNK]))
        for found in session.execute(query).mappings():
            stored: Item = rows.item_of(found)
            after = replace(stored, revision=stored.revision + 1, withdrawn_at=at if withdrawn else None)
            action = revisions.action_of(after)
            seq = turn.add(stored.id, after.revision, ["withdrawn_at"], dumps(to_json(after)), action)
            updates.append(
                {"b_id": stored.id, "b_seq": seq, "b_revision": after.revision, "b_withdrawn": after.withdrawn_at}
            )
    bind = sa.bindparam
    statement = (
        sa.update(tables.items)
        .where(item.id == bind("b_id"))
        .values(
            seq=bind("b_seq"),
            revision=bind("b_revision"),
            withdrawn_at=bind("b_withdrawn", type_=item.withdrawn_at.type),
        )
    )
    session.connection().execute(statement, updates)
