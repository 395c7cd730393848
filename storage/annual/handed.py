"""Files handed in at the console that a worker has yet to take: a unit's report that came by mail, a sheet of figures.

The console holds no reading code: it keeps the bytes here and leaves a request in the same transaction; the worker
takes the file, does what is asked, and drops it once what it made of it is kept.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from storage import requests, tables
from storage.database import Database, storable, utcnow

REQUEST = "annual"  # the kind of what is asked of the worker


class What(StrEnum):
    """What a file is handed in as."""

    REPORT = "report"  # a unit's yearly report
    FIGURES = "figures"  # figures that no table of the reports has


@dataclass(frozen=True, kw_only=True)
class Handed:
    """A file that waits. ``received_on`` is a day of the city, ``left_at`` in UTC."""

    id: str
    what: What
    year: int
    name: str
    content: bytes
    by: str
    unit: str | None = None  # whose report it is
    received_on: dt.date | None = None  # None: today
    note: str | None = None
    left_at: dt.datetime


def ask(
    db: Database,
    what: What,
    name: str,
    content: bytes,
    *,
    year: int,
    by: str,
    unit: str | None = None,
    received_on: dt.date | None = None,
    note: str | None = None,
) -> str:
    """Keeps a file for the worker and asks for it to be taken in; the request's id comes back.

    The request is ``{"do": "add" | "figures", "handed": id}``; its answer is ``{"told": sentence, "report": id}`` for a
    report, ``{"told": sentence, "figures": count}`` for a sheet, or the error that says what is wrong with the file.
    """
    known = {"id": uuid.uuid4().hex, "what": what.value, "year": year, "unit": unit, "received_on": received_on}
    told = storable({"name": name, "by": by, "note": note})
    with db.begin() as session:
        session.execute(sa.insert(tables.annual_handed).values(**known, **told, content=content, left_at=utcnow()))
        do = "add" if what is What.REPORT else "figures"
        return requests.leave(session, REQUEST, {"do": do, "handed": known["id"]})


def get(db: Database, handed: str) -> Handed | None:
    """A file that waits, with its bytes; None: it was taken, or never was."""
    at = tables.annual_handed.c
    with db.read() as session:
        row = session.execute(sa.select(tables.annual_handed).where(at.id == handed)).mappings().first()
    return None if row is None else Handed(**{**row, "what": What(row["what"])})


def drop(db: Database, handed: str) -> None:
    """Forgets a file: it was taken, or cannot be."""
    with db.begin() as session:
        session.execute(sa.delete(tables.annual_handed).where(tables.annual_handed.c.id == handed))
