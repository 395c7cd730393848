"""The crawler's memory of list pages: what each request of a column last gave, and how to ask whether it changed.

A page found unchanged (304, or the same bytes) is not read again: its rows are here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.database import Database, insert_into, storable


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """One page of a list as last seen. ``rows`` and ``next`` are JSON-safe and mean what the crawler means by them."""

    request_key: str  # the crawler's own name of the request, unique within the column
    url: str
    etag: str | None = None
    last_modified: str | None = None
    sha256: str
    rows: tuple[Mapping[str, Any], ...] = ()
    next: Mapping[str, Any] | None = None
    ended: bool = False
    total_pages: int | None = None
    total_rows: int | None = None
    seen_at: dt.datetime


def load(db: Database, unit: str, column: str) -> dict[str, ListPage]:
    """The remembered pages of a column, by request key."""
    at = tables.list_pages.c
    query = sa.select(tables.list_pages).where(at.unit == unit, at.column == column)
    with db.read() as session:
        found = session.execute(query).mappings().all()
    return {row["request_key"]: _page(row) for row in found}


def save(db: Database, unit: str, column: str, pages: Iterable[ListPage]) -> None:
    """Remembers pages, in one transaction; those of the column not named stay as they are."""
    rows = [{**storable(asdict(page)), "unit": unit, "column": column} for page in pages]
    if not rows:
        return
    with db.begin() as session:
        insert = insert_into(session, tables.list_pages)
        keys = ["unit", "column", "request_key"]
        values = {name: insert.excluded[name] for name in rows[0] if name not in keys}
        session.connection().execute(insert.on_conflict_do_update(index_elements=keys, set_=values), rows)


def _page(row: Mapping[Any, Any]) -> ListPage:
    known = {name: row[name] for name in row if name not in ("unit", "column")}
    return ListPage(**{**known, "rows": tuple(row["rows"])})
