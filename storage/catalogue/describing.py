"""What we learnt of an item's files (size, sum, kind) becomes part of it: a revision, and no change of its unit's.

A page that is read again names its files without saying more of them; what is known is carried over by address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from storage import tables
from storage.catalogue import revisions, rows
from storage.catalogue.identity import Likeness
from storage.database import Database, dumps
from storage.formats.json_item import to_json
from storage.schema import Attachment, Item

_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """What is known of one file by its bytes. ``type``: None where they do not say more than its name does."""

    size: int
    sha256: str
    type: str | None


def carried(stored: Item, copy: Item) -> Item:
    """``copy`` with what is known of its files, as ``stored`` tells it."""
    known = {one.url: one for one in stored.attachments if one.sha256 is not None}
    if not known or not copy.attachments:
        return copy
    return replace(copy, attachments=tuple(_carried(one, known) for one in copy.attachments))


def _carried(one: Attachment, known: Mapping[str, Attachment]) -> Attachment:
    old = known.get(one.url)
    if old is None or one.sha256 is not None:
        return one
    return replace(one, type=old.type, size=old.size, sha256=old.sha256)


def describe_files(db: Database, items: Iterable[str], facts: Mapping[str, FileFacts]) -> int:
    """Tells these items what is known of their files, by address; how many got a revision.

    :raises DatabaseError: the database failed; none of the batch was written.
    """
    names = list(dict.fromkeys(items))
    told = 0
    for start in range(0, len(names), _AT_ONCE):
        told += _describe(db, names[start : start + _AT_ONCE], facts)
    return told


def _describe(db: Database, names: list[str], facts: Mapping[str, FileFacts]) -> int:
    at = tables.items.c
    updates = []
    with db.begin() as session:
        turn = revisions.take_turn(session)
        query = sa.select(*rows.ITEM_COLUMNS).where(at.id.in_(names)).order_by(at.id)
        for row in session.execute(query).mappings():
            stored = rows.item_of(row)
            attachments = tuple(_told(one, facts.get(one.url)) for one in stored.attachments)
            if attachments == stored.attachments:
                continue
            item = replace(stored, attachments=attachments, revision=stored.revision + 1)
            data = to_json(item)
            seq = turn.add(item.id, item.revision, [revisions.FILES], dumps(data), revisions.action_of(item))
            updates.append({**rows.row_of(item, data, seq, Likeness.of(item)), "pk_id": item.id})
        if updates:
            session.connection().execute(sa.update(tables.items).where(at.id == sa.bindparam("pk_id")), updates)
        revisions.finish(session, turn)
    return len(updates)


def _told(one: Attachment, facts: FileFacts | None) -> Attachment:
    if facts is None:
        return one
    return replace(one, size=facts.size, sha256=facts.sha256, type=facts.type or one.type)
