"""A page of the catalogue: first the numbers on it, from an index alone, then what stands at them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import tables
from storage.pulling.wanted import Wanted

_SEQ: Final = tables.items.c.seq
_REVISION: Final = tables.item_revisions.c
_ENTRIES: Final = sa.select(
    *(_REVISION[name] for name in ("seq", "item_id", "revision", "action", "datestamp", "payload"))
)
_FETCHED: Final = 20  # rows held that are not read yet: one has its whole text


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An item as it was last delivered. ``deleted``: a tombstone, withdrawn or a copy of the item ``same_as``."""

    seq: int
    id: str
    revision: int
    deleted: bool
    same_as: str | None
    datestamp: dt.datetime
    item: dict[str, Any]  # its JSON (``formats.json_item``), of a tombstone too: what it was


def numbers(
    session: Session,
    wanted: Wanted,
    *,
    after: int = 0,
    before: int | None = None,
    since: dt.datetime | None = None,
    limit: int,
    backwards: bool = False,
) -> list[int]:
    """The next numbers after ``after`` (below ``before``, and of changes dated ``since`` or later), rising.

    :param backwards: the last ones of them instead of the first.
    """
    conditions = [*wanted.conditions(), after < _SEQ]
    if before is not None:
        conditions.append(before > _SEQ)
    if since is not None:
        edge = sa.select(_REVISION.seq).where(_REVISION.datestamp >= since)
        first = session.execute(edge.order_by(_REVISION.datestamp, _REVISION.seq).limit(1)).scalar()
        if first is None:
            return []
        conditions.append(first <= _SEQ)
    order = _SEQ.desc() if backwards else _SEQ
    found = list(session.execute(sa.select(_SEQ).where(*conditions).order_by(order).limit(limit)).scalars())
    return found[::-1] if backwards else found


def latest_before(session: Session, wanted: Wanted, before: int) -> int | None:
    """The last number below ``before``."""
    found = numbers(session, wanted, before=before, limit=1, backwards=True)
    return found[0] if found else None


def entries(session: Session, seqs: Sequence[int]) -> Iterator[Entry]:
    """What was delivered under these numbers, in their order."""
    query = _ENTRIES.where(_REVISION.seq.in_(seqs)).order_by(_REVISION.seq)
    for row in session.execute(query, execution_options={"yield_per": _FETCHED}):
        yield _entry(row)


def entry_of(session: Session, name: str) -> Entry | None:
    """The item of this id as it was last delivered."""
    query = _ENTRIES.join(tables.items, _REVISION.seq == _SEQ).where(tables.items.c.id == name)
    row = session.execute(query).one_or_none()
    return None if row is None else _entry(row)


def _entry(row: Any) -> Entry:
    item = json.loads(row.payload)
    return Entry(
        seq=row.seq,
        id=row.item_id,
        revision=row.revision,
        deleted=row.action == "delete",
        same_as=item.get("same_as"),
        datestamp=row.datestamp,
        item=item,
    )


def count(session: Session, wanted: Wanted) -> int:
    """How many there are, tombstones included."""
    query = sa.select(sa.func.count()).select_from(tables.items).where(*wanted.conditions())
    return int(session.execute(query).scalar_one())
