"""What every archive file held when it was closed, kept apart from the files: so tampering shows.

A file's head (the chained sum of its records) comes in when the file is closed; each seal is chained to the one
before, so that neither a file nor its seal can be changed or taken away without the later seals showing it. Whoever
can write the database could make all seals anew: against that, the last link is handed out (with each bundle of
evidence, and by ``gongkai archive verify``), and a link that was handed out must be found again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from storage import tables
from storage.database import Database, take_lock


@dataclass(frozen=True, kw_only=True)
class Seal:
    """One closed archive file. ``link`` is the SHA-256 of the link before, the file's name and its head.

    ``sealed_at`` is for people; what a page's time of capture is, the file says.
    """

    seq: int
    name: str
    records: int
    size: int  # bytes
    head: str
    link: str
    sealed_at: dt.datetime


def seal(db: Database, name: str, *, records: int, size: int, head: str, at: dt.datetime) -> Seal:
    """Seals a closed file; a file already sealed keeps the seal it has.

    :param at: now, aware.
    """
    table = tables.archive_seals
    with db.begin() as session:
        take_lock(session, "seals")
        standing = session.execute(sa.select(table).where(table.c.name == name)).mappings().first()
        if standing is not None:
            return Seal(**standing)
        last = session.execute(sa.select(table.c.seq, table.c.link).order_by(table.c.seq.desc()).limit(1)).first()
        made = Seal(
            seq=last.seq + 1 if last else 1,
            name=name,
            records=records,
            size=size,
            head=head,
            link=link_of(last.link if last else "", name, head),
            sealed_at=at,
        )
        session.execute(sa.insert(table).values(**vars(made)))
    return made


def link_of(before: str, name: str, head: str) -> str:
    """The link of a seal whose forerunner has the link ``before`` ("" for the first)."""
    return hashlib.sha256(f"{before}\n{name}\n{head}".encode()).hexdigest()


def iter_seals(db: Database) -> Iterator[Seal]:
    """Every seal in order."""
    with db.read() as session:
        rows = session.execute(sa.select(tables.archive_seals).order_by(tables.archive_seals.c.seq)).mappings().all()
    yield from (Seal(**row) for row in rows)
