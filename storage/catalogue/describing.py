"""What we learnt of an item's files (size, sum, kind) becomes part of it: a revision, and no change of its unit's.

A page that is read again names its files without saying more of them; what is known is carried over by address.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import files, progress, tables
from storage.catalogue import revisions, rows
from storage.catalogue.identity import Likeness
from storage.database import Database, dumps, utcnow
from storage.formats.json_item import to_json
from storage.schema import Attachment, Item

_AT_ONCE: Final = 200
_NAMING: Final = "file_names"  # how far the walk over the items has come that were kept before their files were noted


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """What is known of one file by its bytes.

    ``size``: None where the archive no longer has them; ``type``: None where they do not say more than its name does.
    """

    size: int | None
    sha256: str
    type: str | None


@dataclass(frozen=True, kw_only=True)
class FilesTold:
    """Of how many addresses items were told, and how many items got a revision by it."""

    files: int
    items: int


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


def tell_files(db: Database, types: Collection[str], *, most: int = _AT_ONCE) -> FilesTold:
    """Tells the items that name files which were read what is known of them; to be called until it tells of none.

    Who names them, what they are told, and that they were told is one transaction: no item is left out that comes to
    name one meanwhile, and what breaks off is done by the next call.

    :param types: kinds by which a file is called better than by its name.
    :param most: addresses at most.
    :raises DatabaseError: the database failed; nothing of this call was written.
    """
    changed = 0
    with db.begin() as session:
        turn = revisions.take_turn(session)
        told = files.untold(session, limit=most)
        facts = {
            one.url: FileFacts(size=one.size or None, sha256=one.sha256, type=one.kind if one.kind in types else None)
            for one in told
        }
        names = sorted({name for one in told for name in one.items})
        for start in range(0, len(names), _AT_ONCE):
            changed += _describe(session, turn, names[start : start + _AT_ONCE], facts)
        files.all_told(session, told)
        revisions.finish(session, turn)
    return FilesTold(files=len(told), items=changed)


def _describe(session: Session, turn: revisions.Turn, names: list[str], facts: Mapping[str, FileFacts]) -> int:
    at = tables.items.c
    updates = []
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
    return len(updates)


def _told(one: Attachment, facts: FileFacts | None) -> Attachment:
    if facts is None:
        return one
    return replace(one, size=facts.size, sha256=facts.sha256, type=facts.type or one.type)


def name_files(db: Database, *, most: int) -> int:
    """Notes the files of items that were kept before they were noted: goes on where it stopped; how many items.

    One walk in all; when it has caught up with the changes, it costs one small question ever after.

    :param most: items at most.
    """
    noted, at = progress.read(db, _NAMING), tables.items.c
    after, gone = noted.get("seq", 0), 0
    through = noted.get("through", 0)
    while not through and gone < most:
        portion = min(_AT_ONCE, most - gone)
        narrow = (at.id, at.seq, at.unit, at.column, at.attachments)
        with db.begin() as session:
            revisions.take_turn(session)
            found = session.execute(sa.select(*narrow).where(at.seq > after).order_by(at.seq).limit(portion)).all()
            files.want(session, [_naming(row) for row in found if row.attachments], utcnow())
        gone += len(found)
        after = found[-1].seq if found else after
        through = int(len(found) < portion)
        progress.note(db, _NAMING, {"seq": after, "through": through})
    return gone


def _naming(row: Any) -> files.Naming:
    attachments = tuple(Attachment(**one) for one in row.attachments)
    return files.Naming(id=row.id, unit=row.unit, column=row.column, attachments=attachments)
